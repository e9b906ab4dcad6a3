"""How allocations and listings are announced, each about the incident that caused it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from contracts.envelope import Event, Reason, Trail
from contracts.idva import (
    AdvocateAllocated,
    AllocationQueued,
    IdvaAlarm,
    IdvaNews,
    MaracBacklogBreached,
    MaracDelisted,
    MaracListed,
    MaracNews,
    QueueTurnDue,
    ReferralClosed,
)
from contracts.partner import AdvocateRoster, MaracMeeting
from contracts.vocabulary import MaracCriterion
from services.idva_allocation.domain.advocates import REASONS
from services.idva_allocation.domain.case import Allocation, Case
from services.idva_allocation.domain.marac import flagged_until
from services.idva_allocation.working_set import Referrals
from services.kit.timers import Later

E = TypeVar("E", bound=Event)
N = TypeVar("N", bound=IdvaNews)
M = TypeVar("M", bound=MaracNews)

Allocating = AdvocateAllocated | AllocationQueued | ReferralClosed | IdvaAlarm | Later[QueueTurnDue]
Enlisting = MaracListed | MaracBacklogBreached | IdvaAlarm | Later[QueueTurnDue]
Listing = Enlisting | MaracDelisted


def about(case: Case, event: E) -> E:
    """The event, said to concern this incident's report."""
    return event.concerning(Trail(case.subject, case.correlation_id))


def say(kind: type[N], incident_id: UUID, rows: Referrals, **fields: Any) -> N:
    """News about a victim, counted with the incident it is about."""
    case = rows.cases.get(incident_id)
    if case is None:
        raise LookupError("news must be about an incident that was heard of")
    case = case.spoken()
    rows.cases.put(case)
    said: dict[str, Any] = {
        "version": case.said,
        "incident_id": case.incident_id,
        "victim_id": case.victim_id,
        "area": case.area,
        "policy_version": rows.policy_version_of(case.area),
    }
    return about(case, kind.model_validate({**said, **fields}))


def allocated(
    allocation: Allocation, due_at: datetime, score: Mapping[str, float], rows: Referrals
) -> AdvocateAllocated:
    """An advocate takes a victim, with the points that decided."""
    return say(
        AdvocateAllocated,
        allocation.incident_id,
        rows,
        contact_group=allocation.contact_group,
        advocate_id=allocation.advocate_id,
        team=allocation.team,
        first_attempt_due_at=due_at,
        score=dict(score),
        reasons=tuple(POINTS[part] for part, points in score.items() if points and part in POINTS),
    )


POINTS = {
    "worked_with": Reason(code="worked_with", sentence="They have worked with this victim."),
    "language": Reason(code="language", sentence="They speak the language she needs."),
    "specialism": Reason(code="specialism", sentence="They specialise in what she needs."),
    "free_capacity": Reason(code="free_capacity", sentence="They have room for another victim."),
}


def queued(allocation: Allocation, why: str, rows: Referrals) -> AllocationQueued:
    """Nobody fits now; the referral waits."""
    return say(
        AllocationQueued,
        allocation.incident_id,
        rows,
        contact_group=allocation.contact_group,
        team=allocation.need.team,
        reason=why,
        reasons=(Reason(code=why, sentence=REASONS[why]),),
    )


def closed(allocation: Allocation, rows: Referrals) -> ReferralClosed:
    """The work, or the wait, is over."""
    return say(
        ReferralClosed,
        allocation.incident_id,
        rows,
        victim_id=allocation.victim_id,
        contact_group=allocation.contact_group,
        advocate_id=allocation.advocate_id,
        team=allocation.team if allocation.advocate_id else allocation.need.team,
        reason=allocation.ended_because,
    )


def alarm(case: Case, to_role: str, code: str, sentence: str, *also: UUID) -> IdvaAlarm:
    """Something a desk must know of this victim."""
    return about(
        case,
        IdvaAlarm(
            to_role=to_role,
            area=case.area,
            code=code,
            about=(case.incident_id, *also),
            reasons=(Reason(code=code, sentence=sentence),),
        ),
    )


def area_alarms(event: AdvocateRoster | MaracMeeting, to_role: str) -> list[IdvaAlarm]:
    """The area was absent or unknown: the desk of the one that applies instead must know."""
    return [
        IdvaAlarm(to_role=to_role, area=event.area, code=mark.code, about=(), reasons=(mark,))
        for mark in event.marks
        if mark.code in ("area_missing", "area_unknown")
    ]


def agenda_news(kind: type[M], case: Case, rows: Referrals, **fields: Any) -> M:
    """News of a victim and MARAC, with the criterion of the referral where that stands."""
    referral = case.referral
    if referral is None:
        return say(kind, case.incident_id, rows, **fields)
    months = rows.policy_of(case.area).repeat_months
    stated: dict[str, Any] = {
        "criterion": referral.criterion,
        "repeat_of": referral.repeat_of,
        "flagged_until": flagged_until(referral.at, months),
        "reasons": (Reason(code=referral.criterion, sentence=CRITERIA[referral.criterion]),),
    }
    return say(kind, case.incident_id, rows, **{**stated, **fields})


CRITERIA = {
    MaracCriterion.VISIBLE_HIGH_RISK: "As many ticks as the area asks for.",
    MaracCriterion.PROFESSIONAL_JUDGEMENT: "A professional judges the risk to be high.",
    MaracCriterion.ESCALATION: "As many incidents within 12 months as the area asks for.",
    MaracCriterion.REPEAT: "Abuse by the same person within 12 months of the last referral.",
}
