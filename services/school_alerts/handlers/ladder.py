"""The steps after an alert that nobody acknowledged, each once."""

from dataclasses import replace
from datetime import datetime

from contracts.schools import EscalationDue
from services.kit.timers import later
from services.school_alerts.domain.alert import Alert
from services.school_alerts.domain.ladder import step_due
from services.school_alerts.handlers.settling import climb
from services.school_alerts.handlers.turn import Turn

NO_ANSWER = "no_acknowledgement"


def climb_due(turn: Turn) -> None:
    """Take the next step of every alert of the incident that nobody acknowledged in time."""
    for alert in turn.alerts.of_incident(turn.case.incident_id):
        due = next_step_at(turn, alert)
        if due is not None and due <= turn.now:
            set_next_step(turn, climb(turn, replace(alert, step=alert.step + 1), NO_ANSWER))


def next_step_at(turn: Turn, alert: Alert) -> datetime | None:
    """When the alert's next step is due; None where there is none."""
    if not alert.climbs or alert.sent_at is None or alert.due_by is None:
        return None
    district = turn.view.district
    hours = district.hours(turn.calendar_of(alert))
    return step_due(alert.step + 1, alert.sent_at, alert.due_by, hours, district.policy)


def set_next_step(turn: Turn, alert: Alert) -> None:
    """Remember the next step, where there is one."""
    due = next_step_at(turn, alert)
    if due is not None:
        step = EscalationDue(
            alert_id=alert.alert_id, incident_id=alert.incident_id, step=alert.step + 1
        )
        turn.said.append(later(step.concerning(turn.trail), at=due))
