"""What earlier incidents of the same persons make of this one (domain 3, history [N])."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Rag
from services.kit.working_time import london_date, months_after
from services.mash_screening.domain.facts import Place
from services.mash_screening.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Past:
    """A live incident as history counts it; its priority is the one before history."""

    place: Place
    rag: Rag


@dataclass(frozen=True, slots=True)
class Counts:
    """What history says of one incident."""

    third_green: bool = False
    events: int = 1
    """Of this victim within the months that escalation looks at, this one included."""
    escalated: bool = False
    serial_incidents: tuple[UUID, ...] = ()
    """Incidents of other victims of the same suspect; none where it is not a series."""


def counts(place: Place, rag: Rag, live: Iterable[Past], policy: Policy) -> Counts:
    """Count again from every live incident known of the same victim or suspect."""
    before = [past for past in live if past.place.turn < place.turn]
    hers = [past for past in before if past.place.victim_id == place.victim_id]
    events = 1 + sum(within(past.place, place, policy.escalation_months) for past in hers)
    return Counts(
        third_green=is_third_green(place, rag, hers, policy),
        events=events,
        escalated=events >= policy.escalation_events,
        serial_incidents=series(place, before, policy),
    )


def is_third_green(place: Place, rag: Rag, hers: Iterable[Past], policy: Policy) -> bool:
    """The third GREEN for the same victim within 90 days, and any after it, is AMBER."""
    if rag is not Rag.GREEN:
        return False
    since = place.first_received_at - policy.third_green_within
    greens = [p for p in hers if p.rag is Rag.GREEN and p.place.first_received_at >= since]
    return len(greens) >= policy.earlier_greens


def series(place: Place, before: Iterable[Past], policy: Policy) -> tuple[UUID, ...]:
    """Serial perpetrator: the same suspect with 2 or more victims in 12 months."""
    if place.suspect_id is None:
        return ()
    others = [
        past.place
        for past in before
        if past.place.suspect_id == place.suspect_id
        and past.place.victim_id != place.victim_id
        and within(past.place, place, policy.serial_months)
    ]
    victims = {other.victim_id for other in others} | {place.victim_id}
    if len(victims) < policy.serial_victims:
        return ()
    return tuple(other.incident_id for other in sorted(others, key=lambda other: other.turn))


def within(earlier: Place, later: Place, months: int) -> bool:
    """Not more calendar months apart, inclusive, by London's days."""
    return is_within(earlier.first_received_at, later.first_received_at, months)


def is_within(earlier: datetime, later: datetime, months: int) -> bool:
    """Whether `later` falls on or before the same day so many calendar months on."""
    return london_date(later) <= months_after(london_date(earlier), months)
