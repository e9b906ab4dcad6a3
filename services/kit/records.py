"""A record as it came from the broker, and what could be made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from contracts.envelope import Envelope, Event, Problem

Headers = Sequence[tuple[str, bytes | None]]


class Record(Protocol):
    """What the kit needs of a broker's record; headers and body may be anything."""

    @property
    def topic(self) -> str:
        """Where it was said."""

    @property
    def partition(self) -> int:
        """The partition it stands in; -1 for what came through a door."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def timestamp(self) -> int:
        """When the broker appended it, in milliseconds."""

    @property
    def key(self) -> bytes | None:
        """The record's key."""

    @property
    def value(self) -> bytes | None:
        """The body."""

    @property
    def headers(self) -> Headers:
        """Names and values; a name may come twice, a value may be null."""


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record that did not come from the broker just now: from a door, or out of the car park."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int
    partition: int = -1
    offset: int = -1


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record read: an event, or the problems of a partner's message, or a fault of ours."""

    record: Record
    envelope: Envelope
    day: date
    """The inbox's partition: the same in every copy of the message."""
    event: Event | None = None
    problems: tuple[Problem, ...] = ()
    fault: str | None = None
    """Why a message of ours cannot be read: codes and paths, never a value."""

    @property
    def place(self) -> tuple[str, str]:
        """What keeps its order: topic and key."""
        return (self.record.topic, self.envelope.key)


def appended_at(record: Record) -> datetime:
    """When the broker appended it."""
    return datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC)
