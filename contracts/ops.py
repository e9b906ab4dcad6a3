"""What ops says: a clock that somebody else should have kept."""

from pydantic import AwareDatetime

from contracts.envelope import AlarmRaised, Event
from contracts.vocabulary import AlertId, IncidentId


class OpsAlarm(AlarmRaised, topic="ops.alarm-raised.v1"):
    """An incident has no screening, or a child no alert, by its clock."""


class WatchDue(Event, topic="ops.watch-due.v1", key="incident_id"):
    """Said to oneself: by now others should have said something about this incident."""

    incident_id: IncidentId
    watch: str
    """`report` (screened, and its children thought of), `overdue` or `alert`."""
    alert_id: AlertId | None = None
    due_at: AwareDatetime | None = None
    """The clock that is watched."""
