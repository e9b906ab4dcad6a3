"""What ops does with what it hears: it remembers everything, and watches everyone's clocks."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Reason
from contracts.mash import IncidentScreened, RiskRegraded, ScreeningOverdue
from contracts.ops import OpsAlarm, WatchDue
from contracts.police import IncidentAmended, IncidentCancelled, IncidentReported
from contracts.schools import (
    AlertAcknowledged,
    AlertCorrected,
    AlertEscalated,
    AlertPlanned,
    AlertSent,
    AlertWithheld,
)
from contracts.vocabulary import ScreeningStatus
from services.kit.timers import Later, later
from services.ops.domain import (
    AFTER_OVERDUE,
    BEFORE_THE_BELL,
    FIRST_LOOK,
    Watch,
    WatchedAlert,
    WatchedIncident,
    is_alerted,
    on_tick,
)
from services.ops.hearing import Anything, plain
from services.ops.working_set import Note, Notebook

ON_CALL = "duty_engineer"
NOT_SCREENED = Reason(
    code="not_screened", sentence="The police reported the incident and nothing screened it."
)
OVERDUE_UNSAID = Reason(
    code="overdue_unsaid", sentence="A screening's clock ran out and nobody said so."
)
CHILD_WITHOUT_ALERT = Reason(
    code="child_without_alert", sentence="Nothing was said to or about a child's school."
)
ALERT_NOT_OUT = Reason(
    code="alert_not_out", sentence="A school's deadline is near and its alert is not out."
)


def keep_note(event: Anything, notebook: Notebook, now: datetime) -> list[None]:
    """Remember what was said, in plain fields only."""
    envelope, body = event.envelope, plain(event)
    notebook.notes.put(
        Note(
            event_id=envelope.id,
            topic=event.TOPIC,
            key=envelope.key,
            source=envelope.source,
            subject=envelope.subject,
            correlation_id=envelope.correlation_id,
            causation_id=envelope.causation_id,
            time=envelope.time,
            about=tuple(sorted(set(_ids_in(body)))),
            body=body,
        )
    )
    return []


def watch_report(
    event: IncidentReported | IncidentAmended, notebook: Notebook, now: datetime
) -> list[Later[WatchDue]]:
    """Look again soon whether the incident was screened and its children were thought of."""
    known = notebook.incident(event.incident_id)
    children = tuple(
        child.child_ref for child in event.children if is_alerted(child.age_band, child.unborn)
    )
    told = known.reported(event.version, event.area, children)
    if told is known:
        return []
    notebook.incidents.put(told)
    watch = WatchDue(incident_id=event.incident_id, watch=Watch.REPORT)
    return [later(watch, at=on_tick(event.received_at + FIRST_LOOK))]


def end_watch(event: IncidentCancelled, notebook: Notebook, now: datetime) -> list[None]:
    """A cancelled incident has no clocks."""
    known = notebook.incident(event.incident_id)
    notebook.incidents.put(known.cancelled(event.version, event.area))
    return []


def see_screening(
    event: IncidentScreened | RiskRegraded, notebook: Notebook, now: datetime
) -> list[Later[WatchDue]]:
    """Note the screening, and look after its clock whether somebody spoke up."""
    known = notebook.incident(event.incident_id)
    confirmed = event.status is ScreeningStatus.CONFIRMED
    seen = known.seen(event.version, event.due_at, confirmed)
    notebook.incidents.put(seen)
    if event.due_at is None or seen.answered or seen.due_at == known.due_at:
        return []
    watch = WatchDue(incident_id=event.incident_id, watch=Watch.OVERDUE, due_at=event.due_at)
    return [later(watch, at=on_tick(event.due_at + AFTER_OVERDUE))]


def see_overdue(event: ScreeningOverdue, notebook: Notebook, now: datetime) -> list[None]:
    """mash_screening said itself that a clock ran out."""
    known = notebook.incident(event.incident_id)
    notebook.incidents.put(known.overdue_said(event.due_at))
    return []


def see_alert(
    event: AlertPlanned
    | AlertSent
    | AlertAcknowledged
    | AlertEscalated
    | AlertWithheld
    | AlertCorrected,
    notebook: Notebook,
    now: datetime,
) -> list[Later[WatchDue]]:
    """Note the alert; look shortly before its deadline whether it is out."""
    known = notebook.alerts.get(event.alert_id) or WatchedAlert(
        event.alert_id, event.incident_id, event.child_ref
    )
    told = known.told(event.version, isinstance(event, AlertPlanned), event.due_by)
    notebook.alerts.put(told)
    if not told.waits or told.due_by is None or told.due_by == known.due_by:
        return []
    watch = WatchDue(
        incident_id=event.incident_id,
        watch=Watch.ALERT,
        alert_id=event.alert_id,
        due_at=told.due_by,
    )
    return [later(watch, at=on_tick(told.due_by - BEFORE_THE_BELL))]


def page(event: WatchDue, notebook: Notebook, now: datetime) -> list[OpsAlarm]:
    """Look at a clock from outside; page where whoever should have kept it did not."""
    incident = notebook.incident(event.incident_id)
    if not incident.live:
        return []
    return [_alarm(event, incident, reason) for reason in _faults(event, incident, notebook)]


def _alarm(event: WatchDue, incident: WatchedIncident, reason: Reason) -> OpsAlarm:
    about = (event.incident_id, *((event.alert_id,) if event.alert_id else ()))
    return OpsAlarm(
        to_role=ON_CALL,
        area=incident.area or "unknown",
        code=reason.code,
        about=about,
        due_at=event.due_at,
        reasons=(reason,),
    )


def _faults(event: WatchDue, incident: WatchedIncident, notebook: Notebook) -> Iterator[Reason]:
    if event.watch == Watch.REPORT:
        if not incident.screened:
            yield NOT_SCREENED
        if set(incident.children) - notebook.alerted_children(event.incident_id):
            yield CHILD_WITHOUT_ALERT
    elif event.watch == Watch.OVERDUE:
        if incident.due_at == event.due_at and not incident.answered:
            yield OVERDUE_UNSAID
    elif event.alert_id is not None:
        alert = notebook.alerts.get(event.alert_id)
        if alert is not None and alert.waits and alert.due_by == event.due_at:
            yield ALERT_NOT_OUT


def _ids_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _ids_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _ids_in(each)
    elif isinstance(value, str) and len(value) == 36 and _is_id(value):
        yield value


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
