"""Events of a small town for victim_contact's tests: everybody in it is invented."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.contact import AttemptClock, LeaseDue, WithheldDue
from contracts.envelope import Envelope, Event
from contracts.identity import (
    ContactRequestIdentified,
    Group,
    Match,
    PersonsMerged,
    PersonsSeparated,
    ReviewDecided,
    UnsafeContactFound,
)
from contracts.idva import MaracDelisted, MaracListed
from contracts.mash import IncidentScreened, RiskRegraded, ScreeningWithdrawn
from contracts.partner import ContactClosedTold, ContactOutcomeTold
from contracts.police import Risk
from contracts.sealed import ContactPart, SafePoint, SealedParts, UnsafePart, UnsafePoint
from contracts.vocabulary import (
    AgeBand,
    Channel,
    ClosedReason,
    ContactOutcome,
    IdentityChoice,
    MatchOutcome,
    Rag,
    RiskLevel,
    ScreeningStatus,
    incident_id_of,
    named,
    request_id_of,
)
from services.kit.subscriptions import heard_by
from services.kit.timers import Later
from services.victim_contact.app import SERVICE, reference
from services.victim_contact.domain.group import Group as ContactGroup
from services.victim_contact.working_set import Groups, Reference

RULES: Reference = reference("deploy/areas")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""A Tuesday."""
POLICE = "south-yorkshire-police"
HIGH, MEDIUM, STANDARD = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.STANDARD
OFFERS = {
    HIGH: ("idva",),
    MEDIUM: ("outreach", "victim_support"),
    STANDARD: ("victim_support",),
}
"""Who wants to contact an adult by default (mash_screening's pathways)."""


def person(number: int) -> UUID:
    """An invented person; a lower number is a lesser id."""
    return UUID(int=number << 64)


ANN, BEA, CAT, SAM = person(1), person(2), person(3), person(9)
"""Two victims who may be one, a third, and their suspect."""


def a_number(digits: str, **fields: Any) -> SafePoint:
    """A mobile number that was said safe for calls and texts."""
    said = {"channels": ("call", "text"), "mobile": True, **fields}
    return SafePoint(kind="phone", value=digits, fingerprint=f"k1:{digits}", **said)


def an_unsafe(digits: str, since: datetime | None = None) -> UnsafePoint:
    """A number that must not be used."""
    return UnsafePoint(kind="phone", value=digits, fingerprint=f"k1:{digits}", since=since)


def a_part(*points: SafePoint, **fields: Any) -> ContactPart:
    """What contact may know; without points a number of her own."""
    return ContactPart(said_safe=True, points=points or (a_number("07700900001"),), **fields)


NOTHING_SAFE = ContactPart()


def heard(event: Any, subject: str, correlation: UUID, at: datetime) -> Any:
    """The event as it comes from a topic."""
    return event.heard_in(
        Envelope(
            id=named("test", event.TOPIC, subject, at.isoformat(), event.model_dump_json()),
            type=event.TOPIC,
            source="/test",
            time=at,
            subject=subject,
            key=event.key or subject,
            correlation_id=correlation,
            received_at=at,
        )
    )


def a_group(*members: UUID, version: int = 1) -> dict[str, Any]:
    """A contact group as person_matching says it."""
    return {
        "contact_group": min(members),
        "group_members": tuple(sorted(members)),
        "group_version": version,
    }


def a_screening(number: int = 1, victim: UUID = ANN, at: datetime = NOON, **fields: Any) -> Any:
    """An incident as screened."""
    level = fields.pop("risk", MEDIUM)
    part = fields.pop("part", a_part())
    unsafe = fields.pop("unsafe", ())
    kind = fields.pop("kind", IncidentScreened)
    group = fields.pop("group", a_group(victim))
    first = fields.pop("first_at", at)
    reference = f"R{number}"
    incident = incident_id_of(POLICE, reference)
    said = {
        "incident_id": incident,
        "version": 1,
        "revision": 1,
        "area": "rotherham",
        "received_at": at,
        "first_received_at": first,
        "risk": Risk(level=level),
        "risk_after": level,
        "victim_id": victim,
        "victim_age_band": AgeBand.EIGHTEEN_TO_FIFTY_NINE,
        "rag": Rag.GREEN,
        "status": ScreeningStatus.SUGGESTED,
        "contact_wanted_by": OFFERS[level],
        "sealed": SealedParts(
            contact=part, contact_unsafe=UnsafePart(victim_id=victim, points=tuple(unsafe))
        ),
        **group,
        **fields,
    }
    return heard(kind(**said), f"{POLICE}/{reference}", incident, at)


