"""What must hold after every step in the small world; a promise broken is a sentence."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from contracts.contact import (
    ContactClosed,
    ContactNews,
    LeadGranted,
    LeadHandedOver,
    LeadLapsed,
    LeadRevoked,
    LeaseDue,
    WithheldDue,
)
from services.kit.timers import Later
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import SAYS_OF_HER, Lead
from services.victim_contact.domain.matters import Standing
from services.victim_contact.domain.order import FOR_HIGH, is_engaged
from services.victim_contact.domain.wishes import grave, served, ways, wishes
from tests.bench.contact_world.happenings import Telling
from tests.bench.contact_world.table import Happening
from tests.bench.contact_world.world import Step, World

ENDS = (LeadHandedOver, LeadLapsed, LeadRevoked, ContactClosed)


def broken(step: Step) -> Iterator[str]:
    """Every promise that a step broke."""
    yield from _one_group_each(step.after)
    yield from _one_lead(step)
    yield from _fences_rise(step)
    yield from _numbered(step)
    for group in step.after.groups:
        yield from _no_wish_lost(group)
        yield from _only_safe_points(group)
        yield from _high_is_the_services(group)
    yield from _nothing_disappears(step)
    yield from _always_a_next_step(step)
    yield from _old_fences_move_nothing(step)


def _one_group_each(world: World) -> Iterator[str]:
    members = [member for group in world.groups for member in group.members]
    if len(members) != len(set(members)):
        yield "a person in two groups"
    if any(group.contact_group != min(group.members) for group in world.groups):
        yield "a group not called by its least member"
    if any(lead.victim_id not in group.members for group, lead in _led(world)):
        yield "a lead for somebody of another group"


def _led(world: World) -> list[tuple[Group, Lead]]:
    return [(group, group.lead) for group in world.groups if group.lead is not None]


def _one_lead(step: Step) -> Iterator[str]:
    standing = [lead for lead in step.after.leads if lead.ended_at is None]
    by_group = [lead.contact_group for lead in standing]
    if len(by_group) != len(set(by_group)):
        yield "two leads in a group"
    if sorted(map(_name, standing)) != sorted(map(_name, step.after.active)):
        yield "a lead kept otherwise than its group has it"
    yield from _told_in_order(step)


def _told_in_order(step: Step) -> Iterator[str]:
    standing = {lead.lead_id for lead in step.before.active}
    for said in step.said:
        if isinstance(said, LeadGranted):
            standing.add(said.lead_id)
        elif isinstance(said, ENDS):
            if said.lead_id not in standing:
                yield "the end of a lead that does not stand is told"
            standing.discard(said.lead_id)
    if standing != {lead.lead_id for lead in step.after.active}:
        yield "what was told of leads is not what stands"


def _fences_rise(step: Step) -> Iterator[str]:
    for said in step.said:
        if isinstance(said, LeadGranted):
            before = [g.fence for g in step.before.groups if said.victim_id in g.members]
            if said.fence <= max(before, default=0):
                yield "a fence that does not rise"


def _numbered(step: Step) -> Iterator[str]:
    last = {counter.contact_group: counter.version for counter in step.before.counters}
    for said in step.said:
        if isinstance(said, ContactNews):
            if said.version != last.get(said.contact_group, 0) + 1:
                yield "news out of number"
            last[said.contact_group] = said.version


def _no_wish_lost(group: Group) -> Iterator[str]:
    held = {
        matter_id
        for person in group.people
        for withheld in person.withheld
        for matter_id in withheld.matter_ids
    }
    for wish in wishes(group):
        told = wish.matter.told_of(wish.agency)
        lead_id = group.lead.lead_id if group.lead else None
        answered = told is not None and told.standing is not Standing.WITHHELD
        if not (answered and told and told.lead_id == lead_id) and wish.matter.id not in held:
            yield "a wish that is neither served nor withheld"
    if group.lead is None and served(group):
        yield "a wish that may be served, and nobody leads"


def _nothing_disappears(step: Step) -> Iterator[str]:
    before, after = _matters(step.before), _matters(step.after)
    if before.keys() - after.keys():
        yield "a wish that disappeared"
    ended = {
        each
        for said in step.said
        if isinstance(said, ContactClosed)
        for each in (*said.incident_ids, *said.request_ids)
    }
    closed = {each for each, is_closed in after.items() if is_closed and not before.get(each)}
    if closed - ended:
        yield "a wish that ended, and nobody was told"


def _matters(world: World) -> dict[UUID, bool]:
    return {matter.id: matter.closed for group in world.groups for matter in group.matters}


def _only_safe_points(group: Group) -> Iterator[str]:
    if group.lead is None:
        return
    safe = {way.way for member in group.members for way in ways(group, member)}
    if any(point.way not in safe for point in group.lead.usable):
        yield "a lead with a point that is not safe"
    if not served(group):
        yield "a lead that serves nobody"


def _high_is_the_services(group: Group) -> Iterator[str]:
    lead = group.lead
    if lead is None or not grave(group) or lead.agency in FOR_HIGH:
        return
    reachable = any(ways(group, member) for member in group.members)
    if reachable and not is_engaged(group, lead.agency):
        yield "HIGH or MARAC, and nobody hands over"


def _always_a_next_step(step: Step) -> Iterator[str]:
    leases = {
        (later.event.lead_id, later.event.expires_at)
        for later in step.said
        if isinstance(later, Later) and isinstance(later.event, LeaseDue)
    }
    known = {(lead.lead_id, lead.expires_at) for lead in step.before.active}
    for lead in step.after.active:
        if (lead.lead_id, lead.expires_at) not in leases | known:
            yield "a lease without a clock"
    chased = {
        later.at
        for later in step.said
        if isinstance(later, Later) and isinstance(later.event, WithheldDue)
    }
    known_due = {group.withheld_due_at for group in step.before.groups}
    for group in step.after.groups:
        if group.withheld_due_at not in {None, *chased, *known_due}:
            yield "contact withheld without a clock"


def _old_fences_move_nothing(step: Step) -> Iterator[str]:
    happened = step.happened
    if not isinstance(happened, Telling) or happened.happening is not Happening.OLD_FENCE:
        return
    before = {lead.lead_id: lead.expires_at for lead in step.before.active}
    after = {lead.lead_id: lead.expires_at for lead in step.after.active}
    if before != after and getattr(step.event, "outcome", None) not in SAYS_OF_HER:
        yield "an old fence moved a lease"


def _name(lead: Lead) -> tuple[Any, ...]:
    return (str(lead.lead_id), str(lead.contact_group), lead.agency, lead.expires_at)
