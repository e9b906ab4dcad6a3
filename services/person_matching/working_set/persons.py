"""Everything a batch may touch, found by person, report, key and place; also the test double."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from contracts.envelope import Trail
from services.kit.areas import Area, Policies
from services.kit.rows import Rows
from services.kit.working_time import WorkingTime
from services.person_matching.domain.evidence import Candidate
from services.person_matching.domain.features import Features, from_text
from services.person_matching.domain.model import Model, shipped_model
from services.person_matching.domain.policy import Policy
from services.person_matching.domain.rows import (
    Apart,
    Link,
    Person,
    Record,
    Review,
    Revision,
    Stage,
    Telling,
)


@dataclass(frozen=True)
class Reference:
    """What the rules read besides rows."""

    policies: Policies[Policy] = field(default_factory=lambda: Policies({}, {}, Policy()))
    working_time: WorkingTime = field(default_factory=WorkingTime)
    model: Model = field(default_factory=shipped_model)
    areas: dict[str, Area] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GenericKey:
    """A key that leads to too many persons."""

    key: int
    found_at: datetime


@dataclass(frozen=True)
class Kept:
    """The rows as loaded."""

    records: Iterable[Record] = ()
    persons: Iterable[Person] = ()
    reviews: Iterable[Review] = ()
    aparts: Iterable[Apart] = ()
    tellings: Iterable[Telling] = ()
    generic: frozenset[int] = frozenset()
    """Keys that lead to too many persons to mean anything."""
    fresh_generic: frozenset[int] = frozenset()
    """Those that were found to be so just now."""
    known: int = 0
    """How many persons there are in all."""


class Persons:
    """Records and whose they are; built empty, it is also the test double."""

    def __init__(self, kept: Kept | None = None, reference: Reference | None = None) -> None:
        kept = kept or Kept()
        self.reference = reference or Reference()
        self.generic, self.known = kept.generic, kept.known
        self.fresh_generic = kept.fresh_generic
        self.records = Rows[UUID, Record](attrgetter("record_id"), kept.records)
        self.persons = Rows[UUID, Person](attrgetter("person_id"), kept.persons)
        self.reviews = Rows[UUID, Review](attrgetter("review_id"), kept.reviews)
        self.aparts = Rows[tuple[UUID, UUID], Apart](_pair, kept.aparts)
        self.tellings = Rows[UUID, Telling](attrgetter("thing_id"), kept.tellings)
        self.links: list[Link] = []
        self.revisions: list[Revision] = []
        self._candidates: dict[UUID, Candidate] = {}
        self._by_person: dict[UUID, set[UUID]] = defaultdict(set)
        self._by_report: dict[UUID, set[UUID]] = defaultdict(set)
        self._by_key: dict[int, set[UUID]] = defaultdict(set)
        self._by_place: dict[int, set[UUID]] = defaultdict(set)
        self._questions: dict[UUID, set[UUID]] = defaultdict(set)
        self._by_group: dict[UUID, set[UUID]] = defaultdict(set)
        self._things: dict[UUID, set[UUID]] = defaultdict(set)
        for told in self.tellings:
            self._things[told.report_id].add(told.thing_id)
        for record in self.records:
            self._index(record)
        for review in self.reviews:
            self._ask(review)
        self._merged: dict[UUID, set[UUID]] = defaultdict(set)
        for person in self.persons:
            self._meet(person)

    def record(self, record_id: UUID) -> Record | None:
        """A record as it is now."""
        return self.records.get(record_id)

    def put(self, record: Record) -> None:
        """Keep a record as it is now, found by what it says now."""
        known = self.records.get(record.record_id)
        self._candidates.pop(record.person_id, None)
        if known:
            self._candidates.pop(known.person_id, None)
            self._by_person[known.person_id].discard(record.record_id)
            for key in known.keys:
                self._by_key[key].discard(record.record_id)
        self.records.put(record)
        self._index(record)

    def _index(self, record: Record) -> None:
        self._by_person[record.person_id].add(record.record_id)
        self._by_report[record.report_id].add(record.record_id)
        for key in record.keys:
            self._by_key[key].add(record.record_id)
        for place in record.places:
            self._by_place[place].add(record.record_id)

    def of(self, person_id: UUID) -> list[Record]:
        """Every record of a person, in the order of their ids."""
        return self._found(self._by_person.get(person_id, set()))

    def in_report(self, report_id: UUID) -> list[Record]:
        """Every record of a report."""
        return self._found(self._by_report.get(report_id, set()))

    def at(self, places: Iterable[int]) -> list[Record]:
        """Every record with one of these addresses."""
        ids: set[UUID] = set()
        for place in places:
            ids |= self._by_place.get(place, set())
        return self._found(ids)

    def alike(self, keys: Iterable[int]) -> set[UUID]:
        """The persons whom a key leads to; generic keys lead nowhere."""
        ids: set[UUID] = set()
        for key in keys:
            if key not in self.generic:
                ids |= self._by_key.get(key, set())
        found = (self.records.get(one) for one in ids)
        return {record.person_id for record in found if record is not None}

    def _found(self, ids: Iterable[UUID]) -> list[Record]:
        found = (self.records.get(record_id) for record_id in sorted(ids, key=_as_number))
        return [record for record in found if record is not None]

    def features(self, record: Record) -> Features:
        """The record as compared."""
        return from_text(record.features)

    def candidate(self, person_id: UUID, without: UUID | None = None) -> Candidate:
        """A person as compared with; `without` leaves one of their records out."""
        if without is None:
            if person_id not in self._candidates:
                self._candidates[person_id] = self._candidate(self.of(person_id), person_id)
            return self._candidates[person_id]
        records = [record for record in self.of(person_id) if record.record_id != without]
        return self._candidate(records, person_id)

    def _candidate(self, records: Iterable[Record], person_id: UUID) -> Candidate:
        told = list(records)
        features = tuple(self.features(record) for record in told)
        return Candidate(person_id, features, frozenset(record.report_id for record in told))

    def person(self, person_id: UUID) -> Person:
        """A person who is known; LookupError otherwise."""
        known = self.persons.get(person_id)
        if known is None:
            raise LookupError(f"person {person_id} was not loaded")
        return known

    def put_person(self, person: Person) -> None:
        """Keep a person as they are now."""
        known = self.persons.get(person.person_id)
        if known:
            self._by_group[known.group_id or known.person_id].discard(person.person_id)
        self.persons.put(person)
        self._meet(person)

    def _meet(self, person: Person) -> None:
        self._by_group[person.group_id or person.person_id].add(person.person_id)
        if person.merged_into:
            self._merged[person.merged_into].add(person.person_id)

    def grouped(self, group_id: UUID) -> set[UUID]:
        """Who stands in a contact group."""
        members = (self.persons.get(one) for one in self._by_group.get(group_id, set()))
        return {person.person_id for person in members if person and person.group_id == group_id}

    def next_version(self, person_id: UUID) -> int:
        """Count one more event said by this person."""
        person = self.person(person_id)
        self.put_person(replace(person, version=person.version + 1))
        return person.version + 1

    def trail_of(self, person_id: UUID) -> Trail:
        """The report a person was first known from."""
        person = self.person(person_id)
        return Trail(person.subject, person.correlation_id)

    def put_review(self, review: Review) -> None:
        """Keep a review as it is now."""
        if known := self.reviews.get(review.review_id):
            self._questions[known.one_id].discard(review.review_id)
            self._questions[known.other_id].discard(review.review_id)
        self.reviews.put(review)
        self._ask(review)

    def _ask(self, review: Review) -> None:
        self._questions[review.one_id].add(review.review_id)
        self._questions[review.other_id].add(review.review_id)

    def reviews_of(self, person_id: UUID) -> list[Review]:
        """Every review about a person or those they were, in the order they were opened."""
        if person_id not in self._questions and person_id not in self._merged:
            return []
        ids = {one for ever in self.ever(person_id) for one in self._questions.get(ever, set())}
        found = [review for one in ids if (review := self.reviews.get(one))]
        return sorted(found, key=lambda review: (review.opened_at, review.review_id))

    def open_about(self, person_id: UUID) -> list[Review]:
        """The open ones that are about two persons who both stand."""
        return [
            review
            for review in self.reviews_of(person_id)
            if review.stage is Stage.OPEN and not review.moves
        ]

    def possibly_same(self, person_id: UUID) -> tuple[UUID, ...]:
        """Persons who may be this one, in the order of their ids."""
        asked = self.open_about(person_id)
        if not asked:
            return ()
        both = {self.now(one) for review in asked for one in (review.one_id, review.other_id)}
        return tuple(sorted(both - {person_id}))

    def now(self, person_id: UUID) -> UUID:
        """Who somebody is by now, after every merge."""
        known = self.persons.get(person_id)
        return self.now(known.merged_into) if known and known.merged_into else person_id

    def ever(self, person_id: UUID) -> set[UUID]:
        """The ids somebody was known by: their own and of those who became them."""
        found, waiting = {person_id}, [person_id]
        while waiting:
            fresh = self._merged.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return found

    def apart(self, one: UUID, other: UUID) -> bool:
        """Whether a human said that the two are different."""
        mine, theirs = self.ever(one), self.ever(other)
        return any(self.aparts.get(_ordered(a, b)) is not None for a in mine for b in theirs)

    def put_apart(self, one: UUID, other: UUID, review_id: UUID) -> None:
        """Keep that a human said so."""
        lesser, greater = _ordered(one, other)
        self.aparts.put(Apart(lesser, greater, review_id))

    def forget_apart(self, one: UUID, other: UUID) -> None:
        """A human said otherwise since."""
        self.aparts.remove(_ordered(one, other))

    def things_of(self, persons: Iterable[UUID]) -> list[Telling]:
        """Everything that is said with one of these persons, in the order of its ids."""
        reports = {record.report_id for person in persons for record in self.of(person)}
        things = {thing for report in reports for thing in self._things.get(report, set())}
        found = (self.tellings.get(thing) for thing in sorted(things))
        return [told for told in found if told is not None]

    def put_telling(self, told: Telling) -> None:
        """Keep what is said of a thing as it is now."""
        self.tellings.put(told)
        self._things[told.report_id].add(told.thing_id)

    def in_role(self, told: Telling, role: str) -> Record | None:
        """The record that stands in a role of a thing."""
        record_id = told.parties.get(role)
        return self.records.get(record_id) if record_id else None


def _as_number(one: UUID) -> int:
    return one.int


def _pair(apart: Apart) -> tuple[UUID, UUID]:
    return apart.one_id, apart.other_id


def _ordered(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    return (one, other) if one < other else (other, one)
