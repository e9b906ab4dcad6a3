"""What victim_contact says: one lead at a time, everyone else covered, every wish with an end."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime

from contracts.envelope import AlarmRaised, Event, InputRefused, Model, Reason, Versioned
from contracts.vocabulary import (
    Channel,
    ContactOutcome,
    EpisodeId,
    GroupId,
    IncidentId,
    LeadId,
    PersonId,
    RequestId,
)


class ContactPoint(Model):
    """A safe way to reach a victim, by id; its value is read at victim_contact's door."""

    id: UUID
    channel: Channel
    person_id: PersonId


class ContactNews(Versioned):
    """News of a contact group; `version` counts what was said about the group."""

    contact_group: GroupId
    area: str | None = None
    policy_version: str | None = None
    reasons: tuple[Reason, ...] = ()


class LeadNews(ContactNews):
    """News of a lead; ordered by its fence."""

    lead_id: LeadId
    fence: int
    agency: str


class LeadGranted(LeadNews, topic="contact.lead-granted.v1", key="contact_group"):
    """An agency, and no other, is asked to contact the victim."""

    episode_id: EpisodeId
    victim_id: PersonId
    first_attempt_due_at: AwareDatetime
    expires_at: AwareDatetime
    incident_ids: tuple[IncidentId, ...] = ()
    request_ids: tuple[RequestId, ...] = ()
    contact_points: tuple[ContactPoint, ...] = ()


class DetailsChanged(ContactNews, topic="contact.details-changed.v1", key="contact_group"):
    """Points of an active lead became unsafe or safe."""

    lead_id: LeadId
    fence: int
    withdrawn: tuple[UUID, ...] = ()
    added: tuple[ContactPoint, ...] = ()


class WishNews(ContactNews):
    """News of somebody's wish: exactly one of `request_id` and `incident_id` is set."""

    request_id: RequestId | None = None
    incident_id: IncidentId | None = None
    agency: str
    lead_agency: str
    lead_id: LeadId
    until: AwareDatetime


class RequestCovered(WishNews, topic="contact.request-covered.v1", key="contact_group"):
    """The agency need not contact: it is covered by the lead."""


class RequestFlagged(WishNews, topic="contact.request-flagged.v1", key="contact_group"):
    """A wish that may not be blocked: the lead is told of it."""


class AttemptDue(LeadNews, topic="contact.attempt-due.v1", key="contact_group"):
    """The lead should attempt by then."""

    attempt: int
    channel: Channel
    due_at: AwareDatetime


class AttemptRecorded(LeadNews, topic="contact.attempt-recorded.v1", key="contact_group"):
    """What came of an attempt."""

    attempt: int
    channel: Channel
    outcome: ContactOutcome
    at: AwareDatetime


class LeadHandedOver(LeadNews, topic="contact.lead-handed-over.v1", key="contact_group"):
    """The lead ended: another agency is granted next."""

    to_agency: str | None = None
    reason: str


class LeadLapsed(LeadNews, topic="contact.lead-lapsed.v1", key="contact_group"):
    """The lead ended: no attempt by its time."""

    to_agency: str | None = None
    reason: str


class LeadRevoked(LeadNews, topic="contact.lead-revoked.v1", key="contact_group"):
    """The lead ended: its reason fell away or another lead of the joined group stands."""

    to_agency: str | None = None
    reason: str


class ContactWithheld(ContactNews, topic="contact.withheld.v1", key="contact_group"):
    """Nobody is asked to contact, and why; the wish stays."""

    code: str
    victim_id: PersonId
    incident_ids: tuple[IncidentId, ...] = ()
    request_ids: tuple[RequestId, ...] = ()


class ContactClosed(LeadNews, topic="contact.closed.v1", key="contact_group"):
    """An episode ended, and with it every wish in it."""

    episode_id: EpisodeId
    reason: str
    attempts: int
    incident_ids: tuple[IncidentId, ...] = ()
    request_ids: tuple[RequestId, ...] = ()


class LeaseDue(Event, topic="contact.lease-due.v1", key="contact_group"):
    """Said to oneself: a lease runs out, if nothing extended it."""

    contact_group: GroupId
    lead_id: LeadId
    fence: int
    expires_at: AwareDatetime
    set_again: bool = False

    @property
    def due_at(self) -> datetime:
        """When the lease runs out."""
        return self.expires_at


class AttemptClock(Event, topic="contact.attempt-clock.v1", key="contact_group", minor=1):
    """Said to oneself: the next attempt of a lead is due."""

    contact_group: GroupId
    lead_id: LeadId
    fence: int
    attempt: int
    opens_at: AwareDatetime | None = None


class WithheldDue(Event, topic="contact.withheld-due.v1", key="contact_group"):
    """Said to oneself: a withheld contact should have been resolved by now."""

    contact_group: GroupId
    due_at: AwareDatetime | None = None


class ContactAlarm(AlarmRaised, topic="contact.alarm-raised.v1"):
    """Something a supervisor or a referrer must know or do."""


class ContactInputRefused(InputRefused, topic="contact.input-refused.v1"):
    """A partner's message to victim_contact was refused."""
