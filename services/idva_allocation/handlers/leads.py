"""How leads end: the advocate is free again, and the queue moves."""

from dataclasses import replace
from datetime import datetime

from contracts.contact import ContactClosed, LeadHandedOver, LeadLapsed, LeadRevoked
from contracts.idva import (
    AdvocateAllocated,
    AllocationQueued,
    IdvaAlarm,
    QueueTurnDue,
    ReferralClosed,
)
from contracts.vocabulary import Agency
from services.idva_allocation.domain.case import NO_CONTACT, Case
from services.idva_allocation.handlers.allocating import end, reconcile
from services.idva_allocation.handlers.saying import Allocating
from services.idva_allocation.working_set import Referrals
from services.kit.timers import Later

OURS = (Agency.IDVA, Agency.YPVA, Agency.HOSPITAL_IDVA)
"""Agencies whose workers stand on the roster."""
NOTHING_LEFT = "nothing_left"
"""What our own lead was granted for fell away: only who asks now is worked with."""


def end_work(
    event: ContactClosed | LeadHandedOver | LeadLapsed | LeadRevoked,
    rows: Referrals,
    now: datetime,
) -> list[AdvocateAllocated | AllocationQueued | ReferralClosed | IdvaAlarm | Later[QueueTurnDue]]:
    """End a group's allocation with the episode or with the lead that its service held."""
    if not rows.follows(event.contact_group, event.version):
        return []
    for case in cases_served(event, rows):
        rows.cases.put(replace(case, served=True))
    if not ends_work(event):
        return []
    said: list[Allocating] = []
    for allocation in rows.open_for(event.contact_group):
        asking = rows.cases.get(allocation.incident_id)
        if asking is None or not asking.wants_advocate:
            said += end(allocation, event.reason, rows, now)
    return [*said, *reconcile(event.contact_group, rows, now)]


def ends_work(event: ContactClosed | LeadHandedOver | LeadLapsed | LeadRevoked) -> bool:
    """A closed episode ends everybody's; another lead's end only what its own service did."""
    if isinstance(event, ContactClosed):
        return True
    if isinstance(event, LeadRevoked) and event.reason == NO_CONTACT:
        return True
    return event.agency in OURS and (went_elsewhere(event) or event.reason == NOTHING_LEFT)


def went_elsewhere(event: LeadHandedOver | LeadLapsed | LeadRevoked) -> bool:
    """Whether another service than ours is asked next."""
    return event.to_agency is not None and event.to_agency not in OURS


def cases_served(
    event: ContactClosed | LeadHandedOver | LeadLapsed | LeadRevoked, rows: Referrals
) -> list[Case]:
    """The incidents that ask for an advocate no more, whatever becomes of the others."""
    cases = rows.of_group(event.contact_group)
    if isinstance(event, ContactClosed):
        return [case for case in cases if case.incident_id in event.incident_ids]
    over = ends_work(event) and (event.reason == NO_CONTACT or went_elsewhere(event))
    return [case for case in cases if case.wants_advocate] if over else []
