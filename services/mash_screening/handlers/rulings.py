"""What a practitioner decided: accepted and said, or refused with reasons."""

from dataclasses import replace
from datetime import datetime

from contracts.envelope import Problem
from contracts.mash import (
    AgeQuestionDue,
    IncidentScreened,
    MashAlarm,
    MashInputRefused,
    RiskRegraded,
    ScreeningDue,
)
from contracts.partner import ScreeningDecision
from contracts.vocabulary import RiskLevel
from services.kit.timers import Later
from services.mash_screening.domain.case import Case
from services.mash_screening.domain.decisions import Fault, faults
from services.mash_screening.domain.screening import screen
from services.mash_screening.handlers.alarms import Telling
from services.mash_screening.handlers.incidents import count_again, timers
from services.mash_screening.handlers.reading import ruling_of
from services.mash_screening.handlers.saying import screening_of
from services.mash_screening.working_set import Cases, KeptRuling, id_named

INVALID = Fault("incident_id", "invalid", "This is not the id of an incident.")
UNKNOWN = Fault("incident_id", "unknown", "No such incident was screened.")
CANCELLED = Fault("incident_id", "cancelled", "The incident was cancelled.")


def record_decision(
    event: ScreeningDecision, cases: Cases, now: datetime
) -> list[
    RiskRegraded
    | IncidentScreened
    | MashInputRefused
    | MashAlarm
    | Later[ScreeningDue]
    | Later[AgeQuestionDue]
]:
    """Record a decision, and count again for everybody whose history it changes."""
    case = case_decided(event, cases)
    if isinstance(case, Fault):
        return [refusal(event, [case])]
    if found := objections(event, case):
        return [refusal(event, found)]
    keep_ruling(event, case, cases)
    decided = decide(case, event, cases)
    cases.put(decided)
    if unchanged(decided, case):
        return []
    decided = decided.spoken()
    cases.put(decided)
    clocks = timers(case, Telling(decided), cases, now)
    again = count_again(case.persons, case.incident_id, cases, now)
    return [announced(decided, case, cases), *clocks, *again]


def case_decided(event: ScreeningDecision, cases: Cases) -> Case | Fault:
    """The case a decision is about, or why there is none."""
    incident_id = id_named(event.incident_id)
    if incident_id is None:
        return INVALID
    return cases.of(incident_id) or UNKNOWN


def objections(event: ScreeningDecision, case: Case) -> list[Fault]:
    """Why the decision cannot stand for this case; nothing where it can."""
    if not case.live:
        return [CANCELLED]
    return list(faults(ruling_of(event), case.facts, level_of(case)))


def level_of(case: Case) -> RiskLevel:
    """The grade that holds."""
    return case.screening.level if case.screening else case.facts.level


def decide(case: Case, event: ScreeningDecision, cases: Cases) -> Case:
    """The case with the decision, screened again; the decision is bound to what it saw."""
    rules = cases.rules_of(case.area)
    live = cases.history_with(case.persons)
    ruled = case.ruled(ruling_of(event), confirms_age=bool(event.victim_16_or_over))
    seen = screen(replace(ruled, decided=None).to_screen, live, rules).screening
    if ruled.decided is None:
        raise LookupError("a decision leaves a case decided")
    bound = replace(ruled.decided, level=seen.level, rag=seen.rag)
    outcome = screen(replace(ruled, decided=bound).to_screen, live, rules)
    return ruled.screened(outcome)


def unchanged(decided: Case, case: Case) -> bool:
    """The same decision again."""
    same_age = decided.age_confirmed == case.age_confirmed
    return same_age and decided.screening == case.screening and decided.regrade == case.regrade


def announced(decided: Case, before: Case, cases: Cases) -> RiskRegraded | IncidentScreened:
    """A regrade where the grade or the priority changed, else the screening as confirmed."""
    version = cases.policy_version_of(decided.area)
    held = level_of(before)
    now, was = decided.screening, before.screening
    if now and was and (now.level, now.rag) == (was.level, was.rag):
        return screening_of(IncidentScreened, decided, held, version)
    return screening_of(RiskRegraded, decided, held, version)


def keep_ruling(event: ScreeningDecision, case: Case, cases: Cases) -> None:
    """Keep the decision with its rationale: both grades and who decided stay on record."""
    ruling = ruling_of(event)
    cases.rulings.put(KeptRuling(event.envelope.id, case.incident_id, event.at, ruling))


def refusal(event: ScreeningDecision, found: list[Fault]) -> MashInputRefused:
    """The refusal, naming every field at fault."""
    problems = (Problem(path=f"/{f.field}", code=f.code, message=f.message) for f in found)
    return MashInputRefused(
        topic=event.TOPIC, reference=event.incident_id, problems=tuple(problems)
    )
