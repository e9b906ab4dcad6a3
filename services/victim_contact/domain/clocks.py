"""When attempts are due and leases run out (domain.md 5, 6.5 and 6.7)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts.vocabulary import Channel, RiskLevel
from services.kit.working_time import london_date
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Due, Lead
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.plan import SPOKEN, steps_left, tries_of
from services.victim_contact.domain.policy import Policy
from services.victim_contact.domain.rules import Rules
from services.victim_contact.domain.windows import Slot, in_parts, office_hours, part_of, slots
from services.victim_contact.domain.wishes import is_grave, wishes

NEAR = timedelta(days=7)
"""Another part of the day is worth waiting for, but no longer than this."""


def clock(group: Group, now: datetime, rules: Rules) -> datetime:
    """When the first attempt is due by the gravest matter, from now."""
    matters = [*group.open_incidents, *(wish.matter for wish in wishes(group))]
    return min(clock_of(matter, is_grave(group, matter), now, rules) for matter in matters)


def clock_of(matter: Matter, is_high: bool, now: datetime, rules: Rules) -> datetime:
    """The clock of one matter: requests as STANDARD, an immediate threat as HIGH."""
    policy = rules.policy
    if is_high or matter.is_high or matter.urgent:
        threatened = matter.is_incident and matter.threatens
        hours = policy.high_threat_hours if threatened else policy.high_hours
        return now + timedelta(hours=hours)
    if matter.level is RiskLevel.MEDIUM:
        return now + timedelta(hours=policy.medium_hours)
    return rules.office.close_of_day_after(now, policy.standard_working_days)


def first_due(
    group: Group, persons: Sequence[UUID], now: datetime, rules: Rules
) -> tuple[Due, bool]:
    """The first attempt: by the clock or the end of the first safe window, the later; which."""
    at = clock(group, now, rules)
    opened = [_first_slot(group, person, now, at) for person in persons]
    slot = min(opened, key=lambda each: (max(at, each.closes), each.opens))
    channel = next(iter(_next_steps(group, persons, rules.policy)), Channel.CALL)
    due_at = max(at, slot.closes)
    return Due(1, channel, max(now, slot.opens), due_at), due_at > at


def _first_slot(group: Group, person_id: UUID, now: datetime, at: datetime) -> Slot:
    found = slots(group.details_of(person_id).windows, now)
    return found[0] if found else Slot(now, at)


def next_due(
    group: Group, lead: Lead, persons: Sequence[UUID], now: datetime, rules: Rules
) -> Due | None:
    """The next attempt for those who still wait: the earliest; None when no slot opens."""
    made = sum(1 for each in group.attempts if each.lead_id == lead.lead_id)
    hours = rules.policy.hours_of(lead.agency)
    found: list[Due | None] = []
    for person in persons:
        whole = slots(group.details_of(person).windows, now)
        whole = whole or office_hours(now, hours, rules.office)
        open_slots = in_parts(whole, now, rules.policy)
        found.append(_next_for(group, person, made + 1, open_slots, rules.policy))
    return min((due for due in found if due), key=lambda due: due.due_at, default=None)


def _next_for(
    group: Group, person_id: UUID, number: int, open_slots: Sequence[Slot], policy: Policy
) -> Due | None:
    steps = steps_left(group, person_id, policy)
    slot = _next_slot(group, person_id, open_slots, policy)
    if slot is None:
        return None
    return Due(number, next(iter(steps), Channel.CALL), slot.opens, slot.closes)


def _next_slot(
    group: Group, person_id: UUID, open_slots: Sequence[Slot], policy: Policy
) -> Slot | None:
    made = [each.made_at for each in tries_of(group, person_id) if each.channel in SPOKEN]
    days, used = {london_date(at) for at in made}, {part_of(at, policy) for at in made}
    other_days = [slot for slot in open_slots if london_date(slot.opens) not in days]
    if not other_days:
        return None
    first = other_days[0]
    near = [s for s in other_days if s.part not in used and s.closes <= first.closes + NEAR]
    return near[0] if near else first


def _next_steps(group: Group, persons: Sequence[UUID], policy: Policy) -> list[Channel]:
    return [step for person in persons for step in steps_left(group, person, policy)[:1]]


def extension(due_at: datetime, rules: Rules) -> datetime:
    """Until when an attempt extends the lease: past the next one."""
    return rules.office.close_of_day_after(due_at, rules.policy.extension_working_days)
