"""What an agency tells of its attempts, and what that changes (domain.md 6.5 and 6.7)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Channel, ContactOutcome
from services.victim_contact.domain.details import Given, Mark
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Attempt, Lead
from services.victim_contact.domain.news import Recorded
from services.victim_contact.domain.plan import tries_of
from services.victim_contact.domain.reasons import UNCERTAIN
from services.victim_contact.domain.settling import close
from services.victim_contact.domain.turn import Turn
from services.victim_contact.domain.wishes import in_touch, served_persons

SPOILING = frozenset({ContactOutcome.ANSWERED_BY_OTHER, ContactOutcome.NUMBER_WRONG})
"""After these the point is unsafe until checked."""
KIND = {
    Channel.CALL: "phone",
    Channel.TEXT: "phone",
    Channel.EMAIL: "email",
    Channel.LETTER: "address",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was told of an attempt, with the lead and the points that it was made under."""

    lead: Lead
    fence: int
    channel: Channel
    outcome: ContactOutcome
    at: datetime
    points: tuple[Given, ...]
    persons: tuple[UUID, ...]
    """Whose points these are, or everyone whom the lead contacts."""
    point_id: UUID | None = None
    """The point that was named, if any."""


def points_of(given: tuple[Given, ...], channel: Channel, point: Given | None) -> tuple[Given, ...]:
    """The points an outcome is about: the one named, else every point of its channel."""
    if point is not None:
        return (point,)
    of_channel = [each for each in given if each.channel is channel]
    return tuple([each for each in of_channel if not each.withdrawn] or of_channel)


def holds(group: Group, lead: Lead, fence: int) -> bool:
    """The lead is the group's present one, and the fence is its own."""
    present = group.lead
    return present is not None and present.lead_id == lead.lead_id and present.fence == fence


def is_told_again(group: Group, told: Outcome) -> bool:
    """Whether the group has the outcome already, under whatever event it was told."""
    named = (told.lead.lead_id, told.fence, told.channel, told.outcome, told.at, told.point_id)
    return any(each.told_as == named for each in group.attempts)


def record(turn: Turn, told: Outcome, persons: tuple[UUID, ...]) -> None:
    """Keep an outcome for these members; an old fence counts only for what it says of her."""
    told = replace(told, persons=persons)
    current = holds(turn.group, told.lead, told.fence)
    attempt = attempt_of(turn, told, current)
    turn.become(attempts=(*turn.group.attempts, attempt))
    turn.say(Recorded(told.lead, attempt, None if current else turn.group.lead))
    _learn(turn, told)
    if told.outcome is ContactOutcome.UNCERTAIN:
        turn.alarm(UNCERTAIN, told.lead)
    if turn.group.episode is not None:
        turn.become(episode=turn.group.episode.answered())
    if current and turn.group.lead is not None:
        turn.become(lead=replace(turn.group.lead, stays=False))
        turn.answered = True


def attempt_of(turn: Turn, told: Outcome, counts: bool) -> Attempt:
    """The attempt as it is kept."""
    made = sum(1 for each in turn.group.attempts if each.lead_id == told.lead.lead_id)
    return Attempt(
        lead_id=told.lead.lead_id,
        fence=told.fence,
        number=made + 1,
        agency=told.lead.agency,
        channel=told.channel,
        outcome=told.outcome,
        at=told.at,
        told_at=turn.now,
        persons=told.persons,
        fingerprints=tuple(dict.fromkeys(point.fingerprint for point in told.points)),
        counts=counts,
        point_id=told.point_id,
    )


def _learn(turn: Turn, told: Outcome) -> None:
    """What the outcome says of her ways and wishes holds for everyone after."""
    people = [turn.group.person(person_id) for person_id in told.persons]
    at = min(told.at, turn.now)
    if told.outcome in SPOILING:
        marks = [Mark(KIND[p.channel], p.fingerprint, turn.now) for p in told.points]
        for person in people[:1]:
            turn.keep(person.marked(marks))
    if told.outcome is ContactOutcome.ASKED_NO_CONTACT:
        for person in people:
            turn.keep(replace(person, no_contact_at=max(at, person.no_contact_at or at)))


def close_contact(turn: Turn, reason: str) -> bool:
    """Close as the lead's agency asks; False where somebody of several has had no attempt.

    An episode closes only when each has had hers (domain.md 6.1).
    """
    group = turn.group
    persons = served_persons(group)
    had = [p for p in persons if tries_of(group, p) or in_touch(group, p)]
    if len(persons) > 1 and len(had) < len(persons):
        return False
    close(turn, reason)
    return True
