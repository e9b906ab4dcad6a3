"""A replay's dump as read: events, mails, people."""

import email
import email.policy
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any


def time_of(text: str) -> datetime:
    """A time as the dump writes it."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Said:
    """One event of the dump."""

    id: str
    type: str
    source: str
    time: datetime
    subject: str
    key: str
    partition: int
    offset: int
    correlation_id: str
    causation_id: str | None
    dataschema: str | None
    data: Any

    @property
    def speaker(self) -> str:
        """The first word of its topic."""
        return self.type.partition(".")[0]

    @property
    def name(self) -> str:
        """Its type without speaker and version, such as `lead-granted`."""
        return self.type.split(".")[1]

    def __str__(self) -> str:
        return f"{self.type}[{self.partition}/{self.offset}]"


@dataclass(frozen=True)
class Letter:
    """One mail of the dump."""

    file: str
    to: str
    subject: str
    text: str
    sent_at: datetime
    references: tuple[str, ...]
    step: str

    @property
    def whole(self) -> str:
        """Everything somebody could read."""
        return f"{self.subject}\n{self.text}"


@dataclass(frozen=True)
class Dump:
    """Everything a replay said and sent."""

    topics: dict[str, list[Said]]
    letters: list[Letter]
    people: list[dict[str, str]]
    by_id: dict[str, Said] = field(repr=False)
    """The first of each id: a message that came twice has one."""

    def of(self, *types: str) -> list[Said]:
        """Events of these topics, in order of time, then as they stand."""
        found = [event for one in types for event in self.topics.get(f"{one}.v1", ())]
        return sorted(found, key=lambda event: event.time)

    def all(self) -> Iterator[Said]:
        """Every event."""
        for events in self.topics.values():
            yield from events

    def by(self, *types: str, field: str) -> dict[str, list[Said]]:
        """Events of these topics by a field of their payload."""
        found: dict[str, list[Said]] = defaultdict(list)
        for event in self.of(*types):
            if isinstance(event.data, dict) and event.data.get(field) is not None:
                found[str(event.data[field])].append(event)
        return found


def read_dump(folder: Path) -> Dump:
    """The dump of a folder."""
    topics = {
        path.name.removesuffix(".jsonl"): [_said(line) for line in _lines(path)]
        for path in sorted((folder / "topics").glob("*.jsonl"))
    }
    letters = [_letter(path) for path in sorted((folder / "mail").glob("*.eml"))]
    people = [json.loads(line) for line in _lines(folder / "people.jsonl")]
    by_id: dict[str, Said] = {}
    for event in (event for events in topics.values() for event in events):
        by_id.setdefault(event.id, event)
    return Dump(topics, letters, people, by_id)


def _lines(path: Path) -> Sequence[str]:
    return [line for line in path.read_text("utf-8").split("\n") if line.strip()]


def _said(line: str) -> Said:
    read = json.loads(line)
    return Said(
        id=read["id"],
        type=read["type"],
        source=read["source"],
        time=time_of(read["time"]),
        subject=read["subject"],
        key=read["key"],
        partition=read["partition"],
        offset=read["offset"],
        correlation_id=read["correlationid"],
        causation_id=read.get("causationid"),
        dataschema=read.get("dataschema"),
        data=read["data"],
    )


def _letter(path: Path) -> Letter:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return Letter(
        file=path.name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text="\n".join(parts),
        sent_at=time_of(str(message["X-Onward-Sent-At"])),
        references=tuple(str(message["X-Onward-Reference"]).split()),
        step=str(message["X-Onward-Step"]),
    )
