"""Giving a victim an advocate, letting her wait, and taking from the queue what fits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts.idva import QueueTurnDue
from contracts.vocabulary import named
from services.idva_allocation.domain.advocates import (
    WEIGHTS,
    Chosen,
    Moment,
    Need,
    choose,
    fits_team,
    next_return,
    why_nobody,
)
from services.idva_allocation.domain.case import Allocation, Case, Stage, need_of
from services.idva_allocation.domain.first_attempt import first_attempt_due
from services.idva_allocation.handlers.saying import Allocating, alarm, allocated, closed, queued
from services.idva_allocation.working_set import Referrals, Turn
from services.kit.timers import later

WAITING = "Nobody can take this victim now: she waits by risk, then time."


def reconcile(contact_group: UUID, rows: Referrals, now: datetime) -> list[Allocating]:
    """Bring a group's allocation in line with its live incidents: one advocate an episode."""
    said: list[Allocating] = []
    for doubled in rows.open_for(contact_group)[1:]:
        said += end(doubled, "group_joined", rows, now)
    cases = rows.of_group(contact_group)
    wanting = [case for case in cases if case.wants_advocate]
    standing = rows.open_for(contact_group)
    if not standing:
        return [*said, *(refer(wanting, cases, rows, now) if wanting else [])]
    if not wanting:
        return [*said, *unwanted(standing[0], cases, rows, now)]
    return [*said, *follow(standing[0], wanting, cases, rows, now)]


def refer(
    wanting: Sequence[Case], cases: list[Case], rows: Referrals, now: datetime
) -> list[Allocating]:
    """Ask for an advocate, by the incident that asks now."""
    case = wanting[-1]
    allocation = Allocation(
        allocation_id=named("allocation", case.contact_group, case.incident_id, case.said),
        incident_id=case.incident_id,
        contact_group=case.contact_group,
        victim_id=case.victim_id,
        area=case.area,
        need=need_of(cases),
        since=now,
    )
    return place(allocation, rows, now)


def unwanted(
    allocation: Allocation, cases: list[Case], rows: Referrals, now: datetime
) -> list[Allocating]:
    """No incident asks any more: waiting ends at once, work only where none is left unserved."""
    if all(case.served for case in cases):
        return end(allocation, "cancelled", rows, now)
    if allocation.stage is Stage.QUEUED:
        return end(allocation, "no_longer_high", rows, now)
    return []


def follow(
    allocation: Allocation,
    wanting: Sequence[Case],
    cases: list[Case],
    rows: Referrals,
    now: datetime,
) -> list[Allocating]:
    """A standing allocation follows its group; one that does not fit any more is placed again."""
    anchor = next((c for c in wanting if c.incident_id == allocation.incident_id), wanting[-1])
    need = need_of(cases)
    followed = allocation.following(anchor, need)
    rows.allocations.put(followed)
    if followed.waits and followed.area == allocation.area:
        return turn_queue_of(followed.area, rows, now)
    if followed.waits:
        return place(followed, rows, now)
    if still_fits(followed, rows):
        return []
    return replace_advocate(followed, rows, now)


def gone_on(before: Allocation, rows: Referrals, now: datetime) -> list[Allocating]:
    """Work or a wait that goes on for another incident or victim is said of that one."""
    allocation = rows.allocations.get(before.allocation_id)
    if allocation is None or not allocation.goes_on_from(before):
        return []
    case = rows.cases.get(allocation.incident_id)
    if case is None or not case.wants_advocate:
        return []
    if allocation.waits:
        return [queued(allocation, nobody(allocation, rows, now), rows)]
    score = {"worked_with": WEIGHTS["worked_with"]}
    return [allocated(allocation, moment_of(allocation, rows, now).due_at, score, rows)]


def still_fits(allocation: Allocation, rows: Referrals) -> bool:
    """Whether the advocate may go on: the team of her age, active there, and no conflict."""
    if allocation.need.young is not (allocation.team == Need(allocation.need.level, True).team):
        return False
    advocate = rows.advocates.get(allocation.advocate_id or "")
    if advocate is None or not advocate.active or advocate.area != allocation.area:
        return False
    return advocate.advocate_id not in rows.history_of(allocation).conflicted


