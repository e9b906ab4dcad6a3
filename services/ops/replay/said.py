"""Everything that was said in a run, as structured CloudEvents, and the dump of it."""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson


@dataclass(frozen=True, slots=True)
class Said:
    """One event as it stands in its topic."""

    topic: str
    partition: int
    offset: int
    key: str | None
    id: str
    source: str
    time: datetime
    subject: str
    correlation_id: str
    causation_id: str | None
    dataschema: str | None
    data: Mapping[str, Any]
    raw: str | None = None
    """The body where it is not a JSON object."""

    @property
    def version(self) -> int:
        """The speaker's count of what it said about the thing; 0 where it counts nothing."""
        return int(self.data.get("version", 0))

    def structured(self) -> dict[str, Any]:
        """The line of the dump; an attribute that is not set is null."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "type": self.topic,
            "source": self.source,
            "time": self.time.isoformat().replace("+00:00", "Z"),
            "subject": self.subject,
            "dataschema": self.dataschema,
            "correlationid": self.correlation_id,
            "causationid": self.causation_id,
            "datacontenttype": "application/json",
            "partition": self.partition,
            "offset": self.offset,
            "key": self.key,
            "data": self.data if self.raw is None else _body(self.raw),
        }


@dataclass
class Everything:
    """All that was said, by topic, in the order of partition and offset."""

    by_topic: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, events: Iterable[Said]) -> "Everything":
        """Sort events into their topics."""
        found = cls()
        for event in sorted(events, key=lambda each: (each.topic, each.partition, each.offset)):
            found.by_topic[event.topic].append(event)
        return found

    def on(self, *topics: str) -> list[Said]:
        """The events of these topics, one topic after the other."""
        return [event for topic in topics for event in self.by_topic.get(topic, ())]

    def latest(self, topics: Sequence[str], thing: str) -> dict[Hashable, Said]:
        """The newest word on each thing, named by a field, over topics of one speaker."""
        newest: dict[Hashable, Said] = {}
        for event in self.on(*topics):
            name = event.data.get(thing)
            if name not in newest or event.version > newest[name].version:
                newest[name] = event
        return newest

    def __iter__(self) -> Iterator[Said]:
        return (event for events in self.by_topic.values() for event in events)

    def __len__(self) -> int:
        return sum(len(events) for events in self.by_topic.values())


def write_topics(everything: Everything, folder: Path) -> None:
    """`<topic>.jsonl` for each topic, one event a line."""
    folder.mkdir(parents=True, exist_ok=True)
    for topic, events in everything.by_topic.items():
        lines = b"".join(_dumped(event.structured()) + b"\n" for event in events)
        (folder / f"{topic}.jsonl").write_bytes(lines)


def read_topics(folder: Path) -> Everything:
    """What `write_topics` wrote."""
    paths = sorted(folder.glob("*.jsonl"))
    lines = (line for path in paths for line in path.read_bytes().splitlines() if line)
    return Everything.of(_said(json.loads(line)) for line in lines)


def _said(line: Mapping[str, Any]) -> Said:
    body = line["data"]
    return Said(
        topic=line["type"],
        partition=line["partition"],
        offset=line["offset"],
        key=line["key"],
        id=line["id"],
        source=line["source"],
        time=datetime.fromisoformat(line["time"]),
        subject=line["subject"],
        correlation_id=line["correlationid"],
        causation_id=line["causationid"],
        dataschema=line["dataschema"],
        data=body if isinstance(body, dict) else {},
        raw=None if isinstance(body, dict) else json.dumps(body),
    )


def _dumped(line: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(line)
    except orjson.JSONEncodeError:
        return json.dumps(line).encode()


def _body(raw: str) -> Any:
    try:
        return json.loads(raw)
    except json.JSONDecodeError:
        return raw


def is_uuid(text: str) -> bool:
    """Whether a text is an id and nothing else."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
