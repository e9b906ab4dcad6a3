"""What person_matching says: who is who, and which victims may be one person."""

from datetime import date

from pydantic import AwareDatetime, Field

from contracts.envelope import AlarmRaised, Event, InputRefused, Model, Reason, Versioned
from contracts.police import ChildFacts, IncidentFacts
from contracts.sealed import SealedParts
from contracts.vocabulary import (
    AgeBand,
    Education,
    EnrolmentId,
    GroupId,
    IdentityChoice,
    IncidentId,
    MatchOutcome,
    PersonId,
    RequestId,
    RequestStatus,
    ReviewId,
    Urgency,
)


class Match(Model):
    """How a victim's record was decided; weight in bits."""

    outcome: MatchOutcome
    weight: float | None = None


class Group(Model):
    """A contact group: a victim and those possibly the same; the higher version holds."""

    contact_group: GroupId
    group_members: tuple[PersonId, ...]
    group_version: int


class IdentifiedChild(ChildFacts):
    """A child of an incident and the person they are; the unborn have none."""

    person_id: PersonId | None = None
    possibly_same_as: tuple[PersonId, ...] = ()


class VictimIdentity(Model):
    """Who the victim is, and whom contact treats as one with her."""

    victim_id: PersonId
    contact_group: GroupId
    group_members: tuple[PersonId, ...]
    group_version: int
    possibly_same_as: tuple[PersonId, ...] = ()
    merged_ids: tuple[PersonId, ...] = ()
    """Ids of the past that are hers: what was known of them is known of her, in whatever order
    this and `identity.persons-merged` are heard.
    """


class IncidentIdentified(
    IncidentFacts, VictimIdentity, topic="identity.incident-identified.v1", key="victim_id", minor=2
):
    """An incident with its persons; moved to another person, it is said again under that key."""

    suspect_id: PersonId | None = None
    suspect_possibly_same_as: tuple[PersonId, ...] = ()
    children: tuple[IdentifiedChild, ...] = ()
    match: Match


class IncidentWithdrawn(Versioned, topic="identity.incident-withdrawn.v1", key="victim_id"):
    """The police cancelled the incident; nothing else."""

    incident_id: IncidentId
    victim_id: PersonId
    revision: int
    area: str
    received_at: AwareDatetime


class ContactRequestIdentified(
    Versioned,
    VictimIdentity,
    topic="identity.contact-request-identified.v1",
    key="victim_id",
    minor=1,
):
    """An agency's wish to contact, with the victim it is about."""

    request_id: RequestId
    revision: int
    agency: str
    area: str
    status: RequestStatus
    reason: str | None = None
    statutory: bool = False
    urgency: Urgency = Urgency.ROUTINE
    requested_at: AwareDatetime | None = None
    received_at: AwareDatetime
    victim_age_band: AgeBand = AgeBand.UNKNOWN
    match: Match
    marks: tuple[Reason, ...] = ()
    sealed: SealedParts = SealedParts()


class UnsafeContactFound(Versioned, topic="identity.unsafe-contact-found.v1", key="victim_id"):
    """A new record makes points unsafe for this victim: all that are so now, as fingerprints."""

    victim_id: PersonId
    sealed: SealedParts


class AdvocateConflictsIdentified(
    Versioned, topic="identity.advocate-conflicts-identified.v1", key="advocate_id"
):
    """The persons an advocate must not work with, those possibly the same included."""

    advocate_id: str
    person_ids: tuple[PersonId, ...] = ()


class PupilEnrolmentIdentified(
    Versioned, topic="identity.pupil-enrolment-identified.v1", key="person_id"
):
    """An entry of the authority's school register and the child it is about."""

    enrolment_id: EnrolmentId
    person_id: PersonId
    possibly_same_as: tuple[PersonId, ...] = ()
    school_urn: str | None = None
    education: Education | None = None
    from_: date = Field(alias="from")
    until: date | None = None
    as_of: date


class GroupNews(Versioned):
    """News of persons, with every contact group that it touches as it is now."""

    person_id: PersonId
    groups: tuple[Group, ...] = ()


class ReviewOpened(GroupNews, topic="identity.review-opened.v1", key="person_id"):
    """A human is asked whether two persons are the same."""

    review_id: ReviewId
    other_person_id: PersonId
    area: str
    due_at: AwareDatetime
    reasons: tuple[Reason, ...] = ()


class ReviewDecided(GroupNews, topic="identity.review-decided.v1", key="person_id"):
    """A human decided."""

    review_id: ReviewId
    decision: IdentityChoice


class PersonsMerged(GroupNews, topic="identity.persons-merged.v1", key="person_id"):
    """Several persons are one: `kept_id` (also `person_id`) goes on, the others are of the past."""

    kept_id: PersonId
    merged_ids: tuple[PersonId, ...]


class PersonsSeparated(GroupNews, topic="identity.persons-separated.v1", key="person_id"):
    """One person was several: those who leave `person_id` have new ids."""

    separated_ids: tuple[PersonId, ...]


class ReviewDue(Event, topic="identity.review-due.v1", key="person_id"):
    """Said to oneself: a review should have been decided by now."""

    person_id: PersonId
    review_id: ReviewId


class IdentityAlarm(AlarmRaised, topic="identity.alarm-raised.v1"):
    """Something a human must decide about persons."""


class IdentityInputRefused(InputRefused, topic="identity.input-refused.v1"):
    """A partner's message to person_matching was refused."""
