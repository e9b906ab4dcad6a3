"""Leads and the attempts they make, within an episode."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Channel, ContactOutcome
from services.victim_contact.domain.details import About, Given

SAYS_OF_HER = frozenset(
    {
        ContactOutcome.REACHED,
        ContactOutcome.DECLINED,
        ContactOutcome.ASKED_NO_CONTACT,
        ContactOutcome.ANSWERED_BY_OTHER,
        ContactOutcome.NUMBER_WRONG,
    }
)
"""Outcomes that say something about the victim: they count whatever their fence."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One offer of contact, from its first lead to its close."""

    episode_id: UUID
    began_at: datetime
    round: int
    """The plan counts attempts from this fence on: a hand-over begins it anew."""
    lapses: int = 0
    """Lapses since the last outcome."""
    lapsed: tuple[str, ...] = ()
    """The agencies that let it lapse since then."""

    def lapsing(self, agency: str) -> "Episode":
        """The episode after a lead of this agency lapsed."""
        return replace(self, lapses=self.lapses + 1, lapsed=(*self.lapsed, agency))

    def answered(self) -> "Episode":
        """The episode after an outcome came."""
        return replace(self, lapses=0, lapsed=()) if self.lapses else self


@dataclass(frozen=True, slots=True)
class Due:
    """The next attempt of a lead."""

    attempt: int
    channel: Channel
    opens_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt; one under an old fence counts only for what it says of her."""

    lead_id: UUID
    fence: int
    number: int
    agency: str
    channel: Channel
    outcome: ContactOutcome
    at: datetime
    """When it was made, as it was told: told again it is the same, whatever our clock says."""
    told_at: datetime
    persons: tuple[UUID, ...]
    fingerprints: tuple[str, ...]
    counts: bool
    point_id: UUID | None = None
    """The contact point that was named; none = every point of the channel."""
    own: tuple[UUID, ...] = ()
    """Whose it was before persons became one; none where it was made of the one."""

    @property
    def told_as(self) -> tuple[object, ...]:
        """What makes it one: told again, it is the same."""
        return (self.lead_id, self.fence, self.channel, self.outcome, self.at, self.point_id)

    @property
    def made_at(self) -> datetime:
        """When it was made: nobody attempts in the future."""
        return min(self.at, self.told_at)

    @property
    def is_hers(self) -> bool:
        """It was made by the lead of its time, or it says something about her."""
        return self.counts or self.outcome in SAYS_OF_HER


@dataclass(frozen=True, slots=True)
class Lead:
    """A grant: one agency, and no other, is asked to contact."""

    lead_id: UUID
    contact_group: UUID
    fence: int
    agency: str
    victim_id: UUID
    episode_id: UUID
    area: str
    about: About
    granted_at: datetime
    first_due_at: datetime
    expires_at: datetime
    due: Due | None
    """None: everyone has had hers, and the lead stands until it is closed."""
    points: tuple[Given, ...] = ()
    incident_ids: tuple[UUID, ...] = ()
    request_ids: tuple[UUID, ...] = ()
    why: tuple[str, ...] = ()
    """The codes of the reasons of the grant."""
    policy_version: str = "default"
    stays: bool = False
    """It does not lapse: it follows too many lapses without an outcome."""
    ended_at: datetime | None = None
    ending: str | None = None

    @property
    def hurried_to(self) -> datetime | None:
        """When the first attempt is due now, where that is sooner than the grant told and a
        supervisor has not heard yet that it was not made.
        """
        due = self.due
        is_hurried = due is not None and due.attempt == 1 and due.due_at < self.first_due_at
        return due.due_at if due and is_hurried else None

    @property
    def usable(self) -> tuple[Given, ...]:
        """The points that were not withdrawn."""
        return tuple(point for point in self.points if not point.withdrawn)

    def point(self, point_id: UUID) -> Given | None:
        """A point that the lead has or had."""
        return next((point for point in self.points if point.id == point_id), None)

    def ended(self, why: str, at: datetime) -> "Lead":
        """The lead after its end."""
        return replace(self, ended_at=at, ending=why, due=None)
