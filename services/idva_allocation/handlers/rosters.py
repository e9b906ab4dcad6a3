"""The roster, conflicts that identity found, and the queue's own clock."""

from datetime import datetime

from contracts.envelope import Problem
from contracts.identity import AdvocateConflictsIdentified
from contracts.idva import (
    AdvocateAllocated,
    AllocationQueued,
    IdvaAlarm,
    IdvaInputRefused,
    MaracBacklogBreached,
    QueueTurnDue,
    ReferralClosed,
)
from contracts.partner import AdvocateRoster
from services.idva_allocation.handlers.allocating import (
    next_turn,
    replace_advocate,
    still_fits,
    turn_queue_of,
)
from services.idva_allocation.handlers.listing import long_waits
from services.idva_allocation.handlers.reading import advocate_of
from services.idva_allocation.handlers.saying import Allocating, alarm, area_alarms
from services.idva_allocation.working_set import Conflicts, Referrals
from services.kit.timers import Later

LEFT = "Their advocate cannot go on with this victim."


def keep_roster(
    event: AdvocateRoster, rows: Referrals, now: datetime
) -> list[
    AdvocateAllocated
    | AllocationQueued
    | ReferralClosed
    | IdvaAlarm
    | IdvaInputRefused
    | Later[QueueTurnDue]
]:
    """Keep an advocate as the roster has them now; new capacity takes from the queue."""
    if found := roster_problems(event):
        return [IdvaInputRefused(topic=event.TOPIC, reference=event.advocate_id, problems=found)]
    before = rows.advocates.get(event.advocate_id)
    at = event.envelope.time
    if before and before.as_of > at:
        return []
    rows.advocates.put(advocate_of(event, before, at))
    said: list[Allocating] = [*area_alarms(event, "idva_team_lead")]
    said += release(event.advocate_id, rows, now)
    said += turn_queue_of(event.area, rows, now)
    return [*said, *(next_turn(event.area, rows, now) if rows.queue_of(event.area) else [])]


def roster_problems(event: AdvocateRoster) -> tuple[Problem, ...]:
    """A leave that ends before it starts is nobody's leave."""
    return tuple(
        Problem(
            path=f"/leave/{place}/end",
            code="before_start",
            message="The leave ends before it starts.",
        )
        for place, leave in enumerate(event.leave)
        if leave.end < leave.start
    )


def keep_conflicts(
    event: AdvocateConflictsIdentified, rows: Referrals, now: datetime
) -> list[AdvocateAllocated | AllocationQueued | ReferralClosed | IdvaAlarm | Later[QueueTurnDue]]:
    """Keep whom an advocate must not work with; who does is replaced, who waits looked at again."""
    before = rows.conflicts.get(event.advocate_id)
    if before and before.version >= event.version:
        return []
    rows.conflicts.put(Conflicts(event.advocate_id, event.version, event.person_ids))
    said = release(event.advocate_id, rows, now)
    advocate = rows.advocates.get(event.advocate_id)
    return [*said, *(turn_queue_of(advocate.area, rows, now) if advocate else [])]


def release(advocate_id: str, rows: Referrals, now: datetime) -> list[Allocating]:
    """Replace an advocate wherever they cannot go on, and tell their team lead."""
    said: list[Allocating] = []
    for allocation in rows.held_by(advocate_id):
        case = rows.cases.get(allocation.incident_id)
        if case is None or still_fits(allocation, rows):
            continue
        leader = f"{allocation.need.team}_team_lead"
        said.append(alarm(case, leader, "advocate_replaced", LEFT))
        said += replace_advocate(allocation, rows, now)
    return said


def turn_queue(
    event: QueueTurnDue, rows: Referrals, now: datetime
) -> list[
    AdvocateAllocated
    | AllocationQueued
    | ReferralClosed
    | MaracBacklogBreached
    | IdvaAlarm
    | Later[QueueTurnDue]
]:
    """Look at an area's queues: somebody may be back, somebody may have waited too long."""
    taken = turn_queue_of(event.area, rows, now)
    again = next_turn(event.area, rows, now) if rows.queue_of(event.area) else []
    return [*taken, *again, *long_waits(event.area, rows, now)]
