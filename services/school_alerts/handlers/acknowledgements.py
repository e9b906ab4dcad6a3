"""Somebody confirms that they read an alert: only its own school may, or the council for a desk."""

from dataclasses import replace
from datetime import datetime

from contracts.envelope import Problem
from contracts.partner import SchoolAcknowledgement
from contracts.schools import AlertAcknowledged, SchoolsInputRefused
from contracts.vocabulary import RecipientRole
from services.school_alerts.domain.alert import Alert, Stage
from services.school_alerts.handlers.turn import Said, Turn
from services.school_alerts.working_set import Alerts, alert_named

INVALID = Problem(path="/alert_id", code="invalid", message="This is not the id of an alert.")
UNKNOWN = Problem(path="/alert_id", code="unknown", message="There is no such alert.")
NOT_SENT = Problem(path="/alert_id", code="not_sent", message="This alert was not sent.")
ENDED = Problem(
    path="/alert_id",
    code="ended",
    message="This alert holds no more; whoever was told of it was told that too.",
)
NOT_YOURS = Problem(
    path="/source",
    code="sender_not_allowed",
    message="Only the school that was told may acknowledge, or the council for its own desk.",
)


def record_acknowledgement(
    event: SchoolAcknowledgement, alerts: Alerts, now: datetime
) -> list[Said]:
    """Record that an alert was read; the ladder stops, and a second time changes nothing."""
    alert = _named(event, alerts)
    case = alerts.case(alert.incident_id) if isinstance(alert, Alert) else None
    if isinstance(alert, Problem) or case is None:
        return [_refusal(event, alert if isinstance(alert, Problem) else UNKNOWN)]
    turn = Turn(alerts, case, now)
    if not _may_answer(turn, alert, event.source):
        return [_refusal(event, NOT_YOURS)]
    if not alert.was_told:
        return [_refusal(event, NOT_SENT)]
    if alert.acknowledged_at is None and alert.stage is Stage.ENDED:
        return [_refusal(event, ENDED)]
    if alert.acknowledged_at is None:
        read = replace(alert, acknowledged_at=event.at, reason=None)
        turn.say(AlertAcknowledged, read, recipient_role=_role_of(event) or alert.role)
    return turn.done()


def _role_of(event: SchoolAcknowledgement) -> RecipientRole | None:
    """Who answered, where that is a role we know: not always the one that was asked last."""
    try:
        return RecipientRole(event.role)
    except ValueError:
        return None


def _named(event: SchoolAcknowledgement, alerts: Alerts) -> Alert | Problem:
    alert_id = alert_named(event.alert_id)
    if alert_id is None:
        return INVALID
    return alerts.of(alert_id) or UNKNOWN


def _may_answer(turn: Turn, alert: Alert, source: str) -> bool:
    if source == alert.school_urn:
        return True
    return (alert.is_desk or alert.has_lead) and source in turn.view.district.councils


def _refusal(event: SchoolAcknowledgement, problem: Problem) -> SchoolsInputRefused:
    return SchoolsInputRefused(topic=event.TOPIC, reference=event.alert_id, problems=(problem,))