def a_regrade(number: int = 1, **fields: Any) -> Any:
    """An incident that MASH itself graded again."""
    return a_screening(number, kind=RiskRegraded, **{"version": 2, **fields})


def a_withdrawal(number: int = 1, at: datetime = NOON, version: int = 9, victim: UUID = ANN) -> Any:
    """A cancelled incident."""
    incident = incident_id_of(POLICE, f"R{number}")
    event = ScreeningWithdrawn(
        incident_id=incident, victim_id=victim, area="rotherham", version=version
    )
    return heard(event, f"{POLICE}/R{number}", incident, at)


def a_request(agency: str = "housing", number: int = 1, at: datetime = NOON, **fields: Any) -> Any:
    """Another agency's wish to contact."""
    victim = fields.pop("victim", ANN)
    group = fields.pop("group", a_group(victim))
    reference = f"W{number}"
    request = request_id_of(agency, reference)
    said = {
        "request_id": request,
        "version": 1,
        "revision": 1,
        "agency": agency,
        "area": "rotherham",
        "status": "open",
        "victim_id": victim,
        "received_at": at,
        "match": Match(outcome=MatchOutcome.SAME),
        "sealed": SealedParts(contact=fields.pop("part", NOTHING_SAFE)),
        **group,
        **fields,
    }
    return heard(ContactRequestIdentified(**said), f"{agency}/{reference}", request, at)


def an_unsafe_finding(
    *points: UnsafePoint, victim: UUID = ANN, at: datetime = NOON, version: int = 1
) -> Any:
    """person_matching found points unsafe for a victim."""
    part = UnsafePart(victim_id=victim, points=points)
    event = UnsafeContactFound(
        victim_id=victim, version=version, sealed=SealedParts(contact_unsafe=part)
    )
    return heard(event, str(victim), victim, at)


def groups_of(*groups: dict[str, Any]) -> tuple[Group, ...]:
    """Groups as they stand in news of persons."""
    return tuple(Group(**group) for group in groups)


def a_decision(*groups: dict[str, Any], same: bool = False, at: datetime = NOON) -> Any:
    """A human decided whether two persons are the same."""
    choice = IdentityChoice.SAME if same else IdentityChoice.DIFFERENT
    event = ReviewDecided(
        person_id=ANN,
        version=1,
        review_id=named("review", 1),
        decision=choice,
        groups=groups_of(*groups),
    )
    return heard(event, str(ANN), ANN, at)


def a_merge(
    kept: UUID, *merged: UUID, groups: Iterable[dict[str, Any]] = (), at: datetime = NOON
) -> Any:
    """Several persons are one."""
    event = PersonsMerged(
        person_id=kept, kept_id=kept, merged_ids=merged, version=1, groups=groups_of(*groups)
    )
    return heard(event, str(kept), kept, at)


def a_separation(
    person_id: UUID, *separated: UUID, groups: Iterable[dict[str, Any]], at: datetime = NOON
) -> Any:
    """One person was several."""
    event = PersonsSeparated(
        person_id=person_id, separated_ids=separated, version=2, groups=groups_of(*groups)
    )
    return heard(event, str(person_id), person_id, at)


def a_listing(number: int = 1, victim: UUID = ANN, at: datetime = NOON, **fields: Any) -> Any:
    """A victim is listed at MARAC, or no longer; `of` = the version of each screening by number."""
    incident = incident_id_of(POLICE, f"R{number}")
    kind = MaracListed if fields.pop("listed", True) else MaracDelisted
    made_from = {incident_id_of(POLICE, f"R{n}"): v for n, v in fields.pop("of", {}).items()}
    said = {
        "incident_id": incident,
        "victim_id": victim,
        "area": "rotherham",
        "version": 1,
        "incident_ids": (incident, *(each for each in made_from if each != incident)),
        "meeting_id": "M1",
        "screenings": {str(each): version for each, version in made_from.items()},
        **fields,
    }
    event = kind(**said)
    return heard(event, f"{POLICE}/R{number}", incident, at)


