"""Incidents that person_matching identified or withdrew, and the histories they change."""

from datetime import datetime
from uuid import UUID

from contracts.identity import IncidentIdentified, IncidentWithdrawn
from contracts.mash import (
    AgeQuestionDue,
    IncidentScreened,
    MashAlarm,
    ScreeningDue,
    ScreeningWithdrawn,
)
from contracts.vocabulary import IncidentId, RiskLevel
from services.kit.timers import Later, later
from services.mash_screening.domain.case import Case
from services.mash_screening.domain.screening import screen
from services.mash_screening.handlers.alarms import Telling, age_due, desk_alarms
from services.mash_screening.handlers.reading import case_of
from services.mash_screening.handlers.saying import about, screening_of, withdrawal_of
from services.mash_screening.working_set import CaseFile, Cases

Said = IncidentScreened | MashAlarm | Later[ScreeningDue] | Later[AgeQuestionDue]


def screen_incident(
    event: IncidentIdentified, cases: Cases, now: datetime
) -> list[IncidentScreened | MashAlarm | Later[ScreeningDue] | Later[AgeQuestionDue]]:
    """Screen an incident, and count again for everybody whose history it belongs to."""
    if not cases.is_news(event.incident_id, event.version):
        return []
    keep_file(event, cases)
    before = cases.of(event.incident_id)
    case = revised(before, event)
    cases.put(case)
    said = screen_again(case, before, cases, now)
    touched = case.persons | (before.persons if before else set())
    return [*said, *count_again(touched, case.incident_id, cases, now)]


def withdraw_screening(
    event: IncidentWithdrawn, cases: Cases, now: datetime
) -> list[
    ScreeningWithdrawn | IncidentScreened | MashAlarm | Later[ScreeningDue] | Later[AgeQuestionDue]
]:
    """Withdraw the screening of a cancelled incident; it counts in no history any more."""
    case = cases.of(event.incident_id)
    if not cases.is_news(event.incident_id, event.version) or case is None or not case.live:
        return []
    case = case.withdrawn().spoken()
    cases.put(case)
    again = count_again(case.persons, case.incident_id, cases, now)
    return [withdrawal_of(case), *again]


def keep_file(event: IncidentIdentified, cases: Cases) -> None:
    """Keep the part sealed for MASH for those who will look at the case."""
    if isinstance(event.sealed.mash, str):
        cases.files.put(CaseFile(event.incident_id, event.revision, event.sealed.mash))


def revised(before: Case | None, event: IncidentIdentified) -> Case:
    """The case with the incident as it is now; what MASH itself said stays."""
    case = case_of(event)
    return case.continuing(before) if before else case


def screen_again(case: Case, before: Case | None, cases: Cases, now: datetime) -> list[Said]:
    """Screen a case by the histories as they are; what changes nothing is not said."""
    rules = cases.rules_of(case.area)
    live = cases.history_with(case.persons)
    screened = case.screened(screen(case.to_screen, live, rules))
    if before and before.live and unchanged(screened, before):
        cases.put(screened)
        return []
    held = before.screening.level if before and before.screening else None
    screened = screened.spoken()
    telling = desk_alarms(screened, rules.policy)
    cases.put(telling.case)
    return [announced(screened, held, cases), *timers(case, telling, cases, now), *telling.alarms]


def unchanged(case: Case, before: Case) -> bool:
    """Nothing of what is announced differs."""
    return case.screening == before.screening and case.passed_on == before.passed_on


def announced(case: Case, held: RiskLevel | None, cases: Cases) -> IncidentScreened:
    """The announcement of a screening."""
    return screening_of(IncidentScreened, case, held, cases.policy_version_of(case.area))


def timers(
    before: Case, telling: Telling, cases: Cases, now: datetime
) -> list[Later[ScreeningDue] | Later[AgeQuestionDue]]:
    """The notes to oneself that a new clock or a new question asks for."""
    case = telling.case
    found: list[Later[ScreeningDue] | Later[AgeQuestionDue]] = []
    standing = before.screening.due_at if before.screening else None
    due_at = case.screening.due_at if case.screening else None
    incident_id = IncidentId(case.incident_id)
    if due_at and due_at != standing and case.waits:
        note = about(case, ScreeningDue(incident_id=incident_id, due_at=due_at))
        found.append(later(note, at=due_at))
    if telling.asks_age:
        asked = about(case, AgeQuestionDue(incident_id=incident_id))
        due = age_due(case, cases.rules_of(case.area).policy)
        found.append(later(asked, at=due))
    return found


def count_again(persons: set[UUID], but: UUID, cases: Cases, now: datetime) -> list[Said]:
    """Screen again every other case of these persons; each clock starts at its own revision."""
    said: list[Said] = []
    for case in cases.live_with(persons):
        if case.incident_id != but:
            said += screen_again(case, case, cases, now)
    return said
