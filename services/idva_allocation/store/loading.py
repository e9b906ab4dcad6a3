"""Reading every row that a batch may touch, under the names that it shares with others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID

from contracts.contact import ContactClosed, ContactNews
from contracts.envelope import Event
from contracts.identity import AdvocateConflictsIdentified
from contracts.idva import QueueTurnDue
from contracts.mash import Screening, ScreeningWithdrawn
from contracts.partner import AdvocateRoster, MaracMeeting
from contracts.vocabulary import Pathway, RiskLevel
from services.idva_allocation.domain.advocates import Advocate
from services.idva_allocation.domain.case import Allocation, Case
from services.idva_allocation.domain.marac import Listing, Meeting
from services.idva_allocation.store import tables
from services.idva_allocation.working_set import (
    Conflicts,
    Followed,
    Heard,
    Loaded,
    Referrals,
    Turn,
)
from services.kit.bulk import field_names
from services.kit.database import Transaction

R = TypeVar("R")

SPARE = 50
"""So many more of a queue are read than there is room for: some of them may fit nobody."""


def columns(kind: type) -> str:
    """The columns that are fields of a row class."""
    return ", ".join(sorted(field_names(kind)))


CASES_NEAR = f"""
SELECT {columns(Case)} FROM cases WHERE incident_id IN (
    SELECT incident_id FROM cases WHERE incident_id = ANY($1::uuid[])
    UNION SELECT incident_id FROM cases WHERE contact_group = ANY($2::uuid[])
    UNION SELECT incident_id FROM cases WHERE victim_id = ANY($3::uuid[])
) ORDER BY incident_id FOR UPDATE
"""
ALLOCATIONS_NEAR = f"""
SELECT {columns(Allocation)} FROM allocations WHERE allocation_id IN (
    SELECT allocation_id FROM allocations WHERE contact_group = ANY($1::uuid[])
    UNION SELECT allocation_id FROM allocations WHERE victim_id = ANY($2::uuid[])
    UNION SELECT allocation_id FROM allocations
          WHERE advocate_id = ANY($3::text[]) AND stage = 'allocated'
) ORDER BY allocation_id FOR UPDATE
"""
ADVOCATES_NEAR = f"""
SELECT {columns(Advocate)} FROM advocates WHERE advocate_id IN (
    SELECT advocate_id FROM advocates WHERE area = ANY($1::text[])
    UNION SELECT beside.advocate_id FROM advocates JOIN advocates AS beside USING (area)
          WHERE advocates.advocate_id = ANY($2::text[])
) ORDER BY advocate_id FOR UPDATE
"""
QUEUED = f"""
SELECT {columns(Allocation)} FROM allocations WHERE area = ANY($1::text[]) AND stage = 'queued'
ORDER BY rank DESC, since, allocation_id LIMIT $2
"""
MEETINGS_NEAR = f"""
SELECT {columns(Meeting)} FROM meetings
WHERE (area = ANY($1::text[]) AND held_at > $2) OR meeting_id = ANY($3::text[])
ORDER BY meeting_id FOR UPDATE
"""
LISTINGS_NEAR = f"""
SELECT {columns(Listing)} FROM listings
WHERE victim_id = ANY($1::uuid[]) OR meeting_id = ANY($2::text[])
"""
AWAITING_MEETING = f"""
SELECT {columns(Case)} FROM cases WHERE area = ANY($1::text[]) AND awaits_meeting
ORDER BY rank DESC, first_received_at, subject, incident_id LIMIT $2
"""


@dataclass
class Asked:
    """What a batch is about, by kind."""

    incidents: set[UUID] = field(default_factory=set)
    groups: set[UUID] = field(default_factory=set)
    victims: set[UUID] = field(default_factory=set)
    areas: set[str] = field(default_factory=set)
    advocates: set[str] = field(default_factory=set)
    meetings: set[str] = field(default_factory=set)
    turns: bool = False

    @classmethod
    def by(cls, heard: Iterable[Event]) -> "Asked":
        """What these events are about."""
        asked = cls()
        for event in heard:
            asked.add(event)
        return asked

    def add(self, event: Event) -> None:
        """One more event."""
        match event:
            case Screening():
                self.incidents.add(event.incident_id)
                self.groups.add(event.contact_group)
                self.victims |= {event.victim_id, *event.group_members}
            case ScreeningWithdrawn():
                self.incidents.add(event.incident_id)
                self.victims.add(event.victim_id)
            case ContactNews():
                self.groups.add(event.contact_group)
                closed = event.incident_ids if isinstance(event, ContactClosed) else ()
                self.incidents |= set(closed)
            case AdvocateRoster() | AdvocateConflictsIdentified():
                self.advocates.add(event.advocate_id)
            case MaracMeeting():
                self.meetings.add(event.meeting_id)
            case QueueTurnDue():
                self.turns = True
        if area := getattr(event, "area", None):
            self.areas.add(area)

    def near(self, cases: Iterable[Case]) -> None:
        """Also what these cases stand in."""
        for case in cases:
            self.incidents.add(case.incident_id)
            self.groups.add(case.contact_group)
            self.victims.add(case.victim_id)
            self.areas.add(case.area)

    @property
    def names(self) -> set[str]:
        """The names that this batch shares with others."""
        groups = {f"group/{group}" for group in self.groups}
        victims = {f"victim/{victim}" for victim in self.victims}
        incidents = {f"incident/{incident}" for incident in self.incidents}
        areas = {f"area/{area}" for area in self.areas}
        advocates = {f"advocate/{advocate}" for advocate in self.advocates}
        return groups | victims | incidents | areas | advocates


def locks(heard: Sequence[Event]) -> set[str]:
    """Caseloads, queue and agendas of an area; groups, victims and incidents."""
    return Asked.by(heard).names


async def load(transaction: Transaction, heard: Sequence[Event]) -> Referrals:
    """Read what these events may touch; where more belongs to it, ask for those locks too."""
    asked = Asked.by(heard)
    cases = await cases_near(transaction, asked)
    allocations = await allocations_near(transaction, asked)
    asked.areas |= {c.area for c in cases} | {a.area for a in allocations if a.open}
    about_work = touches_work(heard, allocations)
    advocates = await advocates_near(transaction, asked) if about_work else []
    asked.areas |= {a.area for a in advocates}
    transaction.need(asked.names)
    rows = Loaded(
        cases=cases,
        allocations=allocations,
        advocates=advocates,
        heard=await seen(transaction, asked),
        followed=await followed(transaction, heard),
    )
    if about_work:
        rows = await with_queue(transaction, asked, rows, heard)
    if touches_agendas(heard, cases):
        rows = await with_agendas(transaction, asked, rows, heard)
    return Referrals(rows, transaction.reference)


def touches_work(heard: Sequence[Event], allocations: Sequence[Allocation]) -> bool:
    """Whether anybody's work may begin or end: most screenings ask for no advocate."""
    planning = AdvocateRoster | AdvocateConflictsIdentified | QueueTurnDue
    high = any(isinstance(e, Screening) and e.risk_after is RiskLevel.HIGH for e in heard)
    return (
        high
        or any(isinstance(e, planning) for e in heard)
        or any(a.open or a.ended_by_her for a in allocations)
    )


