"""Notes to oneself: leases that run out, attempts that fall due, contact still withheld."""

from dataclasses import replace
from datetime import datetime, timedelta

from contracts.contact import AttemptClock, LeaseDue, WithheldDue
from services.kit.timers import Later, later
from services.victim_contact.domain.lapsing import lapse, put_off
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.outcomes import holds
from services.victim_contact.domain.reasons import OVERDUE, UNRESOLVED
from services.victim_contact.handlers.acting import Acting
from services.victim_contact.handlers.lead_news import attempt_due
from services.victim_contact.handlers.saying import Said
from services.victim_contact.handlers.telling import Telling, about
from services.victim_contact.working_set import Groups

WAIT = timedelta(minutes=5)
"""How long a lease waits for outcomes that were sent but not read."""


def lapse_lease(event: LeaseDue, groups: Groups, now: datetime) -> list[Said]:
    """End a lease that nothing extended, or tell a supervisor of an attempt that was brought
    forward and not made; never because we ourselves were late or behind.
    """
    lead = standing(event, groups)
    if lead is None or event.expires_at not in (lead.expires_at, lead.hurried_to):
        return []
    acting = Acting(groups, now)
    turn = acting.turn_of(lead.victim_id)
    again = put_off(turn, event.expires_at, event.set_again)
    if lead.lead_id in groups.unheard:
        return [put_later(event, lead, now + WAIT, event.set_again)]
    if again is not None:
        return [put_later(event, lead, again, True)]
    if event.expires_at == lead.expires_at:
        lapse(turn)
    else:
        turn.alarm(OVERDUE, lead, event.expires_at)
        turn.become(lead=replace(lead, first_due_at=event.expires_at))
    return acting.said()


def call_attempt(event: AttemptClock, groups: Groups, now: datetime) -> list[Said]:
    """Tell the lead that the slot of its next attempt has opened, if that is still the next."""
    lead = standing(event, groups)
    if lead is None or lead.due is None:
        return []
    if (lead.due.attempt, lead.due.opens_at) != (event.attempt, event.opens_at):
        return []
    return [*attempt_due(lead, Telling(lead.contact_group, groups, now))]


def chase_withheld(event: WithheldDue, groups: Groups, now: datetime) -> list[Said]:
    """Tell a supervisor that contact is still withheld when a way should have been found."""
    group = groups.known(event.contact_group)
    if group is None or group.withheld_due_at is None or group.withheld_due_at > now:
        return []
    acting = Acting(groups, now)
    turn = acting.turn_of(event.contact_group)
    turn.alarm(UNRESOLVED, due_at=group.withheld_due_at)
    turn.become(withheld_due_at=None)
    return acting.said()


def standing(event: LeaseDue | AttemptClock, groups: Groups) -> Lead | None:
    """The lead that a note is about, if it still stands under that fence."""
    lead = groups.lead(event.lead_id)
    group = groups.known(lead.victim_id) if lead else None
    if lead is None or group is None or not holds(group, lead, event.fence):
        return None
    return group.lead


def put_later(event: LeaseDue, lead: Lead, at: datetime, again: bool) -> Later[LeaseDue]:
    """The same note at a later time."""
    note = event.model_copy(update={"set_again": again, "contact_group": lead.contact_group})
    return later(about(lead.about, note), at=at)
