"""The clocks of an alert that is out: the ladder's next step, and the deadline of its answer."""

from dataclasses import replace
from datetime import datetime

from contracts.schools import DeadlineDue, EscalationDue
from services.kit.timers import later
from services.school_alerts.domain.alert import Alert
from services.school_alerts.domain.ladder import step_due
from services.school_alerts.handlers.turn import Turn


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


def set_deadline(turn: Turn, alert: Alert, due_by: datetime) -> None:
    """Look at the alert again when it must be out, or answered."""
    deadline = DeadlineDue(alert_id=alert.alert_id, incident_id=alert.incident_id)
    turn.said.append(later(deadline.concerning(turn.trail), at=due_by))


def start_again(turn: Turn, alert: Alert) -> Alert:
    """An alert that had ended holds again: what nobody answered yet has its clocks from now, and
    its steps from the first: who was told before is not told again, those after move up.
    """
    due_by = alert.corrected_by
    if alert.acknowledged_at is not None or due_by is None:
        return alert
    alert = replace(alert, due_by=due_by, sent_at=turn.now, step=0, overdue_said=False)
    turn.alerts.put(alert)
    set_deadline(turn, alert, due_by)
    set_next_step(turn, alert)
    return alert