@dataclass
class Town:
    """victim_contact at work in memory: what it heard, what it said, and the timers it set."""

    groups: Groups = field(default_factory=lambda: Groups(reference=RULES))
    said: list[Any] = field(default_factory=list)
    timers: list[Later[Any]] = field(default_factory=list)
    now: datetime = NOON

    def hears(self, event: Any, at: datetime | None = None) -> list[Any]:
        """What follows from an event, notes to oneself aside."""
        self.now = at or event.envelope.time
        answers = [a for hear in hearers(type(event)) for a in hear(event, self.groups, self.now)]
        self.timers += [answer for answer in answers if isinstance(answer, Later)]
        said = [answer for answer in answers if not isinstance(answer, Later)]
        self.said += said
        return said

    def waits(self, until: datetime) -> list[Any]:
        """What follows when time passes: every timer that is due by then."""
        said: list[Any] = []
        while due := [timer for timer in self.timers if timer.at <= until]:
            first = min(due, key=lambda timer: timer.at)
            self.timers.remove(first)
            said += self.hears(self.noted(first))
        self.now = until
        return said

    def noted(self, timer: Later[Any]) -> Any:
        """A note to oneself as it comes back."""
        trail = timer.event.said_trail
        return heard(timer.event, trail.subject, trail.correlation_id, timer.at)

    def group(self, person_id: UUID = ANN) -> ContactGroup:
        """The contact group of a person."""
        found = self.groups.known(person_id)
        assert found is not None
        return found

    def lead(self, person_id: UUID = ANN) -> Any:
        """Who leads a person's group."""
        lead = self.group(person_id).lead
        assert lead is not None
        return lead

    def tells(self, outcome: str, person_id: UUID = ANN, **fields: Any) -> list[Any]:
        """The present lead tells the outcome of an attempt."""
        return self.hears(
            an_outcome(
                fields.pop("lead", None) or self.lead(person_id),
                outcome,
                at=fields.pop("at", self.now),
                **fields,
            )
        )

    def closes(
        self, reason: str = "engaged_and_closed", person_id: UUID = ANN, **fields: Any
    ) -> list[Any]:
        """The present lead closes its contact."""
        lead = fields.pop("lead", None) or self.lead(person_id)
        return self.hears(a_closing(lead, reason, fields.pop("at", self.now), **fields))


def an_outcome(lead: Any, outcome: str, at: datetime, **fields: Any) -> Any:
    """What an agency tells of an attempt."""
    said = {
        "lead_id": str(lead.lead_id),
        "agency": lead.agency,
        "fence": lead.fence,
        "channel": Channel.CALL,
        **fields,
    }
    event = ContactOutcomeTold(
        source=said["agency"], outcome=ContactOutcome(outcome), at=said.pop("told_of", at), **said
    )
    return heard(event, str(lead.lead_id), lead.lead_id, at)


def a_closing(
    lead: Any, reason: str = "engaged_and_closed", at: datetime = NOON, **fields: Any
) -> Any:
    """An agency ends its contact."""
    said = {"lead_id": str(lead.lead_id), "agency": lead.agency, "fence": lead.fence, **fields}
    event = ContactClosedTold(source=said["agency"], reason=ClosedReason(reason), at=at, **said)
    return heard(event, str(lead.lead_id), lead.lead_id, at)


def hearers(kind: type[Event]) -> list[Any]:
    """The handlers of an event."""
    return [handler for handler in SERVICE.hears if kind in heard_by(handler)]


def only(said: Sequence[Any], kind: type[Any]) -> list[Any]:
    """The announcements of one kind."""
    return [each for each in said if isinstance(each, kind)]


def kinds(said: Sequence[Any]) -> list[str]:
    """The names of what was announced, notices aside."""
    return [type(each).__name__ for each in said if isinstance(each, Event)]


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTES = (LeaseDue, AttemptClock, WithheldDue)


OTHERS = a_part(a_number("07700900002"))
"""Bea's safe ways."""
TOGETHER = a_group(ANN, BEA)


def two_who_may_be_one(**first: Any) -> Town:
    """Ann's incident and Bea's, and one lead, granted for Ann."""
    town = Town()
    town.hears(a_screening(1, group=TOGETHER, **first))
    others: dict[str, Any] = {"victim": BEA, "part": OTHERS, "at": NOON + HOUR}
    town.hears(a_screening(2, group=TOGETHER, **others))
    return town
