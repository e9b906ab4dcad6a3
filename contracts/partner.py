"""What partner systems send: names and meanings here are promised to them.

Absent means unknown. Every class is read leniently by the kit's partner reading (placeholders
become absent, unknown codes are kept out and marked) and then strictly by type.

One file, long as it is, because partners are shown it as a whole.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.envelope import Model, PartnerEvent
from contracts.vocabulary import (
    Answer,
    Channel,
    ClosedReason,
    ContactOutcome,
    Custody,
    Education,
    EmployerRole,
    Flag,
    IdentityChoice,
    LocationKind,
    Question,
    ReportStatus,
    RequestStatus,
    RiskLevel,
    ScreeningChoice,
    Sex,
    Tool,
    Urgency,
)

CIRCUMSTANCES_LIMIT = 20_000
"""Characters of free text that a report may carry."""
CODE_LIMIT = 200
CHILDREN_LIMIT = 100

Code = Annotated[str, Field(max_length=CODE_LIMIT)]
"""A sender's own id or code: it becomes a key."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVERY_DAY: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Address(Model):
    """Where somebody lives or lived."""

    lines: tuple[str, ...] = ()
    postcode: str | None = None


class Location(Address):
    """Where an incident happened."""

    kind: LocationKind | None = None


class Phone(Model):
    """A telephone number of a person."""

    number: str
    shared_with_suspect: bool | None = None


