"""The incidents, allocations, advocates and meetings a batch may touch, in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from services.idva_allocation.domain.advocates import Advocate, History
from services.idva_allocation.domain.case import Allocation, Case, Stage
from services.idva_allocation.domain.marac import Listing, Meeting
from services.idva_allocation.domain.policy import Policy
from services.kit.areas import Policies
from services.kit.rows import Rows
from services.kit.working_time import WorkingTime


@dataclass(frozen=True)
class Reference:
    """What stands beside the rows: area policy and working days."""

    policies: Policies[Policy] = field(default_factory=lambda: Policies({}, {}, Policy()))
    office: WorkingTime = field(default_factory=WorkingTime)


@dataclass(frozen=True, slots=True)
class Heard:
    """The highest version of an incident that MASH said."""

    incident_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Followed:
    """The highest version of a contact group's news about leads that ended."""

    contact_group: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Conflicts:
    """The persons an advocate must not work with."""

    advocate_id: str
    version: int
    person_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """When an area's queue will be looked at again, if nothing happens before."""

    area: str
    turn_at: datetime


@dataclass(frozen=True)
class Loaded:
    """The rows a batch starts from."""

    cases: Iterable[Case] = ()
    allocations: Iterable[Allocation] = ()
    advocates: Iterable[Advocate] = ()
    conflicts: Iterable[Conflicts] = ()
    meetings: Iterable[Meeting] = ()
    listings: Iterable[Listing] = ()
    heard: Iterable[Heard] = ()
    followed: Iterable[Followed] = ()
    turns: Iterable[Turn] = ()


class Referrals:
    """Everything by its key; built empty, it is also the test double."""

    def __init__(self, rows: Loaded | None = None, reference: Reference | None = None) -> None:
        loaded = rows or Loaded()
        self.reference = reference or Reference()
        self.cases = Rows[UUID, Case](attrgetter("incident_id"), loaded.cases)
        self.allocations = Rows[UUID, Allocation](attrgetter("allocation_id"), loaded.allocations)
        self.advocates = Rows[str, Advocate](attrgetter("advocate_id"), loaded.advocates)
        self.conflicts = Rows[str, Conflicts](attrgetter("advocate_id"), loaded.conflicts)
        self.meetings = Rows[str, Meeting](attrgetter("meeting_id"), loaded.meetings)
        self.listings = Rows[tuple[str, UUID], Listing](
            attrgetter("meeting_id", "victim_id"), loaded.listings
        )
        self.heard = Rows[UUID, Heard](attrgetter("incident_id"), loaded.heard)
        self.followed = Rows[UUID, Followed](attrgetter("contact_group"), loaded.followed)
        self.turns = Rows[str, Turn](attrgetter("area"), loaded.turns)
        self._look_up()

    def _look_up(self) -> None:
        cases, allocations = self.cases, self.allocations
        self._by_group = cases.by(lambda case: (case.contact_group,))
        self._by_victim = cases.by(lambda case: (case.victim_id,))
        self._awaiting = cases.by(lambda case: (case.area,) if case.awaits_meeting else ())
        self._open = allocations.by(lambda a: (a.contact_group,) if a.open else ())
        self._asking = allocations.by(lambda a: (a.incident_id,) if a.open else ())
        self._worked = allocations.by(lambda a: () if a.open else (a.victim_id,))
        self._over = allocations.by(lambda a: () if a.open else (a.incident_id,))
        self._held = allocations.by(lambda a: (a.advocate_id,) if a.works else ())
        self._queued = allocations.by(lambda a: (a.area,) if a.waits else ())
        self._listed = self.listings.by(lambda listing: (listing.victim_id,))

    def is_news(self, incident_id: UUID, version: int) -> bool:
        """Whether a version is higher than any heard of this incident; it is from now on."""
        before = self.heard.get(incident_id)
        if before and before.version >= version:
            return False
        self.heard.put(Heard(incident_id, version))
        return True

    def screenings_of(self, incident_ids: Iterable[UUID]) -> dict[str, int]:
        """The version by which MASH's word on each incident is known."""
        heard = (self.heard.get(incident_id) for incident_id in incident_ids)
        return {str(each.incident_id): each.version for each in heard if each}

    def follows(self, contact_group: UUID, version: int) -> bool:
        """Whether news of a group's leads is newer than any; it is from now on."""
        before = self.followed.get(contact_group)
        if before and before.version >= version:
            return False
        self.followed.put(Followed(contact_group, version))
        return True

    def of_group(self, contact_group: UUID) -> list[Case]:
        """The group's live incidents, the earliest first."""
        found = [case for case in self._by_group.of(contact_group) if case.live]
        return sorted(found, key=lambda case: case.candidate.turn)

    def of_victim(self, victim_id: UUID) -> list[Case]:
        """The victim's live incidents, the earliest first."""
        found = [case for case in self._by_victim.of(victim_id) if case.live]
        return sorted(found, key=lambda case: case.candidate.turn)

    def open_for(self, contact_group: UUID) -> list[Allocation]:
        """The group's open allocations: allocated before queued, then the oldest."""
        return sorted(
            self._open.of(contact_group), key=lambda a: (a.stage is Stage.QUEUED, a.since, a.turn)
        )

    def held_by(self, advocate_id: str) -> list[Allocation]:
        """The work an advocate carries."""
        return sorted(self._held.of(advocate_id), key=lambda a: a.turn)

    def asked_by(self, incident_id: UUID) -> list[Allocation]:
        """The open allocations that are about an incident."""
        return self._asking.of(incident_id)

    def ended_for(self, incident_id: UUID) -> Allocation | None:
        """The last allocation about an incident that ended."""
        return max(self._over.of(incident_id), key=lambda a: a.since, default=None)

    def queue_of(self, area: str) -> list[Allocation]:
        """Who waits in an area: risk, then time."""
        return sorted(self._queued.of(area), key=lambda a: a.turn)

    def advocates_of(self, area: str) -> list[Advocate]:
        """The advocates who work an area."""
        return [advocate for advocate in self.advocates if advocate.area == area]

    def history_of(self, allocation: Allocation) -> History:
        """Who worked with her before, and who must not."""
        parties = set(allocation.need.parties)
        worked = {a.advocate_id for a in self._worked.among(parties) if a.advocate_id}
        conflicted = {c.advocate_id for c in self.conflicts if parties & set(c.person_ids)}
        return History(frozenset(worked), frozenset(conflicted))

    def meetings_of(self, area: str) -> list[Meeting]:
        """The meetings of an area's MARAC."""
        return [meeting for meeting in self.meetings if meeting.area == area]

    def listings_of(self, victim_id: UUID) -> list[Listing]:
        """The agendas a victim is on."""
        return self._listed.of(victim_id)

    def awaiting_meeting(self, area: str) -> list[Case]:
        """Who is referred and on no agenda: risk, then time."""
        return sorted(self._awaiting.of(area), key=lambda c: (-c.rank, *c.candidate.turn))

    def policy_of(self, area: str) -> Policy:
        """The area's policy."""
        return self.reference.policies.of(area)

    def policy_version_of(self, area: str) -> str:
        """The version to store with a decision."""
        return self.reference.policies.version_of(area)
