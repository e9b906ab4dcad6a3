"""What came of handing mails over: sent, late, or refused, and who is next."""

from dataclasses import replace
from datetime import datetime

from contracts.schools import AlertMailEnded, AlertSent, CarriedAlert
from contracts.vocabulary import AlertId, RecipientRole
from services.school_alerts.domain.alert import Alert, Stage
from services.school_alerts.handlers.clocks import say_overdue
from services.school_alerts.handlers.letters import Step
from services.school_alerts.handlers.planning import write_on
from services.school_alerts.handlers.reconciling import reconcile
from services.school_alerts.handlers.settling import (
    climb,
    keep_told,
    readers_of,
    told_and_allowed,
    word_of,
)
from services.school_alerts.handlers.steps import set_next_step
from services.school_alerts.handlers.turn import Said, Turn
from services.school_alerts.working_set import Alerts

ACCEPTED = "accepted"
EXPECTED = (Stage.SENDING, Stage.SENT, Stage.ENDED)
"""News of an alert in another stage is news of a mail that was taken back too late."""
FAILED = "mail_failed"
CORRECTION_FAILED = "correction_failed"


def record_outcome(event: AlertMailEnded, alerts: Alerts, now: datetime) -> list[Said]:
    """Record the outcome for every alert that the mail carried."""
    case = alerts.case(event.incident_id)
    if case is None:
        return []
    turn = Turn(alerts, case, now)
    alone = CarriedAlert(alert_id=event.alert_id, content_version=event.content_version)
    found = [(carried, alerts.of(carried.alert_id)) for carried in event.carries or (alone,)]
    for carried, alert in found:
        if alert is not None:
            _record(turn, alert, carried, event)
    if all(alert is None or alert.stage in EXPECTED for _, alert in found):
        _settle(turn, [carried.alert_id for carried, _ in found])
    else:
        reconcile(turn)
    return turn.done()


def _settle(turn: Turn, alert_ids: list[AlertId]) -> None:
    """What changed while the mail was on its way, where nothing took it back."""
    for alert_id in alert_ids:
        alert = turn.alerts.of(alert_id)
        child = turn.case.child(alert.child_ref) if alert else None
        if alert and child and alert.stage is Stage.SENT:
            keep_told(turn, alert, child)


def _record(turn: Turn, alert: Alert, carried: CarriedAlert, event: AlertMailEnded) -> None:
    accepted, at = event.outcome == ACCEPTED, event.at or turn.now
    if event.step == Step.CORRECTION:
        if not accepted:
            turn.alarm(alert, CORRECTION_FAILED)
        elif alert.said_sent < carried.content_version:
            roles = tuple(reader.role for reader in told_and_allowed(turn, alert))
            _say_sent(turn, alert, carried.content_version, at, roles or (event.role,))
        return
    alert = alert.answered(event.role, accepted)
    if carried.writing is not None and carried.writing < len(alert.written):
        # A mail that could not be taken back said what was written then.
        alert = replace(alert, digest=alert.written[carried.writing])
    turn.alerts.put(alert)
    if not accepted:
        _go_on(turn, alert, Step(event.step))
    elif event.step == Step.FIRST:
        _first_told(turn, alert, carried.content_version, event)
    else:
        _next_told(turn, alert, carried.content_version, event)


def _first_told(turn: Turn, alert: Alert, content_version: int, event: AlertMailEnded) -> None:
    """The alert is out, even where it should not have gone any more: that is then corrected."""
    if alert.said_sent >= content_version:
        return
    at = event.at or turn.now
    late = alert.due_by is not None and at > alert.due_by
    alert = replace(alert, stage=Stage.SENT, sent_at=at, late=late)
    if late and not alert.overdue_said:
        alert = say_overdue(turn, alert)
    alert = _say_sent(turn, alert, content_version, at, (event.role,))
    set_next_step(turn, alert)


def _say_sent(
    turn: Turn, alert: Alert, content_version: int, at: datetime, roles: tuple[RecipientRole, ...]
) -> Alert:
    alert = replace(alert, said_sent=content_version)
    due_by = alert.corrected_by if content_version > 1 else alert.due_by
    late = due_by is not None and at > due_by
    over = {"content_version": content_version, "sent_at": at, "due_by": due_by, "late": late}
    return turn.say(AlertSent, alert, **over, recipient_roles=roles)


def _next_told(turn: Turn, alert: Alert, content_version: int, event: AlertMailEnded) -> None:
    """A step is out: where no correction could be, it is the first that carries what is new."""
    latest = alert.content_version
    if alert.said_sent < content_version:
        at = event.at or turn.now
        alert = _say_sent(turn, alert, content_version, at, (event.role,))
    if content_version < latest:
        _catch_up(turn, alert, event)


def _catch_up(turn: Turn, alert: Alert, event: AlertMailEnded) -> None:
    """A reader was sent what was corrected meanwhile: the correction goes to them too."""
    there = readers_of(turn, alert)
    for told in alert.told:
        if told.reader.role is event.role and not there.is_barred(told.reader):
            turn.write(alert, told.reader, Step.CORRECTION, word_of(alert))


def _go_on(turn: Turn, alert: Alert, step: Step) -> None:
    """A mail was not accepted: a desk is told why, and the next role is written to."""
    turn.alarm(alert, FAILED)
    if alert.waits:
        return  # Somebody is being written to already.
    if step is Step.FIRST and alert.stage is Stage.SENDING:
        wish = turn.wish_of(alert)
        if wish:
            write_on(turn, alert, wish, FAILED)
    elif alert.climbs and not alert.has_lead:
        climb(turn, alert, FAILED)
