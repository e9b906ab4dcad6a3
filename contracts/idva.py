"""What idva_allocation says: who works with a victim, and what MARAC hears."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.envelope import AlarmRaised, Event, InputRefused, Reason, Versioned
from contracts.vocabulary import GroupId, IncidentId, MaracCriterion, PersonId


class IdvaNews(Versioned):
    """News about a victim; `incident_id` is the incident that caused it, and counts versions."""

    incident_id: IncidentId
    victim_id: PersonId
    area: str
    policy_version: str | None = None
    reasons: tuple[Reason, ...] = ()


class AdvocateAllocated(IdvaNews, topic="idva.advocate-allocated.v1", key="victim_id"):
    """An advocate takes a victim; score parts are points by name, the best total wins."""

    contact_group: GroupId
    advocate_id: str
    team: str
    first_attempt_due_at: AwareDatetime
    score: dict[str, float] = Field(default_factory=dict)


class AllocationQueued(IdvaNews, topic="idva.allocation-queued.v1", key="victim_id"):
    """Nobody fits now: the victim waits, by risk and then time."""

    contact_group: GroupId
    team: str
    reason: str


class ReferralClosed(IdvaNews, topic="idva.referral-closed.v1", key="victim_id"):
    """The advocate's work, or the wait for one, ended."""

    contact_group: GroupId
    advocate_id: str | None = None
    team: str
    reason: str


class MaracNews(IdvaNews):
    """A victim and a meeting of MARAC."""

    incident_ids: tuple[IncidentId, ...] = ()
    meeting_id: str | None = None
    held_at: AwareDatetime | None = None
    criterion: MaracCriterion | None = None
    repeat_of: UUID | None = None
    """The incident whose referral this one repeats."""
    flagged_until: date | None = None
    """The last day on which any further abuse by the same person is a repeat."""


class MaracListed(MaracNews, topic="idva.marac-listed.v1", key="victim_id", minor=1):
    """A victim is on the agenda of a meeting; said again whole for a further incident."""

    screenings: dict[str, int] = Field(default_factory=dict)
    """By incident id, the version of the screening that it was made from."""


class MaracDelisted(MaracNews, topic="idva.marac-delisted.v1", key="victim_id"):
    """A victim is no longer on the agenda."""


class MaracBacklogBreached(MaracNews, topic="idva.marac-backlog-breached.v1", key="victim_id"):
    """The next meeting with room is further away than the area allows."""

    weeks: float


class QueueTurnDue(Event, topic="idva.queue-turn-due.v1", key="area"):
    """Said to oneself: capacity may be free; look at the area's queue."""

    area: str


class IdvaAlarm(AlarmRaised, topic="idva.alarm-raised.v1"):
    """Something a team lead must know or do."""


class IdvaInputRefused(InputRefused, topic="idva.input-refused.v1"):
    """A partner's message to idva_allocation was refused."""