class ContactWindow(Model):
    """When it is safe to make contact, in London's time; days are `mon`..`sun`, times `HH:MM`.

    No `days` said = every day; none left of those said = never.
    """

    days: tuple[Day, ...] = EVERY_DAY
    from_: str | None = Field(default=None, alias="from", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    to: str | None = Field(default=None, pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")


class SafeContact(Model):
    """How the victim says she can safely be reached; nothing is safe unless said."""

    numbers: tuple[str, ...] = ()
    unsafe_numbers: tuple[str, ...] = ()
    windows: tuple[ContactWindow, ...] = ()
    voicemail_ok: bool = False
    sms_ok: bool = False
    email_ok: bool = False
    letter_ok: bool = False
    code_word_agreed: bool = False
    verified_at: AwareDatetime | None = None


class ConsentGiven(Model):
    """Whether the victim agreed to support; the whole absent = not asked."""

    given: bool
    at: AwareDatetime | None = None


class Person(Model):
    """A person as a sender's form describes them."""

    given_names: str | None = None
    family_name: str | None = None
    previous_family_names: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    date_of_birth: date | None = None
    """Placeholders such as 1900-01-01 are read as absent before this."""
    sex: Sex | None = None
    nhs_number: str | None = None
    address: Address | None = None
    previous_addresses: tuple[Address, ...] = ()
    phones: tuple[Phone, ...] = ()
    emails: tuple[str, ...] = ()
    relationship_to_victim: str | None = None
    ethnicity: str | None = None
    disability: str | None = None
    occupation: str | None = None
    employer_urn: Code | None = None
    employer_role: EmployerRole | None = None


class Schooling(Model):
    """Where a child learns, as the sender knows it."""

    education: Education | None = None
    school_urn: Code | None = None
    other_school_urns: tuple[Code, ...] = ()


class Victim(Person, Schooling):
    """The person harmed; under 18 she carries a child's school fields."""

    safe_contact: SafeContact | None = None
    consent: ConsentGiven | None = None
    interpreter_language: str | None = None
    in_hospital: bool | None = None
    care_needs: bool | None = None
    wants_specialism: tuple[str, ...] = ()


class Suspect(Person):
    """The person accused; `anonymous` where nobody could or would name them."""

    anonymous: bool | None = None
    custody: Custody | None = None


class Child(Person, Schooling):
    """A child of the household or related to a party, present or not."""

    ref: Code | None = None
    present: bool | None = None
    witnessed: bool | None = None
    injured: bool | None = None
    unborn: bool | None = None
    special_needs: bool | None = None
    voice: str | None = None
    voice_absent_reason: str | None = None
    open_to_social_care: bool | None = None


class ProfessionalJudgement(Model):
    """A grade that a professional gives beyond the ticks, with the reason."""

    level: RiskLevel | None = None
    reason: str | None = None


class RiskAssessment(Model):
    """The assessment made at the scene."""

    tool: Tool | None = None
    answers: dict[Question, Answer] = Field(default_factory=dict)
    officer_grade: RiskLevel | None = None
    professional_judgement: ProfessionalJudgement | None = None
    assessed_at: AwareDatetime | None = None


class IncidentReport(PartnerEvent, topic="partner.incident-report.v1", key="report_key"):
    """A police report of a domestic-abuse incident, or its amendment or cancellation."""

    reference: Code
    revision: int = Field(ge=1)
    status: ReportStatus
    occurred_at: AwareDatetime | None = None
    reported_at: AwareDatetime | None = None
    area: Code | None = None
    location: Location | None = None
    circumstances: str | None = Field(default=None, max_length=CIRCUMSTANCES_LIMIT)
    school_summary: str | None = None
    action_taken: str | None = None
    flags: tuple[Flag, ...] = ()
    risk: RiskAssessment | None = None
    victim: Victim | None = None
    suspect: Suspect | None = None
    children: tuple[Child, ...] = Field(default=(), max_length=CHILDREN_LIMIT)
    other_party: Victim | None = None
    lead_agency_engaged: Code | None = None

    @property
    def report_key(self) -> str:
        """`source/reference`."""
        return f"{self.source}/{self.reference}"


class ContactRequest(PartnerEvent, topic="partner.contact-request.v1", key="request_key"):
    """An agency's wish to contact a victim."""

    reference: Code
    revision: int = Field(ge=1)
    status: RequestStatus
    area: Code | None = None
    victim: Victim | None = None
    reason: str | None = None
    statutory: bool = False
    urgency: Urgency = Urgency.ROUTINE
    requested_at: AwareDatetime | None = None

    @property
    def request_key(self) -> str:
        """`source/reference`."""
        return f"{self.source}/{self.reference}"


class ContactOutcomeTold(PartnerEvent, topic="partner.contact-outcome.v1", key="lead_id"):
    """What came of a lead's attempt; `contact_point` absent = every point of that channel."""

    lead_id: Code
    agency: Code
    fence: int
    channel: Channel
    contact_point: Code | None = None
    outcome: ContactOutcome
    at: AwareDatetime
    worker: str | None = None
    note: str | None = None


class ContactClosedTold(PartnerEvent, topic="partner.contact-closed.v1", key="lead_id"):
    """A lead's agency ends its contact."""

    lead_id: Code
    agency: Code
    fence: int
    reason: ClosedReason
    at: AwareDatetime


class ScreeningDecision(PartnerEvent, topic="partner.screening-decision.v1", key="incident_id"):
    """What a MASH practitioner decided; a lowering below the ticks needs a second approver."""

    incident_id: Code
    child_ref: Code | None = None
    decision: ScreeningChoice
    risk_level: RiskLevel | None = None
    rationale: str
    decided_by: str
    second_approver: str | None = None
    victim_16_or_over: bool | None = None
    """Said where the birth date is unknown: a human has confirmed that she is 16 or over."""
    at: AwareDatetime


class SchoolAcknowledgement(
    PartnerEvent, topic="partner.school-acknowledgement.v1", key="alert_id"
):
    """Somebody at the school confirms that they read the alert."""

    alert_id: Code
    by: str
    role: str
    at: AwareDatetime


class Leave(Model):
    """Days an advocate is away, both inclusive."""

    start: date
    end: date


class ConflictedPerson(Person):
    """Somebody an advocate must not work with or against."""


class AdvocateRoster(PartnerEvent, topic="partner.advocate-roster.v1", key="advocate_id"):
    """An advocate as the service's roster has them now; the latest by `ce_time` holds."""

    advocate_id: Code
    team: Code
    area: Code
    languages: tuple[str, ...] = ()
    specialisms: tuple[str, ...] = ()
    sex: Sex | None = None
    working_days: tuple[Day, ...] = EVERY_DAY[:5]
    leave: tuple[Leave, ...] = ()
    capacity: int = Field(default=25, ge=0)
    conflicts: tuple[ConflictedPerson, ...] = ()
    active: bool = True


class IdentityDecision(PartnerEvent, topic="partner.identity-decision.v1", key="review_id"):
    """What a human decided about two persons."""

    review_id: Code
    decision: IdentityChoice
    decided_by: str
    rationale: str
    at: AwareDatetime


class PupilEnrolment(PartnerEvent, topic="partner.pupil-enrolment.v1", key="enrolment_key"):
    """An entry of the authority's school register; `from` and `until` are inclusive."""

    reference: Code
    child: Child
    school_urn: Code | None = None
    education: Education | None = None
    from_: date = Field(alias="from")
    until: date | None = None
    as_of: date

    @property
    def enrolment_key(self) -> str:
        """`source/reference`."""
        return f"{self.source}/{self.reference}"


class MaracMeeting(PartnerEvent, topic="partner.marac-meeting.v1", key="meeting_id"):
    """A meeting of an area's MARAC; the latest message about it holds."""

    meeting_id: Code
    area: Code
    held_at: AwareDatetime
    agenda_closes_at: AwareDatetime
    capacity: int = Field(ge=0)
