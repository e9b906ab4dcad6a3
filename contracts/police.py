"""What police_notifications says: incidents reported, amended, cancelled, and reports refused."""

from datetime import datetime

from pydantic import AwareDatetime, Field

from contracts.envelope import AlarmRaised, InputRefused, Model, Reason, Versioned
from contracts.sealed import SealedParts
from contracts.vocabulary import (
    AgeBand,
    Consent,
    Custody,
    Education,
    EmployerRole,
    Flag,
    IncidentId,
    RiskKind,
    RiskLevel,
)


class RiskComponent(Model):
    """One source of the effective risk; `detail` is a code or a count."""

    kind: RiskKind
    level: RiskLevel
    detail: str | None = None
    kinds: tuple[RiskKind, ...] = ()
    """Of an earlier revision: what in it said this level."""


class Risk(Model):
    """The effective risk, with everything it came from (none at all: MEDIUM, marked)."""

    level: RiskLevel
    components: tuple[RiskComponent, ...] = ()


class PartyEmployer(Model):
    """A school that employs a party to the incident; role None is unknown."""

    urn: str
    role: EmployerRole | None = None


class ChildFacts(Model):
    """The plain facts of a child in an incident; a victim or other party under 18 is one more."""

    child_ref: str
    age_band: AgeBand = AgeBand.UNKNOWN
    present: bool | None = None
    witnessed: bool | None = None
    injured: bool | None = None
    unborn: bool | None = None
    special_needs: bool | None = None
    open_to_social_care: bool | None = None
    education: Education | None = None
    school_urn: str | None = None
    other_school_urns: tuple[str, ...] = ()
    first_named_at: AwareDatetime | None = None
    """`received_at` of the revision that first named this child (since a revival, if any)."""
    schools_named_at: dict[str, AwareDatetime] = Field(default_factory=dict)
    """By URN: `received_at` of the revision that first named this child at that school."""


class IncidentFacts(Versioned):
    """The plain facts of an incident, whole, and the sealed parts that go with them."""

    incident_id: IncidentId
    revision: int
    area: str
    policy_version: str | None = None
    received_at: AwareDatetime
    """When the message that caused this was received: the start of its clocks."""
    first_received_at: AwareDatetime
    """When the first revision was received."""
    occurred_at: AwareDatetime | None = None
    reported_at: AwareDatetime | None = None
    risk: Risk
    flags: tuple[Flag, ...] = ()
    threat_kill_children: bool = False
    """The answer `threat_kill_children` was yes."""
    custody: Custody = Custody.UNKNOWN
    in_hospital: bool = False
    care_needs: bool = False
    consent: Consent = Consent.NOT_ASKED
    lead_agency_engaged: str | None = None
    party_employers: tuple[PartyEmployer, ...] = ()
    victim_age_band: AgeBand = AgeBand.UNKNOWN
    suspect_age_band: AgeBand = AgeBand.UNKNOWN
    suspect_known: bool = False
    """Somebody is named or described as suspect."""
    marks: tuple[Reason, ...] = ()
    """What was missing, unknown or kept out of the report."""
    reasons: tuple[Reason, ...] = ()
    sealed: SealedParts = SealedParts()

    @property
    def happened_at(self) -> datetime:
        """The time that ages and dates are counted at: occurred, else reported, else received.

        An amendment moves no incident: what no revision dates was received with the first.
        """
        return self.occurred_at or self.reported_at or self.first_received_at


class PoliceIncident(IncidentFacts):
    """An incident as the police have it, with its children."""

    children: tuple[ChildFacts, ...] = ()
    victim_if_child: ChildFacts | None = None
    """A victim whose age the report does not say: one more child if others know her under 18."""


class IncidentReported(
    PoliceIncident, topic="police.incident-reported.v1", key="incident_id", minor=2
):
    """The first revision accepted, whatever its number."""


class IncidentAmended(
    PoliceIncident, topic="police.incident-amended.v1", key="incident_id", minor=2
):
    """A later revision, a revival after a cancellation, or a late one that raised the level."""


class IncidentCancelled(Versioned, topic="police.incident-cancelled.v1", key="incident_id"):
    """No domestic abuse after all, or recorded in error."""

    incident_id: IncidentId
    revision: int
    area: str
    policy_version: str | None = None
    received_at: AwareDatetime
    first_received_at: AwareDatetime
    reasons: tuple[Reason, ...] = ()


class ReportRefused(InputRefused, topic="police.report-refused.v1"):
    """A report that could not be accepted; keyed `source/reference`, `?` for what is unknown."""


class PoliceAlarm(AlarmRaised, topic="police.alarm-raised.v1"):
    """Something a human must know about reports coming in."""
