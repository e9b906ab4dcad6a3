"""What was already handled: one row per event, partitioned by the event's own day."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.kit.database import Database, Transaction
from services.kit.partners import UNDATED
from services.kit.records import Incoming

FIRST_SEEN = """
WITH fresh AS (
    INSERT INTO kit.inbox (event_id, day) SELECT * FROM unnest($1::uuid[], $2::date[])
    ON CONFLICT DO NOTHING RETURNING event_id)
SELECT event_id, NULL, NULL FROM fresh
UNION ALL
SELECT DISTINCT NULL::uuid, p.topic, p.key FROM kit.parked p
JOIN unnest($3::text[], $4::text[]) AS asked(topic, key)
    ON p.topic = asked.topic AND p.key = asked.key
"""
PARTITIONS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'kit.inbox'::regclass
"""
STANDS = f"{PARTITIONS} AND c.relname = $1"


async def first_seen(
    transaction: Transaction, incoming: Sequence[Incoming]
) -> tuple[list[Incoming], set[tuple[str, str]]]:
    """Those not handled before, each once, now marked so; and places with parked messages."""
    ordered = {item.envelope.id: item for item in reversed(incoming)}
    ids = sorted(ordered)
    days = [ordered[event_id].day for event_id in ids]
    places = {item.place for item in incoming}
    topics, keys = [place[0] for place in places], [place[1] for place in places]
    found = await transaction.fetch(FIRST_SEEN, ids, days, topics, keys)
    fresh = {row[0] for row in found if row[0] is not None}
    first = [item for item in incoming if item.envelope.id in fresh and _once(item, ordered)]
    return first, {(row[1], row[2]) for row in found if row[0] is None}


def _once(item: Incoming, ordered: dict[UUID, Incoming]) -> bool:
    return ordered[item.envelope.id] is item


class Partitions:
    """The inbox's days: made on demand, dropped when no copy can come any more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[date] = set()

    async def ensure(self, days: Iterable[date]) -> None:
        """Make the partitions of these days, unless they are known to stand."""
        missing = set(days) - self._known
        if not missing:
            return
        async with self._database.connection() as connection:
            for day in sorted(missing):
                await _make(connection, day)
        self._known |= missing

    async def drop_before(self, day: date) -> int:
        """Drop the days before this one; what has no day of its own is kept."""
        async with self._database.connection() as connection:
            names = [row[0] for row in await connection.fetch(PARTITIONS)]
            old = [n for n in names if name_of(UNDATED) < n < name_of(day)]
            for name in old:
                await connection.execute(f"DROP TABLE IF EXISTS kit.{name}")
        self._known = {known for known in self._known if known >= day or known == UNDATED}
        return len(old)


def name_of(day: date) -> str:
    """The partition's table."""
    return f"inbox_{day:%Y%m%d}"


async def _make(connection: Any, day: date) -> None:
    name, after = name_of(day), day + timedelta(days=1)
    if await connection.fetch(STANDS, name):
        return
    async with connection.transaction():
        # Two processes may meet the same new day; attaching blocks no reader or writer.
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext($1))", name)
        # Not `to_regclass`: after the wait it may still answer from a cache of before.
        if await connection.fetch(STANDS, name):
            return
        await connection.execute(f"CREATE TABLE kit.{name} (LIKE kit.inbox INCLUDING ALL)")
        await connection.execute(
            f"ALTER TABLE kit.inbox ATTACH PARTITION kit.{name} "
            f"FOR VALUES FROM ('{day}') TO ('{after}')"
        )
