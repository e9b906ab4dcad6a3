"""The car park as people see and mark it: list, show, retry, discard; the service does the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.kit import parking
from services.kit.database import Database

Act = Literal["retry", "discard"]
CHOSEN = """
($1::uuid IS NULL OR event_id = $1) AND ($2::text IS NULL OR topic = $2)
AND ($3::text IS NULL OR key = $3) AND ($4::text IS NULL OR reason = $4)
AND ($5::timestamptz IS NULL OR parked_at >= $5) AND ($6::timestamptz IS NULL OR parked_at < $6)
"""
COLUMNS = """
seq, event_id, topic, key, partition, record_offset, event_time, reason, detail, behind, attempts,
traceparent, summary, parked_at, mark, marked_by, marked_why, marked_at
"""
LISTED = f"SELECT {COLUMNS} FROM kit.parked WHERE {CHOSEN} ORDER BY topic, key, seq"
MARK = """
UPDATE kit.parked SET mark = $2, marked_by = $3, marked_why = $4, marked_at = $5
WHERE seq = ANY($1::bigint[])
"""
ACTS = "SELECT event_id, topic, act, who, why, at FROM kit.parked_acts ORDER BY id DESC LIMIT $1"


@dataclass(frozen=True, slots=True)
class Kept:
    """A parked message without its body."""

    seq: int
    event_id: UUID
    topic: str
    key: str
    partition: int
    record_offset: int
    event_time: datetime
    reason: str
    detail: str
    behind: bool
    attempts: int
    traceparent: str | None
    summary: dict[str, Any]
    """Ids, the grade and the clock: plain fields only."""
    parked_at: datetime
    mark: str | None
    marked_by: str | None
    marked_why: str | None
    marked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which parked messages are meant; what is None does not matter."""

    event_id: UUID | None = None
    topic: str | None = None
    key: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when and why."""

    who: str
    why: str
    at: datetime


async def listed(database: Database, choice: Choice = Choice()) -> list[Kept]:
    """The parked messages meant, key by key, in order."""
    found = await database.fetch(LISTED, *_asked(choice))
    return [Kept(*record) for record in found]


async def mark(
    database: Database, act: Act, choice: Choice, by: By, *, dry_run: bool = False
) -> list[Kept]:
    """Mark the messages meant; the service's own runner acts on each when it is first of its key.

    Messages that wait behind another are only marked to be discarded: they are retried by
    themselves once nothing of their key stands before them.
    """
    meant = [each for each in await listed(database, choice) if act == "discard" or not each.behind]
    if dry_run or not meant:
        return meant
    async with database.transaction(by.at) as transaction:
        await transaction.execute(MARK, [each.seq for each in meant], act, by.who, by.why, by.at)
        for each in meant:
            event = (each.event_id, each.topic)
            await parking.note(transaction, f"marked_{act}", event, (by.who, by.why))
    return meant


async def acts(database: Database, most: int = 100) -> Sequence[Any]:
    """What was done to parked messages, newest first."""
    return await database.fetch(ACTS, most)


def _asked(choice: Choice) -> tuple[Any, ...]:
    return (
        choice.event_id,
        choice.topic,
        choice.key,
        choice.reason,
        choice.since,
        choice.until,
    )
