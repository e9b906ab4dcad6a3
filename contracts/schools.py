"""What school_alerts says: each alert from plan to acknowledgement, and what went wrong."""

from pydantic import AwareDatetime

from contracts.envelope import AlarmRaised, Event, InputRefused, Model, Reason, Versioned
from contracts.vocabulary import (
    AlertId,
    ChildId,
    ContentLevel,
    IncidentId,
    RecipientRole,
)


class Alert(Versioned):
    """One alert, whole; `school_urn` is absent where a desk of the authority is told instead."""

    alert_id: AlertId
    incident_id: IncidentId
    child_ref: str
    child_id: ChildId
    area: str
    school_urn: str | None = None
    authority: str
    """The local authority's code, such as 372."""
    content_level: ContentLevel
    content_version: int
    due_by: AwareDatetime | None = None
    send_at: AwareDatetime | None = None
    sent_at: AwareDatetime | None = None
    acknowledged_at: AwareDatetime | None = None
    late: bool = False
    recipient_role: RecipientRole | None = None
    reason: str | None = None
    """A code: why withheld, escalated, corrected or routed to a desk."""
    reasons: tuple[Reason, ...] = ()
    policy_version: str | None = None

    @property
    def recipient_key(self) -> str:
        """The school's URN, or `authority/<code>` for a desk."""
        return self.school_urn or f"authority/{self.authority}"


class AlertPlanned(Alert, topic="schools.alert-planned.v1", key="recipient_key"):
    """An alert will be sent."""


class AlertSent(Alert, topic="schools.alert-sent.v1", key="recipient_key", minor=1):
    """A server accepted the alert; said once per content version."""

    recipient_roles: tuple[RecipientRole, ...] = ()
    """Every role that this content version was written to; one it cannot reach is an alarm."""


class AlertAcknowledged(Alert, topic="schools.alert-acknowledged.v1", key="recipient_key"):
    """Somebody there confirmed that they read it."""


class AlertEscalated(Alert, topic="schools.alert-escalated.v1", key="recipient_key"):
    """Nobody acknowledged in time, or nobody there may be told: the next role is."""


class AlertWithheld(Alert, topic="schools.alert-withheld.v1", key="recipient_key"):
    """The alert will not be sent, and why."""


class AlertCorrected(Alert, topic="schools.alert-corrected.v1", key="recipient_key", minor=1):
    """What was told changed or no longer holds: those told are told so."""

    recipient_roles: tuple[RecipientRole, ...] = ()
    """Every role that is told so."""


class AlertDue(Event, topic="schools.alert-due.v1", key="alert_id"):
    """Said to oneself: the time to send an alert has come."""

    alert_id: AlertId
    incident_id: IncidentId
    content_version: int


class DeadlineDue(Event, topic="schools.deadline-due.v1", key="alert_id"):
    """Said to oneself: an alert's deadline has come."""

    alert_id: AlertId
    incident_id: IncidentId


class EscalationDue(Event, topic="schools.escalation-due.v1", key="alert_id"):
    """Said to oneself: the next step of an unacknowledged alert is due."""

    alert_id: AlertId
    incident_id: IncidentId
    step: int


class CarriedAlert(Model):
    """An alert that a mail carried, and which version of what it says."""

    alert_id: AlertId
    content_version: int
    writing: int | None = None
    """Which writing of the first letter it was, from 0; None for any other letter."""


class AlertMailEnded(Event, topic="schools.mail-ended.v1", key="alert_id", minor=1):
    """Said to oneself: what came of handing a mail over (`outcome` and `at` are the kit's)."""

    alert_id: AlertId
    incident_id: IncidentId
    content_version: int
    step: str
    role: RecipientRole
    carries: tuple[CarriedAlert, ...] = ()
    """Every alert of the mail, where siblings share one; empty = `alert_id` alone."""
    outcome: str = "pending"
    at: AwareDatetime | None = None


class PupilDisowned(Event, topic="schools.pupil-disowned.v1", key="alert_id"):
    """Said to oneself: who reads an alert says that the child is not a pupil there."""

    alert_id: AlertId
    incident_id: IncidentId


class SchoolsAlarm(AlarmRaised, topic="schools.alarm-raised.v1"):
    """Something an authority or MASH must know about an alert."""


class SchoolsInputRefused(InputRefused, topic="schools.input-refused.v1"):
    """A partner's message to school_alerts was refused."""
