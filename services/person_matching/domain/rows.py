"""What is kept: records as told, the persons they belong to, and what was said about them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID


class Source(StrEnum):
    """What kind of message a record came in."""

    INCIDENT = "incident"
    REQUEST = "request"
    ENROLMENT = "enrolment"
    ROSTER = "roster"


class By(StrEnum):
    """Who joined a record to its person."""

    MACHINE = "machine"
    HUMAN = "human"
    REPORT = "report"
    """The report itself says it: a suspect and the other party are one."""


@dataclass(frozen=True, slots=True)
class Point:
    """A number, e-mail or address that a record gives to its person; kept over all revisions."""

    kind: str
    value: str
    place: int | None = None
    """The key of an address, under which others who live there are found."""
    own: bool = False
    """A mobile or an e-mail: somebody's own rather than a household's."""
    shared: bool = False
    """Said to be shared with the suspect, or unsafe."""
    since: datetime | None = None
    """When it was last told."""


def points_text(points: Iterable[Point]) -> str:
    """Points as they are kept."""
    return json.dumps([_plain(point) for point in points], ensure_ascii=False)


@lru_cache(maxsize=2048)
def read_points(text: str) -> tuple[Point, ...]:
    """The points of a text that `points_text` wrote."""
    return tuple(_point(parts) for parts in json.loads(text))


def _plain(point: Point) -> list[Any]:
    since = point.since.isoformat() if point.since else None
    return [point.kind, point.value, point.place, point.own, point.shared, since]


def _point(parts: list[Any]) -> Point:
    kind, value, place, own, shared, since = parts
    told = datetime.fromisoformat(since) if since else None
    return Point(kind, value, place, own, shared, told)


@dataclass(frozen=True, slots=True)
class Record:
    """A person as one report has them, as last revised; its id is the person it would found."""

    record_id: UUID
    report_id: UUID
    source: str
    reference: str
    role: str
    """As in `people.jsonl`: `victim`, `suspect`, `other_party`, `child/<ref>`, `conflict/<n>`."""
    came_in: Source
    revision: int
    person_id: UUID
    features: str
    """As compared; a text that is read only where it is needed."""
    given: str
    """As written, for the human who must decide."""
    keys: tuple[int, ...]
    places: tuple[int, ...]
    points: str
    """What it gave in all its revisions, as a text."""
    joined_by: By
    outcome: str
    weight: float | None
    since: datetime
    told_at: datetime
    area: str
    born: date | None = None
    employer_urn: str | None = None
    employer_role: str | None = None
    is_adult: bool = True
    moves: int = 1
    """How many persons it belonged to so far, the present one included."""

    @property
    def told_points(self) -> tuple[Point, ...]:
        """Every number, e-mail and address it gave."""
        return read_points(self.points)


@dataclass(frozen=True, slots=True)
class Revision:
    """A record as one revision told it: written once, never changed."""

    record_id: UUID
    revision: int
    given: str
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """From when a record belonged to a person and why: written once, never changed."""

    record_id: UUID
    place: int
    person_id: UUID
    since: datetime
    joined_by: By
    outcome: str
    weight: float | None
    grounds: tuple[tuple[str, str], ...]
    waterfall: tuple[tuple[str, str, float], ...]
    model: str
    norm_version: int
    review_id: UUID | None = None
    """Under which id a human may say that a machine's join was wrong."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known: what was said of them, and the contact group they stand in."""

    person_id: UUID
    subject: str
    correlation_id: UUID
    version: int = 0
    """Events said by this person."""
    group_id: UUID | None = None
    group_version: int = 0
    merged_into: UUID | None = None
    unsafe_said: tuple[str, ...] = ()
    """Digests of the points that were said to be unsafe for them."""
    parted: int = 0
    """How many new ids were made for those who left them."""


class Stage(StrEnum):
    """Where the question about two persons stands."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"
    MOOT = "moot"
    """The two became one by another decision."""


@dataclass(frozen=True, slots=True)
class Review:
    """The question whether two persons are the same, for a human."""

    review_id: UUID
    one_id: UUID
    other_id: UUID
    stage: Stage
    area: str
    opened_at: datetime
    due_at: datetime
    subject: str
    correlation_id: UUID
    record_id: UUID
    """The record that raised the question."""
    moves: bool = False
    """The record stands with `one_id` already and would leave it for `other_id`."""
    weight: float | None = None
    grounds: tuple[tuple[str, str], ...] = ()
    waterfall: tuple[tuple[str, str, float], ...] = ()
    decided_by: str | None = None
    decided_at: datetime | None = None
    rationale: str | None = None
    moved: tuple[UUID, ...] = ()
    """The records that a merge moved, to be moved back if it is undone."""
    parted_id: UUID | None = None
    """Under which id those who left have stood since."""
    escalated: bool = False

    def other_than(self, person_id: UUID) -> UUID:
        """The other of the two."""
        return self.other_id if person_id == self.one_id else self.one_id


@dataclass(frozen=True, slots=True)
class Apart:
    """Two persons of whom a human said that they are not the same."""

    one_id: UUID
    other_id: UUID
    review_id: UUID


@dataclass(frozen=True, slots=True)
class Telling:
    """Something that is said with its persons, and again whole when they change."""

    thing_id: UUID
    report_id: UUID
    came_in: Source
    source: str
    reference: str
    subject: str
    correlation_id: UUID
    heard: int
    """The highest version or revision that was heard."""
    said: int
    """Our own count of what was said about it."""
    live: bool
    area: str
    facts: dict[str, Any]
    """The event's own plain facts and the parts that are passed on."""
    parties: dict[str, UUID] = field(default_factory=dict)
    """Records by role within the thing: `victim`, `suspect`, `child/<child_ref>`."""
    last: str = ""
    """A digest of what was last said."""
    victim_id: UUID | None = None
    """The person it was last said about."""
    digest: str = ""
    """Of the partner's message, to know a repeat."""
