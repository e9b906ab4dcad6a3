"""Clocks that ran: the time to send, the deadline, and the next step of the ladder."""

from dataclasses import replace
from datetime import datetime, timedelta

from contracts.schools import AlertDue, DeadlineDue, EscalationDue
from services.school_alerts.domain.alert import Alert, Stage
from services.school_alerts.handlers.ladder import climb_due
from services.school_alerts.handlers.reconciling import reconcile, send_due
from services.school_alerts.handlers.steps import set_deadline
from services.school_alerts.handlers.turn import Said, Turn
from services.school_alerts.working_set import Alerts

OVERDUE = "alert_overdue"
WORD = timedelta(minutes=1)
"""How long after its deadline we may hear that a school's mail was handed over in time."""


def send_alerts(event: AlertDue, alerts: Alerts, now: datetime) -> list[Said]:
    """Send what is due of the incident, to the child's school as it is at this moment."""
    case, alert = alerts.case(event.incident_id), alerts.of(event.alert_id)
    if case is None or alert is None or alert.stage is not Stage.PLANNED:
        return []
    turn = Turn(alerts, case, now)
    reconcile(turn)
    send_due(turn)
    return turn.done()


def watch_deadline(event: DeadlineDue, alerts: Alerts, now: datetime) -> list[Said]:
    """Say once that an alert was not out by its deadline, or that a desk has not answered."""
    case, alert = alerts.case(event.incident_id), alerts.of(event.alert_id)
    if case is None or alert is None or not is_overdue(alert, now):
        return []
    turn = Turn(alerts, case, now)
    heard_by = (alert.due_by or now) + WORD
    if _may_be_out(alert) and now < heard_by:
        set_deadline(turn, alert, heard_by)
    else:
        say_overdue(turn, alert)
    return turn.done()


def take_step(event: EscalationDue, alerts: Alerts, now: datetime) -> list[Said]:
    """Tell the next role about an alert that nobody acknowledged."""
    case, alert = alerts.case(event.incident_id), alerts.of(event.alert_id)
    if case is None or alert is None or not alert.climbs or alert.step + 1 != event.step:
        return []
    turn = Turn(alerts, case, now)
    climb_due(turn)
    return turn.done()


def is_overdue(alert: Alert, now: datetime) -> bool:
    """Whether its deadline passed with nobody told, or with no answer from a desk."""
    if alert.overdue_said or alert.due_by is None or now < alert.due_by:
        return False
    unsent = alert.stage in (Stage.PLANNED, Stage.SENDING)
    silent = alert.is_desk and alert.stage is Stage.SENT and alert.acknowledged_at is None
    return unsent or silent


def _may_be_out(alert: Alert) -> bool:
    """Whether a school's mail may be handed over in time and we have not heard it yet; a desk's
    alert is overdue all the same, since nobody answered it.
    """
    at_the_last_moment = alert.stage is Stage.PLANNED and alert.send_at == alert.due_by
    return not alert.is_desk and (alert.stage is Stage.SENDING or at_the_last_moment)


def say_overdue(turn: Turn, alert: Alert) -> Alert:
    """Alarm the authority's lead, once."""
    alert = replace(alert, overdue_said=True)
    turn.alerts.put(alert)
    turn.alarm(alert, OVERDUE)
    return alert
