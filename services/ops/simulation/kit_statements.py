"""What the kit's statements about batches do: inbox, outbox, progress, locks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kit import (
    database,
    inbox,
    outbox,
    ownership,
    progress,
    relay,
)
from services.kit.saying import URGENT
from services.ops.simulation.parking_statements import PARKED
from services.ops.simulation.statements import (
    Statement,
    always,
    claim_new,
    delete,
    locked_anew,
    update,
)
from services.ops.simulation.store import Row, Work
from services.ops.simulation.telling import those_new, those_read, those_said, those_taken, untold

INBOX, OUTBOX, PROGRESS = "kit.inbox", "kit.outbox", "kit.progress"
READ = ("seq", "id", "aggregatetype", "aggregateid", "payload", "headers", "deliver_at", "lane")
SAID = ("id", "aggregatetype", "aggregateid", "payload", "headers", "shard", "deliver_at", "lane")
Place = tuple[str, str]


async def first_seen(
    work: Work,
    ids: Sequence[UUID],
    days: Sequence[date],
    topics: Sequence[str],
    keys: Sequence[str],
) -> list[Row]:
    """Mark the ids that are new; the parked places are as they were when the statement began."""
    asked = set(zip(topics, keys, strict=True))
    places = {(row["topic"], row["key"]) for _, row in work.rows(PARKED)} & asked
    fresh: list[Row] = []
    for event_id, day in zip(ids, days, strict=True):
        if await claim_new(work, INBOX, (event_id, day)):
            work.put(INBOX, (event_id, day), {"event_id": event_id, "day": day})
            fresh.append({"event_id": event_id, "topic": None, "key": None})
    return fresh + [{"event_id": None, "topic": t, "key": k} for t, k in sorted(places)]


async def stands(work: Work, name: str) -> list[Row]:
    """Whether a partition of the inbox was made: here every day has one."""
    return [{"relname": name}]


async def say(work: Work, *columns: Sequence[Any]) -> list[Row]:
    """Add to the outbox."""
    for values in zip(*columns, strict=True):
        row = dict(zip(SAID, values, strict=True))
        work.add(OUTBOX, "seq", row | {"type": row["aggregatetype"], "failed_at": None})
    return []


async def say_before_others(work: Work, *columns: Sequence[Any]) -> list[Row]:
    """The same; what is urgent takes along what waits of its key."""
    *said, shards, urgent = columns
    owned, places = set(shards), set(urgent)

    def waits(row: Row) -> bool:
        open_now = row["deliver_at"] is None and row["failed_at"] is None
        return (
            open_now
            and row["lane"] != URGENT
            and row["shard"] in owned
            and row["aggregateid"] in places
        )

    keys = [key for key, row in work.rows(OUTBOX) if waits(row)]
    await update(work, OUTBOX, keys, waits, lane=URGENT)
    return await say(work, *said)


async def due(
    work: Work, shards: Sequence[int], now: datetime, limit: int, routine: int
) -> list[Row]:
    """What may be published: what is urgent, then the rest, then timers, each in its order."""
    rows = [row for _, row in work.rows(OUTBOX)]
    failed = {place_of(row) for row in rows if row["failed_at"] is not None}
    owned = set(shards)
    may_go = [row for row in rows if row["shard"] in owned and place_of(row) not in failed]
    at_once = [row for row in may_go if row["deliver_at"] is None]
    later = [row for row in may_go if row["deliver_at"] is not None and row["deliver_at"] <= now]
    at_once.sort(key=lambda row: row["seq"])
    urgent = [row for row in at_once if row["lane"] == URGENT]
    rest = [row for row in at_once if row["lane"] != URGENT]
    later.sort(key=lambda row: (row["deliver_at"], row["seq"]))
    return [_as_read(row) for row in urgent[:limit] + rest[:routine] + later[:limit]]


def place_of(row: Row) -> Place:
    """What keeps an outbox row's order."""
    return row["aggregatetype"], row["aggregateid"]


def _as_read(row: Row) -> Row:
    return {name: row[name] for name in READ}


async def remove_said(work: Work, numbers: Sequence[int]) -> list[Row]:
    """Forget what was published."""
    await delete(work, OUTBOX, numbers, always)
    return []


