"""Who is referred to MARAC, by which criterion, and at which meeting (domain 2, SafeLives)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from contracts.vocabulary import AgeBand, MaracCriterion
from services.kit.working_time import london_date, months_after

OVER_16 = (
    AgeBand.SIXTEEN_TO_SEVENTEEN,
    AgeBand.EIGHTEEN_TO_FIFTY_NINE,
    AgeBand.SIXTY_AND_OVER,
)


def may_be_listed(victim_age: AgeBand, age_confirmed: bool) -> bool:
    """Never under 16; an unknown age only when a human has confirmed 16 or over."""
    return victim_age in OVER_16 or (victim_age is AgeBand.UNKNOWN and age_confirmed)


@dataclass(frozen=True, slots=True)
class Referral:
    """Why and since when an incident is referred to MARAC."""

    criterion: MaracCriterion
    at: datetime
    repeat_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live incident of one victim, as MARAC's criteria look at it."""

    incident_id: UUID
    suspect_id: UUID | None
    first_received_at: datetime
    subject: str
    allowed: bool
    criteria: tuple[MaracCriterion, ...]
    referral: Referral | None = None

    @property
    def turn(self) -> tuple[datetime, str, str]:
        """Earlier incidents first; the reference decides between equal times."""
        return (self.first_received_at, self.subject, str(self.incident_id))


def referrals(
    candidates: Iterable[Candidate], now: datetime, months: int
) -> dict[UUID, Referral | None]:
    """Which of one victim's live incidents are referred; counted again from the first."""
    done: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda candidate: candidate.turn):
        done.append(replace(candidate, referral=referral_of(candidate, done, now, months)))
    return {candidate.incident_id: candidate.referral for candidate in done}


def referral_of(
    candidate: Candidate, earlier: Sequence[Candidate], now: datetime, months: int
) -> Referral | None:
    """By its own criteria, else as a repeat; a referral that stands keeps its time."""
    if not candidate.allowed:
        return None
    at = candidate.referral.at if candidate.referral else now
    if candidate.criteria:
        return Referral(candidate.criteria[0], at)
    last = last_referral(candidate, earlier)
    if last is None or not is_repeat(last.at, candidate.first_received_at, months):
        return None
    return Referral(MaracCriterion.REPEAT, at, repeat_of=last.incident_id)


@dataclass(frozen=True, slots=True)
class Last:
    """An earlier referral, by when it was made."""

    at: datetime
    incident_id: UUID


def last_referral(candidate: Candidate, earlier: Sequence[Candidate]) -> Last | None:
    """The last referral of the same victim and the same perpetrator before this incident."""
    if candidate.suspect_id is None:
        return None
    made = (
        Last(c.referral.at, c.incident_id)
        for c in earlier
        if c.referral and c.suspect_id == candidate.suspect_id
    )
    before = [last for last in made if last.at <= candidate.first_received_at]
    return max(reversed(before), key=lambda last: last.at, default=None)


def is_repeat(referred_at: datetime, happened_at: datetime, months: int) -> bool:
    """(4) Any abuse within 12 calendar months, inclusive, of the last referral."""
    return london_date(happened_at) <= flagged_until(referred_at, months)


def flagged_until(referred_at: datetime, months: int) -> date:
    """A victim is flagged for 12 months, then the flag lapses."""
    return months_after(london_date(referred_at), months)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of an area's MARAC and how full its agenda is."""

    meeting_id: str
    area: str
    held_at: datetime
    agenda_closes_at: datetime
    capacity: int
    listed: int = 0
    as_of: datetime | None = None

    def takes(self, now: datetime) -> bool:
        """Whether the agenda is still open."""
        return now < self.agenda_closes_at and now < self.held_at

    def has_room(self, now: datetime) -> bool:
        """Whether one more victim fits on the open agenda."""
        return self.takes(now) and self.listed < self.capacity


def next_meeting(meetings: Iterable[Meeting], now: datetime) -> Meeting | None:
    """The next meeting whose agenda is open and has room; otherwise the one after."""
    able = (meeting for meeting in meetings if meeting.has_room(now))
    return min(able, key=lambda m: (m.held_at, m.meeting_id), default=None)


def weeks_until(held_at: datetime, now: datetime) -> float:
    """How many weeks away a meeting is."""
    return round((held_at - now) / timedelta(weeks=1), 2)


@dataclass(frozen=True, slots=True)
class Listing:
    """A victim on the agenda of a meeting; one a victim and meeting."""

    meeting_id: str
    victim_id: UUID
    area: str
    incident_ids: tuple[UUID, ...]
    criterion: MaracCriterion
    """Of the incident that was said last."""
    repeat_of: UUID | None = None
