"""Screenings that MASH made, changed or withdrew."""

from datetime import datetime
from uuid import UUID

from contracts.idva import (
    AdvocateAllocated,
    AllocationQueued,
    IdvaAlarm,
    MaracBacklogBreached,
    MaracDelisted,
    MaracListed,
    QueueTurnDue,
    ReferralClosed,
)
from contracts.mash import IncidentScreened, RiskRegraded, ScreeningWithdrawn
from services.idva_allocation.domain.case import Case
from services.idva_allocation.handlers.allocating import gone_on, reconcile
from services.idva_allocation.handlers.listing import refer_to_marac, taken_along
from services.idva_allocation.handlers.reading import case_of
from services.idva_allocation.handlers.saying import Allocating, Listing, closed
from services.idva_allocation.working_set import Referrals
from services.kit.timers import Later

ANOTHERS = "another_victim"
"""The incident turned out to be another victim's: the work goes with it."""


def take_referral(
    event: IncidentScreened | RiskRegraded, rows: Referrals, now: datetime
) -> list[
    AdvocateAllocated
    | AllocationQueued
    | ReferralClosed
    | MaracListed
    | MaracDelisted
    | MaracBacklogBreached
    | IdvaAlarm
    | Later[QueueTurnDue]
]:
    """Give a HIGH victim an advocate, and list who meets a MARAC criterion."""
    if not rows.is_news(event.incident_id, event.version):
        return []
    before = rows.cases.get(event.incident_id)
    case = case_of(event)
    case = case.continuing(before) if before else case
    rows.cases.put(case)
    if before is None:
        reconsider(case.contact_group, rows)
    return touched([case, *([before] if before else [])], rows, now)


def reconsider(contact_group: UUID, rows: Referrals) -> None:
    """A new incident asks again for whom work ended since she asked for no contact."""
    for case in rows.of_group(contact_group):
        ended = rows.ended_for(case.incident_id)
        if case.served and ended is not None and ended.ended_by_her:
            rows.cases.put(case.reconsidered())


def drop_referral(
    event: ScreeningWithdrawn, rows: Referrals, now: datetime
) -> list[
    AdvocateAllocated
    | AllocationQueued
    | ReferralClosed
    | MaracListed
    | MaracDelisted
    | MaracBacklogBreached
    | IdvaAlarm
    | Later[QueueTurnDue]
]:
    """Take a cancelled incident from its allocation and from MARAC's agenda."""
    case = rows.cases.get(event.incident_id)
    if not rows.is_news(event.incident_id, event.version) or case is None or not case.live:
        return []
    rows.cases.put(case.withdrawn())
    return touched([case], rows, now)


def touched(cases: list[Case], rows: Referrals, now: datetime) -> list[Allocating | Listing]:
    """Bring every group and victim that these cases stand or stood in up to date."""
    groups = dict.fromkeys(case.contact_group for case in cases)
    standing = [allocation for group in groups for allocation in rows.open_for(group)]
    said: list[Allocating | Listing] = [*follow_anchor(cases[0], rows)]
    for victim_id in dict.fromkeys(case.victim_id for case in cases[::-1]):
        said += refer_to_marac(victim_id, rows, now)
    said += taken_along(cases[-1], rows)
    for contact_group in groups:
        if rows.open_for(contact_group) or not waits_for_news(contact_group, cases[0], rows):
            said += reconcile(contact_group, rows, now)
    for allocation in standing:
        said += gone_on(allocation, rows, now)
    return said


def waits_for_news(contact_group: UUID, case: Case, rows: Referrals) -> bool:
    """Whether a group that a case has left is not what it was: those who shared it with hers are
    said again, and until then nobody asks for them anew.
    """
    left = [] if contact_group == case.contact_group else rows.of_group(contact_group)
    return any(not set(case.group_members).isdisjoint(other.group_members) for other in left)


def follow_anchor(case: Case, rows: Referrals) -> list[ReferralClosed]:
    """An allocation moves with the incident that it is about; for whom that leaves it is over."""
    said: list[ReferralClosed] = []
    for allocation in rows.asked_by(case.incident_id) if case.live else ():
        rows.allocations.put(allocation.about(case))
        if allocation.is_elsewhere(case.victim_id):
            said.append(closed(allocation.ended(ANOTHERS), rows))
    return said
