"""What the kit's statements about the car park do."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.kit import parked, parking, progress, redrive
from services.ops.simulation.statements import (
    Statement,
    always,
    delete,
    from_json,
    locked,
    update,
)
from services.ops.simulation.store import Row, Work
from services.ops.simulation.telling import those_parked

PARKED, ACTS = "kit.parked", "kit.parked_acts"
Place = tuple[str, str]


async def held(work: Work, topics: Sequence[str], keys: Sequence[str]) -> list[Row]:
    """Which places have parked messages."""
    asked = set(zip(topics, keys, strict=True))
    found = {(row["topic"], row["key"]) for _, row in work.rows(PARKED)} & asked
    return [{"topic": topic, "key": key} for topic, key in sorted(found)]


PARK_COLUMNS = (
    "event_id",
    "topic",
    "key",
    "partition",
    "record_offset",
    "record_timestamp",
    "body",
    "headers",
    "event_time",
    "reason",
    "detail",
    "behind",
    "attempts",
    "traceparent",
    "summary",
    "parked_at",
)
UNMARKED: Row = {"mark": None, "marked_by": None, "marked_why": None, "marked_at": None}


async def park(work: Work, *columns: Sequence[Any]) -> list[Row]:
    """Keep messages aside."""
    for values in zip(*columns, strict=True):
        row = dict(zip(PARK_COLUMNS, values, strict=True))
        row |= {"headers": from_json(row["headers"]), "summary": from_json(row["summary"])}
        work.add(PARKED, "seq", row | UNMARKED)
    return []


async def act(work: Work, event_id: UUID, topic: str, done: str, *by: Any) -> list[Row]:
    """Remember who did what to a parked message."""
    row = {"event_id": event_id, "topic": topic, "act": done}
    work.add(ACTS, "id", row | dict(zip(("who", "why", "at"), by, strict=True)))
    return []


def _in_order(work: Work) -> list[Row]:
    found = [row for _, row in work.rows(PARKED)]
    return sorted(found, key=lambda row: (row["topic"], row["key"], row["seq"]))


async def heads(work: Work) -> list[Row]:
    """The keys whose first parked message may go."""
    first: dict[Place, Row] = {}
    for row in _in_order(work):
        first.setdefault((row["topic"], row["key"]), row)
    ready = [row for row in first.values() if row["mark"] is not None or row["behind"]]
    return [{"topic": row["topic"], "key": row["key"]} for row in ready]


async def head(work: Work, topic: str, key: str) -> list[Row]:
    """The first parked message of a key."""
    return [row for row in _in_order(work) if (row["topic"], row["key"]) == (topic, key)][:1]


async def remove_parked(work: Work, number: int) -> list[Row]:
    """A message leaves the car park."""
    await delete(work, PARKED, [number], always)
    return []


async def failed_again(work: Work, number: int, reason: str, detail: str) -> list[Row]:
    """A parked message could not be handled either."""
    for key, row in await locked(work, PARKED, [number], always):
        changes = {"behind": False, "mark": None, "reason": reason, "detail": detail}
        work.put(PARKED, key, row | {"attempts": row["attempts"] + 1} | changes)
    return []


async def listed(work: Work, *asked: Any) -> list[Row]:
    """The parked messages meant."""
    event_id, topic, key, reason, since, until = asked
    wanted = {"event_id": event_id, "topic": topic, "key": key, "reason": reason}
    chosen = [
        row
        for row in _in_order(work)
        if all(value is None or row[name] == value for name, value in wanted.items())
        and (since is None or row["parked_at"] >= since)
        and (until is None or row["parked_at"] < until)
    ]
    names = [name.strip() for name in parked.COLUMNS.split(",")]
    return [{name: row[name] for name in names} for row in chosen]


async def mark(work: Work, numbers: Sequence[int], *marks: Any) -> list[Row]:
    """Mark parked messages."""
    names = ("mark", "marked_by", "marked_why", "marked_at")
    await update(work, PARKED, numbers, always, **dict(zip(names, marks, strict=True)))
    return []


async def parked_keys(work: Work, topic: str, keys: Sequence[str]) -> list[Row]:
    """Those of the keys with a parked message."""
    found = {row["key"] for _, row in work.rows(PARKED) if row["topic"] == topic}
    return [{"key": key} for key in sorted(found & set(keys))]


PARKING = {
    parking.HELD: Statement(held, "asks what is parked", writes=False),
    parking.PARK: Statement(park, "parks", detail=those_parked),
    parking.ACT: Statement(act, "notes who did what to a parked message"),
    redrive.HEADS: Statement(heads, "looks for marked messages", writes=False),
    redrive.HEAD: Statement(head, "reads the first parked message of a key", writes=False),
    redrive.REMOVE: Statement(remove_parked, "takes a message out of the car park"),
    redrive.FAILED_AGAIN: Statement(failed_again, "keeps a message parked"),
    parked.LISTED: Statement(listed, "lists what is parked", writes=False),
    parked.MARK: Statement(mark, "marks parked messages"),
    progress.PARKED: Statement(parked_keys, "asks which keys are parked", writes=False),
}
"""By the statement's own text."""
