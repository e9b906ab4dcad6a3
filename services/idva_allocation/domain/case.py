"""An incident and an allocation, as idva_allocation keeps them."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.vocabulary import AgeBand, MaracCriterion, RiskLevel
from services.idva_allocation.domain.advocates import IDVA, Need
from services.idva_allocation.domain.marac import Candidate, Referral, may_be_listed

NO_CONTACT = "asked_no_contact"
"""The victim wants no contact: nobody works with her until a new incident."""
YOUNG = (AgeBand.THIRTEEN_TO_FIFTEEN, AgeBand.SIXTEEN_TO_SEVENTEEN)


@dataclass(frozen=True, slots=True)
class Case:
    """A screened incident; `said` counts what was announced of it."""

    incident_id: UUID
    victim_id: UUID
    suspect_id: UUID | None
    contact_group: UUID
    group_members: tuple[UUID, ...]
    area: str
    subject: str
    correlation_id: UUID
    first_received_at: datetime
    level: RiskLevel
    asks: bool
    """An advocate is among its pathways."""
    victim_age: AgeBand = AgeBand.UNKNOWN
    age_confirmed: bool = False
    imminent: bool = False
    in_hospital: bool = False
    language: str | None = None
    wants: tuple[str, ...] = ()
    criteria: tuple[MaracCriterion, ...] = ()
    live: bool = True
    said: int = 0
    served: bool = False
    """The work for it ended: only a graver grade asks for an advocate again."""
    referral: Referral | None = None
    meeting_id: str | None = None
    leaves_for_another: bool = False
    """It left an agenda, or the wait for one, as another victim's or area's; it stays referred."""
    backlog_said: bool = False

    @property
    def wants_advocate(self) -> bool:
        """Advocates are allocated for HIGH."""
        return self.live and self.asks and self.level is RiskLevel.HIGH and not self.served

    @property
    def awaits_meeting(self) -> bool:
        """Referred to MARAC and on no agenda."""
        free = self.meeting_id is None and not self.leaves_for_another
        return self.live and self.referral is not None and free

    @property
    def rank(self) -> int:
        """The grade as a number, the gravest highest."""
        return self.level.rank

    @property
    def candidate(self) -> Candidate:
        """The incident as MARAC's criteria look at it."""
        allowed = may_be_listed(self.victim_age, self.age_confirmed)
        return Candidate(
            self.incident_id,
            self.suspect_id,
            self.first_received_at,
            self.subject,
            allowed,
            self.criteria,
            self.referral,
        )

    def continuing(self, before: "Case") -> "Case":
        """The case as news has it, with what was done and said so far."""
        elsewhere = before.awaits_meeting and before.area != self.area
        raised = self.level is RiskLevel.HIGH and before.level is not RiskLevel.HIGH
        return replace(
            self,
            said=before.said,
            served=before.served and before.live and not raised,
            referral=before.referral,
            meeting_id=before.meeting_id,
            leaves_for_another=before.leaves_for_another or elsewhere,
            backlog_said=before.backlog_said,
        )

    def reconsidered(self) -> "Case":
        """The case once a new incident asks again, after she had asked for no contact."""
        return replace(self, served=False)

    def withdrawn(self) -> "Case":
        """The case once the incident is cancelled: it is referred nowhere any more."""
        return replace(self, live=False, referral=None, backlog_said=False)

    def spoken(self) -> "Case":
        """The case after one more announcement of it."""
        return replace(self, said=self.said + 1)


def need_of(cases: list[Case]) -> Need:
    """What a victim's group needs; the gravest of its live incidents counts."""
    latest = max(cases, key=lambda case: case.first_received_at)
    parties = {member for case in cases for member in (case.victim_id, *case.group_members)}
    suspects = {case.suspect_id for case in cases if case.suspect_id}
    level = max((case.level for case in cases), key=lambda level: level.rank)
    return Need(
        level=level,
        young=latest.victim_age in YOUNG,
        in_hospital=latest.in_hospital,
        imminent=any(case.imminent for case in cases if case.level is level),
        language=next((case.language for case in reversed(cases) if case.language), None),
        wants=tuple(sorted({want for case in cases for want in case.wants})),
        parties=tuple(sorted(parties | suspects)),
    )


class Stage(StrEnum):
    """Where an allocation stands."""

    QUEUED = "queued"
    ALLOCATED = "allocated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Allocation:
    """An advocate's work with a contact group, or the wait for one; one open a group."""

    allocation_id: UUID
    incident_id: UUID
    """The incident that announcements of it are about."""
    contact_group: UUID
    victim_id: UUID
    area: str
    need: Need
    since: datetime
    """When it was asked for."""
    stage: Stage = Stage.QUEUED
    advocate_id: str | None = None
    team: str = IDVA
    allocated_at: datetime | None = None
    ended_because: str | None = None

    @property
    def open(self) -> bool:
        """Neither ended nor withdrawn."""
        return self.stage is not Stage.CLOSED

    @property
    def ended_by_her(self) -> bool:
        """She asked for no contact."""
        return self.ended_because == NO_CONTACT

    @property
    def works(self) -> bool:
        """An advocate works with her."""
        return self.stage is Stage.ALLOCATED

    @property
    def waits(self) -> bool:
        """She waits for an advocate."""
        return self.stage is Stage.QUEUED

    @property
    def rank(self) -> int:
        """The queue's first order: risk."""
        return self.need.level.rank

    @property
    def turn(self) -> tuple[int, datetime, str]:
        """Queue order: risk, then time."""
        return (-self.rank, self.since, str(self.allocation_id))

    def given_to(self, advocate_id: str, team: str, now: datetime) -> "Allocation":
        """The allocation once an advocate takes her."""
        return replace(
            self, stage=Stage.ALLOCATED, advocate_id=advocate_id, team=team, allocated_at=now
        )

    def waiting(self) -> "Allocation":
        """The allocation once its advocate cannot go on."""
        return replace(self, stage=Stage.QUEUED, advocate_id=None, allocated_at=None)

    def ended(self, reason: str) -> "Allocation":
        """The allocation once its work or its wait is over."""
        return replace(self, stage=Stage.CLOSED, ended_because=reason)

    def about(self, case: Case) -> "Allocation":
        """The allocation with the incident it is about as that stands now."""
        return replace(
            self,
            incident_id=case.incident_id,
            contact_group=case.contact_group,
            victim_id=case.victim_id,
        )

    def is_elsewhere(self, victim_id: UUID) -> bool:
        """Whether its incident went to a victim who was none of its group."""
        return victim_id not in self.need.parties

    def goes_on_from(self, before: "Allocation") -> bool:
        """Whether it is as it was, but for another incident, or for a victim from elsewhere."""
        same = (before.stage, before.advocate_id, before.area)
        if not self.open or (self.stage, self.advocate_id, self.area) != same:
            return False
        return self.incident_id != before.incident_id or before.is_elsewhere(self.victim_id)

    def following(self, case: Case, need: Need) -> "Allocation":
        """The allocation with the group, the victim, the area and the need as they are now."""
        return replace(self.about(case), area=case.area, need=need)