async def fail(work: Work, numbers: Sequence[int], now: datetime) -> list[Row]:
    """Keep what the broker refused."""
    await update(work, OUTBOX, numbers, always, failed_at=now)
    return []


async def try_again(work: Work) -> list[Row]:
    """Let what was refused be tried once more."""
    keys = [key for key, row in work.rows(OUTBOX) if row["failed_at"] is not None]
    changed = await update(work, OUTBOX, keys, _failed, failed_at=None, lane=URGENT)
    return [{"id": row["id"]} for row in changed]


def _failed(row: Row) -> bool:
    return row["failed_at"] is not None


async def due_count(work: Work, until: datetime) -> list[Row]:
    """How many rows should be gone by then."""
    times = [row["deliver_at"] for _, row in work.rows(OUTBOX)]
    return [{"count": sum(1 for time in times if time is None or time <= until)}]


async def anything(work: Work, now: datetime) -> list[Row]:
    """Whether anything is due."""
    open_rows = [row for _, row in work.rows(OUTBOX) if row["failed_at"] is None]
    times = [row["deliver_at"] for row in open_rows]
    return [{"anything": any(time is None or time <= now for time in times)}]


async def take_shards(work: Work, shards: Sequence[int], lock_class: int) -> list[Row]:
    """Lock what nobody else has locked; wait for nothing."""
    free = [shard for shard in shards if not work.is_locked((lock_class, shard))]
    for shard in free:
        work.seize((lock_class, shard))
    return [{"shard": shard} for shard in free]


async def lock(work: Work, keys: Sequence[int]) -> list[Row]:
    """Lock names, as the numbers that stand for them, in order."""
    for key in keys:
        await work.lock(key)
    return [{"pg_advisory_xact_lock": None} for _ in keys]


async def note_progress(
    work: Work, topics: Sequence[str], partitions: Sequence[int], times: Sequence[datetime]
) -> list[Row]:
    """Keep how far topics were heard; it never goes back."""
    for topic, partition, until in zip(topics, partitions, times, strict=True):
        key = (topic, partition)
        if await claim_new(work, PROGRESS, key):
            row = {"topic": topic, "partition": partition, "heard_until": until}
            work.put(PROGRESS, key, row)
        for _, row in await locked_anew(work, PROGRESS, [key], _before(until)):
            work.put(PROGRESS, key, row | {"heard_until": until})
    return []


def _before(until: datetime) -> Any:
    return lambda row: row["heard_until"] < until


async def heard_until(work: Work, topic: str) -> list[Row]:
    """How far a topic was heard."""
    times = [row["heard_until"] for _, row in work.rows(PROGRESS) if row["topic"] == topic]
    return [{"min": min(times, default=None)}]


BATCHES = {
    inbox.FIRST_SEEN: Statement(first_seen, "marks in the inbox what is new", detail=those_new),
    inbox.STANDS: Statement(stands, "asks for the inbox's day", writes=False, detail=untold),
    outbox.SAY: Statement(say, "writes the outbox", detail=those_said),
    outbox.SAY_BEFORE_OTHERS: Statement(
        say_before_others, "writes the outbox, urgent first", detail=those_said
    ),
    outbox.DUE: Statement(
        due, "reads what is due from the outbox", writes=False, detail=those_read
    ),
    outbox.REMOVE: Statement(remove_said, "forgets what was published"),
    outbox.FAIL: Statement(fail, "keeps what the broker refused"),
    outbox.TRY_AGAIN: Statement(try_again, "lets what was refused be tried again"),
    outbox.DUE_COUNT: Statement(due_count, "counts what is due", writes=False),
    relay.ANYTHING: Statement(
        anything, "looks whether anything is due", writes=False, detail=untold
    ),
    ownership.TAKE: Statement(
        take_shards, "takes shards of the outbox", writes=False, detail=those_taken
    ),
    database.LOCK: Statement(lock, "locks shared state by name"),
    progress.NOTE: Statement(note_progress, "notes how far it heard", detail=untold),
    progress.HEARD: Statement(heard_until, "asks how far a topic was heard", writes=False),
}
"""By the statement's own text."""
