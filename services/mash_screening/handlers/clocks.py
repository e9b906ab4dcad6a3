"""Clocks that ran out: a screening nobody decided, an age nobody asked about."""

from dataclasses import replace
from datetime import datetime, timedelta

from contracts.mash import AgeQuestionDue, MashAlarm, ScreeningDue, ScreeningOverdue
from services.mash_screening.domain.case import AGE_OVERDUE
from services.mash_screening.domain.facts import Why
from services.mash_screening.handlers.alarms import MANAGER
from services.mash_screening.handlers.saying import alarm, overdue_of
from services.mash_screening.working_set import Cases

OVERDUE = Why("screening_overdue", "Nobody decided by the clock.")
NO_ANSWER = Why(AGE_OVERDUE, "Nobody has said how old the victim is.")
MINUTE = timedelta(minutes=1)


def say_overdue(
    event: ScreeningDue, cases: Cases, now: datetime
) -> list[ScreeningOverdue | MashAlarm]:
    """Say once per due time that nobody decided; a timer of an earlier clock finds nothing."""
    case = cases.of(event.incident_id)
    if case is None or not case.waits or case.screening is None:
        return []
    due_at = case.screening.due_at
    if due_at != event.due_at or due_at == case.overdue_for or now < due_at:
        return []
    case = replace(case, overdue_for=due_at).spoken()
    cases.put(case)
    return [overdue_of(case, (now - due_at) // MINUTE), alarm(case, MANAGER, OVERDUE)]


def ask_age_again(event: AgeQuestionDue, cases: Cases, now: datetime) -> list[MashAlarm]:
    """Tell the manager that the question of an unknown age was not answered."""
    case = cases.of(event.incident_id)
    if case is None or not case.live or not case.age_is_open:
        return []
    if NO_ANSWER.code in case.alarmed:
        return []
    cases.put(case.told(NO_ANSWER.code))
    return [alarm(case, MANAGER, NO_ANSWER)]
