"""What agencies tell of their attempts, and when they close their contact."""

from datetime import datetime
from uuid import UUID

from contracts.contact import ContactInputRefused
from contracts.envelope import Problem
from contracts.partner import ContactClosedTold, ContactOutcomeTold
from services.victim_contact.domain.details import Given
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.outcomes import (
    Outcome,
    close_contact,
    holds,
    is_told_again,
    points_of,
    record,
)
from services.victim_contact.handlers.acting import Acting
from services.victim_contact.handlers.saying import Said
from services.victim_contact.working_set import Groups

Told = ContactOutcomeTold | ContactClosedTold


def record_outcome(
    event: ContactOutcomeTold, groups: Groups, now: datetime
) -> list[Said | ContactInputRefused]:
    """Record what came of an attempt; under an old fence only what it says of her counts."""
    lead = lead_of(event, groups)
    faults = problems_of(event, lead, _highest(lead, groups)) or point_problems(event, lead)
    if lead is None or faults:
        return [refused(event, faults)]
    told = outcome_of(event, lead, given_now(lead, groups))
    # What was told already changed the lead's points: told again it would be of other points.
    given = {lead.victim_id, *(point.person_id for point in lead.points)}
    if any(is_told_again(groups.of(person), told) for person in given):
        return []
    acting = Acting(groups, now)
    persons = [groups.resolved(person) for person in told.persons]
    for person_id in dict.fromkeys(persons):
        turn = acting.turn_of(person_id)
        mine = tuple(p for p in dict.fromkeys(persons) if p in turn.group.members)
        record(turn, told, mine)
    return [*acting.said()]


def close_lead(
    event: ContactClosedTold, groups: Groups, now: datetime
) -> list[Said | ContactInputRefused]:
    """Close the contact as its agency asks; an old fence closes nothing."""
    lead = lead_of(event, groups)
    faults = problems_of(event, lead, _highest(lead, groups))
    if lead is None or faults:
        return [refused(event, faults)]
    acting = Acting(groups, now)
    turn = acting.turn_of(lead.victim_id)
    if not holds(turn.group, lead, event.fence):
        return []
    if not close_contact(turn, event.reason):
        return [refused(event, (OTHERS_WAIT,))]
    return [*acting.said()]


OTHERS_WAIT = Problem(
    path="/lead_id",
    code="others_not_contacted",
    message="The lead contacts several persons, and not each of them has had an attempt.",
)


def lead_of(event: Told, groups: Groups) -> Lead | None:
    """The lead that a message is about, standing or ended."""
    lead_id = uuid_in(event.lead_id)
    return groups.lead(lead_id) if lead_id else None


def _highest(lead: Lead | None, groups: Groups) -> int:
    return groups.of(lead.victim_id).fence if lead else 0


def problems_of(event: Told, lead: Lead | None, highest: int) -> tuple[Problem, ...]:
    """What only the state can tell to be wrong; `highest` is the last fence of the lead's group."""
    if lead is None:
        return (problem("/lead_id", "unknown_lead", "No such lead was ever granted."),)
    found = []
    if event.agency != lead.agency:
        found.append(problem("/agency", "not_the_lead", "This agency never held that lead."))
    if not 1 <= event.fence <= max(highest, lead.fence):
        found.append(problem("/fence", "never_granted", "No lead was granted with this fence."))
    return tuple(found)


def point_problems(event: ContactOutcomeTold, lead: Lead | None) -> tuple[Problem, ...]:
    """A contact point must be one that the lead was given."""
    if event.contact_point is None or lead is None:
        return ()
    point_id = uuid_in(event.contact_point)
    if point_id is not None and lead.point(point_id) is not None:
        return ()
    return (problem("/contact_point", "unknown_point", "The lead was given no such point."),)


def given_now(lead: Lead, groups: Groups) -> tuple[Given, ...]:
    """The points of those whom a standing lead contacts: who parted from them is not told of."""
    group = groups.of(lead.victim_id)
    if group.lead is None or group.lead.lead_id != lead.lead_id:
        return lead.points
    return tuple(p for p in lead.points if groups.resolved(p.person_id) in group.members)


def outcome_of(event: ContactOutcomeTold, lead: Lead, given: tuple[Given, ...]) -> Outcome:
    """The outcome with the points and persons it is about; no point of hers = all of them."""
    point_id = uuid_in(event.contact_point or "")
    named = lead.point(point_id) if point_id else None
    points = points_of(given, event.channel, named)
    same = {point.fingerprint for point in points}
    owners = [
        each.person_id for each in (lead.points if named else given) if each.fingerprint in same
    ]
    everyone = [each.person_id for each in given] or [lead.victim_id]
    return Outcome(
        lead=lead,
        fence=event.fence,
        channel=event.channel,
        outcome=event.outcome,
        at=event.at,
        points=points,
        persons=tuple(dict.fromkeys(owners or everyone)),
        point_id=point_id,
    )


def refused(event: Told, problems: tuple[Problem, ...]) -> ContactInputRefused:
    """The refusal of a message; nothing of it was accepted."""
    return ContactInputRefused(topic=event.TOPIC, reference=event.lead_id, problems=problems)


def problem(path: str, code: str, message: str) -> Problem:
    """A fault in a partner's input."""
    return Problem(path=path, code=code, message=message)


def uuid_in(text: str) -> UUID | None:
    """The id in a text; None where it holds none."""
    try:
        return UUID(text)
    except ValueError:
        return None