def touches_agendas(heard: Sequence[Event], cases: Sequence[Case]) -> bool:
    """Whether an agenda may change: most victims were never referred."""
    planning = any(isinstance(event, MaracMeeting | QueueTurnDue) for event in heard)
    named = any(isinstance(e, Screening) and Pathway.MARAC in e.pathways for e in heard)
    return planning or named or any(case.referral is not None for case in cases)


async def cases_near(transaction: Transaction, asked: Asked) -> list[Case]:
    """The incidents themselves, and all others of their groups and victims, then and now."""
    found = await read_cases(transaction, asked)
    before = (len(asked.groups), len(asked.victims))
    asked.near(case for case in found if case.incident_id in asked.incidents)
    if (len(asked.groups), len(asked.victims)) == before:
        return found
    return await read_cases(transaction, asked)


async def read_cases(transaction: Transaction, asked: Asked) -> list[Case]:
    """Incidents by themselves, by group and by victim."""
    near = (list(asked.incidents), list(asked.groups), list(asked.victims))
    return await transaction.select(Case, CASES_NEAR, *near) if any(near) else []


async def allocations_near(transaction: Transaction, asked: Asked) -> list[Allocation]:
    """Allocations of the groups and victims, ended ones too, and what the advocates carry."""
    near = (list(asked.groups), list(asked.victims), list(asked.advocates))
    return await transaction.select(Allocation, ALLOCATIONS_NEAR, *near) if any(near) else []


