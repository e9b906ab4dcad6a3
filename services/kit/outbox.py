"""What was said and is not yet published: written with the state, read by the relay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from services.kit.database import Database, Transaction
from services.kit.saying import ROUTINE, URGENT, Said

SHARDS = 16
SAY = """
INSERT INTO kit.outbox
    (id, aggregatetype, aggregateid, type, payload, headers, shard, deliver_at, lane)
SELECT id, topic, key, topic, payload, headers, shard, deliver_at, lane
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[], $6::smallint[],
            $7::timestamptz[], $8::smallint[])
    AS said(id, topic, key, payload, headers, shard, deliver_at, lane)
"""
SAY_BEFORE_OTHERS = f"""
WITH brought_forward AS (
    UPDATE kit.outbox SET lane = {URGENT}
    WHERE shard = ANY($9::smallint[]) AND aggregateid = ANY($10::text[])
      AND lane <> {URGENT} AND deliver_at IS NULL AND failed_at IS NULL
) {SAY}
"""
"""An urgent row takes along what waits of its key: their order stays."""
_COLUMNS = "seq, id, aggregatetype, aggregateid, payload, headers, deliver_at, lane"
_MAY_GO = """
shard = ANY($1::smallint[]) AND failed_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM kit.outbox f WHERE f.failed_at IS NOT NULL
    AND f.aggregatetype = o.aggregatetype AND f.aggregateid = o.aggregateid)
"""
DUE = f"""
(SELECT {_COLUMNS} FROM kit.outbox o
 WHERE lane = {URGENT} AND deliver_at IS NULL AND {_MAY_GO} ORDER BY seq LIMIT $3)
UNION ALL
(SELECT {_COLUMNS} FROM kit.outbox o
 WHERE lane <> {URGENT} AND deliver_at IS NULL AND {_MAY_GO} ORDER BY seq LIMIT $4)
UNION ALL
(SELECT {_COLUMNS} FROM kit.outbox o
 WHERE deliver_at <= $2 AND {_MAY_GO} ORDER BY deliver_at, seq LIMIT $3)
"""
REMOVE = "DELETE FROM kit.outbox WHERE seq = ANY($1::bigint[])"
FAIL = "UPDATE kit.outbox SET failed_at = $2 WHERE seq = ANY($1::bigint[])"
TRY_AGAIN = f"""
UPDATE kit.outbox SET failed_at = NULL, lane = {URGENT} WHERE failed_at IS NOT NULL RETURNING id
"""
"""First of its key, whatever was said since."""
DUE_COUNT = """
SELECT count(*) FROM kit.outbox WHERE deliver_at IS NULL OR deliver_at <= $1
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outbox as the relay reads it."""

    seq: int
    id: UUID
    topic: str
    key: str
    body: bytes
    headers: dict[str, str]
    deliver_at: datetime | None
    lane: int = ROUTINE

    @property
    def place(self) -> tuple[str, str]:
        """What keeps its order: topic and key."""
        return (self.topic, self.key)


def shard_of(key: str) -> int:
    """The shard whose owner publishes this key."""
    return crc32(key.encode()) % SHARDS


async def say(transaction: Transaction, said: Sequence[Said]) -> None:
    """Announce with the state: one statement."""
    if not said:
        return
    urgent = {row.key for row in said if row.lane == URGENT}
    await transaction.execute(
        SAY_BEFORE_OTHERS if urgent else SAY,
        [row.id for row in said],
        [row.topic for row in said],
        [row.key for row in said],
        [row.body for row in said],
        [row.headers for row in said],
        [shard_of(row.key) for row in said],
        [row.deliver_at for row in said],
        [URGENT if row.key in urgent else row.lane for row in said],
        *([sorted(map(shard_of, urgent)), sorted(urgent)] if urgent else []),
    )


async def try_refused_again(database: Database) -> list[UUID]:
    """Let the relay try what the broker refused once more; their keys wait no longer."""
    return [row[0] for row in await database.fetch(TRY_AGAIN)]


async def due(
    connection: Any, shards: Sequence[int], now: datetime, limit: int, routine: int | None = None
) -> list[Row]:
    """What these shards have to publish now: what is urgent, then as much of the rest, and timers.

    Within each lane it is in the order it was said.
    """
    most = limit if routine is None else routine
    records = await connection.fetch(DUE, list(shards), now, limit, most)
    return [Row(*record) for record in records]
