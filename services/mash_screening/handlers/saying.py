"""How a case is announced: whole, with the parts that later hearers may open."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from contracts.envelope import Event, Reason, Trail
from contracts.mash import (
    MashAlarm,
    NotReferred,
    Screening,
    ScreeningOverdue,
    ScreeningWithdrawn,
)
from contracts.vocabulary import IncidentId, PersonId, RiskLevel
from services.mash_screening.domain.case import Case
from services.mash_screening.domain.facts import Why

S = TypeVar("S", bound=Screening)
E = TypeVar("E", bound=Event)


def screening_of(kind: type[S], case: Case, before: RiskLevel | None, policy_version: str) -> S:
    """The announcement of a case's screening; `before` is the grade that held until now."""
    screening = case.screening
    if screening is None:
        raise LookupError("a case that was never screened cannot be announced")
    said: dict[str, Any] = {
        **case.passed_on,
        "version": case.said,
        "policy_version": policy_version,
        "risk_before": before or case.facts.level,
        "risk_after": screening.level,
        "rag": screening.rag,
        "child_rag": screening.child_rag,
        "due_at": screening.due_at,
        "status": screening.status,
        "pathways": screening.pathways,
        "contact_wanted_by": screening.contact_wanted_by,
        "not_referred": tuple(
            NotReferred(pathway=n.pathway, reason=reason_of(n.why)) for n in screening.not_referred
        ),
        "marac_criteria": screening.marac_criteria,
        "age_confirmed": case.age_confirmed,
        "reasons": tuple(reason_of(why) for why in screening.reasons),
    }
    return about(case, kind.model_validate(said))


def about(case: Case, event: E) -> E:
    """The event, said to concern this case's report."""
    return event.concerning(Trail(case.subject, case.correlation_id))


def reason_of(why: Why) -> Reason:
    """A reason as others read it."""
    return Reason(code=why.code, sentence=why.sentence)


def withdrawal_of(case: Case) -> ScreeningWithdrawn:
    """The announcement that a screening is of the past."""
    return about(
        case,
        ScreeningWithdrawn(
            version=case.said,
            incident_id=IncidentId(case.incident_id),
            victim_id=PersonId(case.victim_id),
            area=case.area,
        ),
    )


def overdue_of(case: Case, minutes: int) -> ScreeningOverdue:
    """The announcement that nobody decided by the clock."""
    due_at = case.screening and case.screening.due_at
    if due_at is None:
        raise LookupError("a case without a clock cannot be overdue")
    return about(
        case,
        ScreeningOverdue(
            version=case.said,
            incident_id=IncidentId(case.incident_id),
            victim_id=PersonId(case.victim_id),
            area=case.area,
            due_at=due_at,
            overdue_minutes=minutes,
        ),
    )


def alarm(
    case: Case, to_role: str, why: Why, *also: UUID, due_at: datetime | None = None
) -> MashAlarm:
    """Something a desk must know of this case."""
    return about(
        case,
        MashAlarm(
            to_role=to_role,
            area=case.area,
            code=why.code,
            about=(case.incident_id, *also),
            due_at=due_at or (case.screening.due_at if case.screening else None),
            reasons=(reason_of(why),),
        ),
    )