async def advocates_near(transaction: Transaction, asked: Asked) -> list[Advocate]:
    """The areas' advocates, and those on the roster's news with everybody of their area."""
    return await transaction.select(
        Advocate, ADVOCATES_NEAR, list(asked.areas), list(asked.advocates)
    )


async def with_queue(
    transaction: Transaction, asked: Asked, rows: Loaded, heard: Sequence[Event]
) -> Loaded:
    """Also the head of the areas' queues, what these victims had before, and their incidents."""
    active = [advocate for advocate in rows.advocates if advocate.active]
    room = sum(max(0, advocate.capacity - advocate.caseload) for advocate in active)
    coming = sum(event.capacity for event in heard if isinstance(event, AdvocateRoster))
    limit = room + coming + len(heard) + SPARE if active or coming else 0
    head = await transaction.select(Allocation, QUEUED, list(asked.areas), limit) if limit else []
    victims = {allocation.victim_id for allocation in head}
    earlier = await transaction.read(
        Allocation, tables.ALLOCATIONS, where="victim_id", among=victims
    )
    known = {case.incident_id for case in rows.cases}
    about = {allocation.incident_id for allocation in (*head, *rows.allocations)} - known
    ids = {advocate.advocate_id for advocate in rows.advocates} | asked.advocates
    return replace(
        rows,
        cases=unique("incident_id", rows.cases, await incidents(transaction, about)),
        allocations=unique("allocation_id", rows.allocations, head, earlier),
        conflicts=await transaction.rows(
            Conflicts, tables.CONFLICTS, where="advocate_id", among=ids
        ),
        turns=await transaction.rows(Turn, tables.TURNS, where="area", among=asked.areas),
    )


async def with_agendas(
    transaction: Transaction, asked: Asked, rows: Loaded, heard: Sequence[Event]
) -> Loaded:
    """Also the areas' coming meetings, who stands on these agendas, and who waits for one."""
    victims, areas = list(asked.victims), list(asked.areas)
    listings = await transaction.select(Listing, LISTINGS_NEAR, victims, list(asked.meetings))
    known = list({listing.meeting_id for listing in listings} | asked.meetings)
    meetings = await transaction.select(Meeting, MEETINGS_NEAR, areas, transaction.now, known)
    room = sum(max(0, meeting.capacity - meeting.listed) for meeting in meetings)
    limit = None if asked.meetings or asked.turns else room + len(heard) + SPARE
    wanted = meetings or limit is None
    waiting = await transaction.select(Case, AWAITING_MEETING, areas, limit) if wanted else []
    listed = {incident_id for listing in listings for incident_id in listing.incident_ids}
    on_them = await incidents(transaction, listed)
    cases = unique("incident_id", rows.cases, waiting, on_them)
    others = {case.incident_id for case in cases} - asked.incidents
    # Only said along with a listing: nobody's news of them is taken here, so nothing is locked.
    beside = await transaction.read(Heard, tables.HEARD, where="incident_id", among=others)
    return replace(
        rows,
        cases=cases,
        heard=[*rows.heard, *beside],
        meetings=meetings,
        listings=listings,
    )


async def incidents(transaction: Transaction, ids: Iterable[UUID]) -> list[Case]:
    """Incidents by themselves."""
    return await transaction.rows(Case, tables.CASES, where="incident_id", among=ids)


async def seen(transaction: Transaction, asked: Asked) -> list[Heard]:
    """Which version of each incident was heard last."""
    return await transaction.rows(Heard, tables.HEARD, where="incident_id", among=asked.incidents)


async def followed(transaction: Transaction, heard: Sequence[Event]) -> list[Followed]:
    """How far each group's news of leads was followed."""
    groups = {event.contact_group for event in heard if isinstance(event, ContactNews)}
    return await transaction.rows(Followed, tables.FOLLOWED, where="contact_group", among=groups)


def unique(key: str, *found: Iterable[R]) -> list[R]:
    """Rows that several queries found, each once."""
    return list({getattr(row, key): row for rows in found for row in rows}.values())
