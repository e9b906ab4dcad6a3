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
from services.idva_allocation.domain.case import Case
from services.idva_allocation.handlers.allocating import end, reconcile
from services.idva_allocation.handlers.saying import Allocating
from services.idva_allocation.working_set import Referrals
from services.kit.timers import Later

OURS = (Agency.IDVA, Agency.YPVA, Agency.HOSPITAL_IDVA)
"""Agencies whose workers stand on the roster."""
NO_CONTACT = "asked_no_contact"
"""The victim wants no contact: nobody works with her until a new incident."""


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
    return event.agency in OURS and event.to_agency is not None and event.to_agency not in OURS


def cases_served(
    event: ContactClosed | LeadHandedOver | LeadLapsed | LeadRevoked, rows: Referrals
) -> list[Case]:
    """The incidents that ask for an advocate no more."""
    asking = [case for case in rows.of_group(event.contact_group) if case.wants_advocate]
    if isinstance(event, ContactClosed):
        return [case for case in asking if case.incident_id in event.incident_ids]
    return asking if ends_work(event) else []
