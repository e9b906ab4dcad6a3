"""The lines of a file that partners would send, and who everybody in it really is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Line:
    """One message of a partner at its time."""

    at: datetime
    topic: str
    data: Any

    def as_json(self) -> dict[str, Any]:
        """The line as `onward replay` reads it."""
        return {"at": self.at.isoformat(), "topic": self.topic, "data": self.data}


@dataclass(frozen=True, order=True)
class TrueIdentity:
    """Who a record is about; `role` as in a dump's `people.jsonl`."""

    source: str
    reference: str
    role: str
    person: str

    def as_json(self) -> dict[str, str]:
        """The line of a truth file."""
        return dict(vars(self))


@dataclass
class Weekend:
    """Everything that is sent, and the truth beside it."""

    lines: list[Line] = field(default_factory=list)
    truth: set[TrueIdentity] = field(default_factory=set)

    def say(self, at: datetime, topic: str, data: Any) -> None:
        """Add a message."""
        self.lines.append(Line(at, topic, data))

    def means(self, data: dict[str, Any], role: str, person: str) -> None:
        """Note whom a record of a message is about."""
        self.truth.add(TrueIdentity(data["source"], data["reference"], role, person))

    def until(self, end: datetime) -> Iterator[Line]:
        """The lines in order of time, those after the end left out."""
        return iter(sorted((line for line in self.lines if line.at <= end), key=_time))


def _time(line: Line) -> datetime:
    return line.at
