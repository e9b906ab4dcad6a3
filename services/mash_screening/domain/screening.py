"""An incident's screening: all rules together, from facts, history and what MASH decided."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.vocabulary import (
    Agency,
    MaracCriterion,
    Pathway,
    Rag,
    RiskLevel,
    ScreeningStatus,
)
from services.kit.working_time import WorkingTime
from services.mash_screening.domain.clocks import earlier, own_due
from services.mash_screening.domain.decisions import Decided, Regrade, level_now
from services.mash_screening.domain.facts import Facts, NotTaken, Place, Why
from services.mash_screening.domain.history import Counts, Past, counts
from services.mash_screening.domain.marac import criteria
from services.mash_screening.domain.pathways import Plan, plan
from services.mash_screening.domain.policy import Policy
from services.mash_screening.domain.question import Question
from services.mash_screening.domain.rag import child_rags, suggested_rag, unborn_rag
from services.mash_screening.domain.reasons import REGRADED, decided, reasons


@dataclass(frozen=True, slots=True)
class Screening:
    """What was decided of an incident."""

    level: RiskLevel
    rag: Rag
    status: ScreeningStatus
    due_at: datetime | None = None
    child_rag: dict[str, Rag] = field(default_factory=dict)
    pathways: tuple[Pathway, ...] = ()
    contact_wanted_by: tuple[Agency, ...] = ()
    not_referred: tuple[NotTaken, ...] = ()
    marac_criteria: tuple[MaracCriterion, ...] = ()
    reasons: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is screened: an incident's facts, its place in history, and MASH's own word on it."""

    facts: Facts
    place: Place
    regrade: Regrade | None = None
    decided: Decided | None = None
    age_confirmed: bool = False
    before: Screening | None = None
    """The screening that stands; none the first time and at a revival."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The area's policy and its office hours."""

    policy: Policy
    office: WorkingTime


@dataclass(frozen=True, slots=True)
class Outcome:
    """A screening, with what is left of MASH's own grade and decision."""

    screening: Screening
    regrade: Regrade | None
    decided: Decided | None


def screen(subject: Subject, live: Iterable[Past], rules: Rules) -> Outcome:
    """Screen an incident; its clock starts when its own revision was received."""
    facts = subject.facts
    level, regrade = level_now(facts, subject.regrade)
    base = suggested_rag(facts, level)
    found = counts(subject.place, base, live, rules.policy)
    rag = Rag.AMBER if found.third_green else base
    standing = subject.decided if subject.decided and subject.decided.stands(level, rag) else None
    confirmed = standing is not None and standing.covers(facts)
    question = question_of(subject, level, found, rules.policy, standing)
    screening = of_plan(plan(question), question, rag)
    screening = replace(
        screening,
        status=ScreeningStatus.CONFIRMED if confirmed else ScreeningStatus.SUGGESTED,
        due_at=due_at(subject, screening, rules, confirmed),
        reasons=all_reasons(facts, level, base, found, (regrade, standing)),
    )
    return Outcome(screening, regrade, standing)


def question_of(
    subject: Subject, level: RiskLevel, found: Counts, policy: Policy, standing: Decided | None
) -> Question:
    """What the pathways are decided from."""
    facts = subject.facts
    met_before = subject.before.marac_criteria if subject.before else ()
    return Question(
        facts=facts,
        level=level,
        policy=policy,
        child_rag=child_rags(facts, level),
        unborn_rag=unborn_rag(facts, level),
        criteria=criteria(facts, level, found.escalated, policy, met_before),
        serial=bool(found.serial_incidents),
        age_confirmed=subject.age_confirmed,
        choices=standing.by_ref if standing else {},
        covered=frozenset(standing.covered) if standing else frozenset(),
        unborn_decided=standing is not None and standing.whole and standing.unborn,
    )


def of_plan(planned: Plan, question: Question, rag: Rag) -> Screening:
    """The screening of a plan, before its clock."""
    return Screening(
        level=question.level,
        rag=rag,
        status=ScreeningStatus.SUGGESTED,
        child_rag=dict(question.child_rag),
        pathways=planned.pathways,
        contact_wanted_by=planned.contact_wanted_by,
        not_referred=planned.not_referred,
        marac_criteria=() if question.route.under_16 else question.criteria,
    )


def due_at(
    subject: Subject, screening: Screening, rules: Rules, confirmed: bool
) -> datetime | None:
    """The earlier of the standing clock and the own one; a decision leaves the clock as it was.

    A clock that a decision met in time no longer stands when graver news comes after it.
    """
    before = subject.before
    standing = before.due_at if before else None
    if confirmed and before:
        return standing
    start = subject.facts.received_at
    met = before is not None and before.status is ScreeningStatus.CONFIRMED
    if met and standing and standing <= start:
        standing = None
    own = own_due(screening.rag, screening.level, subject.facts, rules.policy, rules.office)
    return earlier(standing, own)


def all_reasons(
    facts: Facts,
    level: RiskLevel,
    base: Rag,
    found: Counts,
    mash: tuple[Regrade | None, Decided | None],
) -> tuple[Why, ...]:
    """The rules' reasons and MASH's own."""
    regrade, standing = mash
    own = (REGRADED,) if regrade else ()
    choices = decided(standing.by_ref) if standing else ()
    return (*reasons(facts, level, base, found), *own, *choices)
