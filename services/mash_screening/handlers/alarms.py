"""What desks are told of a case, each thing once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.mash import MashAlarm
from contracts.vocabulary import RiskKind, child_id_of
from services.mash_screening.domain.case import AGE_ASKED, Case
from services.mash_screening.domain.facts import Why
from services.mash_screening.domain.policy import Policy
from services.mash_screening.domain.reasons import LOWER_GRADE, SUSPECT_CHILD
from services.mash_screening.handlers.saying import alarm

MASH = "mash"
MANAGER = "mash_manager"
SOCIAL_WORKER = "social_worker"

OPEN_CHILD = Why("open_to_social_care", "A child open to social care stands in a new incident.")
AGE_QUESTION = Why("age_unknown", "Ask how old the victim is; MARAC waits for the answer.")


@dataclass(frozen=True, slots=True)
class Telling:
    """The case after its desks were told, and what they are told."""

    case: Case
    alarms: tuple[MashAlarm, ...] = ()
    asks_age: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to tell one desk; `name` is what makes it one."""

    name: str
    to_role: str
    why: Why
    also: tuple[UUID, ...] = ()
    due_at: datetime | None = None


def desk_alarms(case: Case, policy: Policy) -> Telling:
    """Tell each desk what it was not told yet."""
    new = [task for task in tasks_of(case, policy) if task.name not in case.alarmed]
    told = case
    for task in new:
        told = told.told(task.name)
    alarms = tuple(
        alarm(case, task.to_role, task.why, *task.also, due_at=task.due_at) for task in new
    )
    return Telling(told, alarms, asks_age=any(task.why is AGE_QUESTION for task in new))


def age_due(case: Case, policy: Policy) -> datetime:
    """When the question of an unknown age should be answered."""
    return case.facts.received_at + timedelta(hours=policy.age_question_hours)


def tasks_of(case: Case, policy: Policy) -> Iterator[Task]:
    """Everything that somebody must know or do about this case."""
    for child in case.facts.children:
        if child.open_to_social_care:
            child_id = child_id_of(case.incident_id, child.ref)
            yield Task(f"open/{child.ref}", SOCIAL_WORKER, OPEN_CHILD, (child_id,))
    for component in case.facts.components:
        if component.kind is RiskKind.EARLIER_REVISION:
            yield Task(f"lower/{component.level}", MASH, LOWER_GRADE)
    if case.facts.suspect_age.is_child:
        suspect = (case.suspect_id,) if case.suspect_id else ()
        yield Task("suspect_under_18", MASH, SUSPECT_CHILD, suspect)
    if case.age_is_open:
        yield Task(AGE_ASKED, MASH, AGE_QUESTION, due_at=age_due(case, policy))
