"""Incidents that person_matching identified or withdrew."""

from datetime import datetime

from contracts.identity import IncidentIdentified, IncidentWithdrawn
from services.school_alerts.domain.case import Case
from services.school_alerts.handlers.reading import cancelled_case, case_of
from services.school_alerts.handlers.reconciling import reconcile
from services.school_alerts.handlers.turn import Said, Turn
from services.school_alerts.working_set import Alerts


def plan_alerts(event: IncidentIdentified, alerts: Alerts, now: datetime) -> list[Said]:
    """Plan an alert for each child's every school; news that is not newer announces nothing."""
    before = alerts.case(event.incident_id)
    if before is not None and event.version <= before.version:
        return []
    case = case_of(event)
    alerts.keep(case)
    turn = Turn(alerts, case, now)
    revised = before is None or not before.live or case.revision > before.revision
    reconcile(turn, revised=revised, renamed=renamed(case, before) if revised else ())
    return turn.done()


def renamed(case: Case, before: Case | None) -> frozenset[str]:
    """The children whom a revision names anew, or of whom it says otherwise where they learn."""
    known = {child.ref: child.says_it_learns for child in before.children} if before else {}
    return frozenset(c.ref for c in case.children if known.get(c.ref) != c.says_it_learns)


def withdraw_alerts(event: IncidentWithdrawn, alerts: Alerts, now: datetime) -> list[Said]:
    """Withhold what was not sent, and correct what was."""
    before = alerts.case(event.incident_id)
    if before is not None and event.version <= before.version:
        return []
    case = cancelled_case(event, before)
    alerts.keep(case)
    turn = Turn(alerts, case, now)
    reconcile(turn, revised=True)
    return turn.done()
