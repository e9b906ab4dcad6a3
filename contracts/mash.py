"""What mash_screening says: priority, clocks and pathways of every incident."""

from pydantic import AwareDatetime, Field

from contracts.envelope import AlarmRaised, Event, InputRefused, Model, Reason, Versioned
from contracts.identity import IdentifiedChild, VictimIdentity
from contracts.police import IncidentFacts
from contracts.vocabulary import (
    IncidentId,
    MaracCriterion,
    Pathway,
    PersonId,
    Rag,
    RiskLevel,
    ScreeningStatus,
)


class NotReferred(Model):
    """A pathway that a reader would expect and that was not taken, with the reason."""

    pathway: Pathway
    reason: Reason


class Screening(IncidentFacts, VictimIdentity):
    """A screening, whole: what was decided of an incident, and the facts that later hearers need.

    `risk` is the police's, with its components; `risk_after` is what holds now.
    """

    suspect_id: PersonId | None = None
    children: tuple[IdentifiedChild, ...] = ()
    risk_before: RiskLevel | None = None
    risk_after: RiskLevel
    rag: Rag
    child_rag: dict[str, Rag] = Field(default_factory=dict)
    due_at: AwareDatetime | None = None
    status: ScreeningStatus
    pathways: tuple[Pathway, ...] = ()
    contact_wanted_by: tuple[str, ...] = ()
    not_referred: tuple[NotReferred, ...] = ()
    marac_criteria: tuple[MaracCriterion, ...] = ()
    """The criteria met on this incident's own facts; a repeat is idva_allocation's to see."""
    age_confirmed: bool = False
    """A human confirmed that a victim of unknown age is 16 or over."""


class IncidentScreened(Screening, topic="mash.incident-screened.v1", key="victim_id", minor=2):
    """An identified incident, screened or screened again."""


class RiskRegraded(Screening, topic="mash.risk-regraded.v1", key="victim_id", minor=2):
    """MASH itself changed the grade or the priority."""


class ScreeningWithdrawn(Versioned, topic="mash.screening-withdrawn.v1", key="victim_id"):
    """The incident was cancelled: its screening is of the past."""

    incident_id: IncidentId
    victim_id: PersonId
    area: str


class ScreeningOverdue(Versioned, topic="mash.screening-overdue.v1", key="victim_id"):
    """Nobody decided by the clock; said once per due time."""

    incident_id: IncidentId
    victim_id: PersonId
    area: str
    due_at: AwareDatetime
    overdue_minutes: int


class ScreeningDue(Event, topic="mash.screening-due.v1", key="incident_id"):
    """Said to oneself: a screening's clock has run out, if nobody decided."""

    incident_id: IncidentId
    due_at: AwareDatetime


class AgeQuestionDue(Event, topic="mash.age-question-due.v1", key="incident_id"):
    """Said to oneself: the question of an unknown victim's age should be answered by now."""

    incident_id: IncidentId


class MashAlarm(AlarmRaised, topic="mash.alarm-raised.v1"):
    """Something MASH's desk must know or do."""


class MashInputRefused(InputRefused, topic="mash.input-refused.v1"):
    """A partner's message to mash_screening was refused."""