def replace_advocate(allocation: Allocation, rows: Referrals, now: datetime) -> list[Allocating]:
    """Take the victim from an advocate who cannot go on, and place her again."""
    return [*place(allocation.waiting(), rows, now), *freed(allocation, rows, now)]


def place(allocation: Allocation, rows: Referrals, now: datetime) -> list[Allocating]:
    """Turn the queue with her in it: nobody who waits is passed over; if she waits, it is said."""
    rows.allocations.put(allocation)
    taken = turn_queue_of(allocation.area, rows, now)
    if rows.allocations.get(allocation.allocation_id) != allocation:
        return taken
    case = rows.cases.get(allocation.incident_id)
    if case is None:
        raise LookupError("an allocation must be about an incident that was heard of")
    why = nobody(allocation, rows, now)
    leader = f"{allocation.need.team}_team_lead"
    return [
        *taken,
        queued(allocation, why, rows),
        alarm(case, leader, "allocation_queued", WAITING),
        alarm(case, "mash", "allocation_queued", WAITING),
        *next_turn(allocation.area, rows, now),
    ]


def give(allocation: Allocation, rows: Referrals, now: datetime) -> list[Allocating]:
    """Allocate the best who may take her, or nothing where nobody fits."""
    moment = moment_of(allocation, rows, now)
    chosen = best(allocation, rows, moment)
    if chosen is None:
        return []
    advocate = chosen.advocate
    rows.advocates.put(advocate.took(now))
    given = allocation.given_to(advocate.advocate_id, advocate.team, now)
    rows.allocations.put(given)
    return [allocated(given, moment.due_at, chosen.score, rows)]


def best(allocation: Allocation, rows: Referrals, moment: Moment) -> Chosen | None:
    """The advocate of the area with the most points, among those who may take her."""
    return choose(
        rows.advocates_of(allocation.area),
        allocation.need,
        rows.history_of(allocation),
        moment,
        rows.policy_of(allocation.area),
    )


def nobody(allocation: Allocation, rows: Referrals, now: datetime) -> str:
    """Why nobody can take her."""
    return why_nobody(
        rows.advocates_of(allocation.area),
        allocation.need,
        rows.history_of(allocation),
        moment_of(allocation, rows, now),
        rows.policy_of(allocation.area),
    )


def moment_of(allocation: Allocation, rows: Referrals, now: datetime) -> Moment:
    """Now, and when the first attempt would be due from now."""
    need, policy = allocation.need, rows.policy_of(allocation.area)
    office = rows.reference.office
    return Moment(now, first_attempt_due(need.level, need.imminent, now, policy, office))


def end(allocation: Allocation, reason: str, rows: Referrals, now: datetime) -> list[Allocating]:
    """End the work or the wait; freed capacity takes from the queue."""
    ended = allocation.ended(reason)
    rows.allocations.put(ended)
    return [closed(ended, rows), *(freed(allocation, rows, now) if allocation.works else [])]


def freed(allocation: Allocation, rows: Referrals, now: datetime) -> list[Allocating]:
    """The advocate carries one victim less, and takes from the queue where they work."""
    advocate = rows.advocates.get(allocation.advocate_id or "")
    if advocate is None:
        return []
    rows.advocates.put(advocate.freed())
    return turn_queue_of(advocate.area, rows, now)


def turn_queue_of(area: str, rows: Referrals, now: datetime) -> list[Allocating]:
    """Take from the queue, risk then time, whoever fits somebody with room."""
    said: list[Allocating] = []
    policy = rows.policy_of(area)
    for allocation in rows.queue_of(area):
        able = [advocate for advocate in rows.advocates_of(area) if advocate.room(policy) > 0]
        if not able:
            break
        if any(fits_team(advocate, allocation.need) for advocate in able):
            said += give(allocation, rows, now)
    return said


def next_turn(area: str, rows: Referrals, now: datetime) -> list[Allocating]:
    """Look at the queue again when somebody is back from leave."""
    ahead = timedelta(hours=rows.policy_of(area).high_hours)
    at = next_return(rows.advocates_of(area), now, ahead)
    set_for = rows.turns.get(area)
    if at is None or (set_for and now < set_for.turn_at <= at):
        return []
    rows.turns.put(Turn(area, at))
    return [later(QueueTurnDue(area=area), at=at)]
