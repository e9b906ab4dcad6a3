"""The limit: the same stage written by hand on aiokafka and asyncpg, for this job alone.

Raw records, batches up to 2,000, bulk statements over `unnest`, an outbox row per decision,
two consumers in one process; what was published is deleted with a later batch.
"""

import asyncio
import contextlib
import sys
from uuid import UUID

import asyncpg
import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import CommitFailedError
from uuid_utils import uuid7

from tests.bench.stage.job import HEARD, SAID

BATCH = 2000
NEW = """INSERT INTO heard (event_id) SELECT unnest($1::uuid[])
ON CONFLICT DO NOTHING RETURNING event_id"""
LOAD = "SELECT thing, seen FROM counts WHERE thing = ANY($1::text[]) ORDER BY thing FOR UPDATE"
SAVE = """INSERT INTO counts (thing, seen) SELECT * FROM unnest($1::text[], $2::bigint[])
ON CONFLICT (thing) DO UPDATE SET seen = excluded.seen"""
SAY = """INSERT INTO outbox (id, key, payload)
SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bytea[])"""
DONE = "DELETE FROM outbox WHERE id = ANY($1::uuid[])"

Said = tuple[UUID, bytes, bytes]


class Stage:
    """One consumer with its connection; the producer is shared."""

    def __init__(self, bootstrap: str, pool: asyncpg.Pool, producer: AIOKafkaProducer) -> None:
        self.pool, self.producer = pool, producer
        self.published: list[UUID] = []
        self.consumer = AIOKafkaConsumer(
            HEARD,
            bootstrap_servers=bootstrap,
            group_id="by-hand",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            max_poll_records=BATCH,
        )

    async def run(self) -> None:
        """Batch after batch until cancelled."""
        await self.consumer.start()
        try:
            while True:
                found = await self.consumer.getmany(timeout_ms=1000, max_records=BATCH)
                records = [record for of_one in found.values() for record in of_one]
                if records:
                    said = await self.decide(records)
                    await self.publish(said)
                    await self.commit()
        finally:
            await self.consumer.stop()

    async def commit(self) -> None:
        """Commit the place taken; where the other consumer joined meanwhile, some comes again."""
        with contextlib.suppress(CommitFailedError):
            await self.consumer.commit()

    async def decide(self, records: list[ConsumerRecord]) -> list[Said]:
        """Inbox, state, outbox: one transaction."""
        by_id = {UUID(dict(r.headers)["ce_id"].decode()): r for r in records}
        done, self.published = self.published, []
        async with self.pool.acquire() as connection, connection.transaction():
            new = {row[0] for row in await connection.fetch(NEW, list(by_id))}
            bodies = [orjson.loads(record.value) for id_, record in by_id.items() if id_ in new]
            things = sorted({body["thing"] for body in bodies})
            counts = dict(await connection.fetch(LOAD, things))
            said = [self.count(body, counts) for body in bodies]
            await connection.execute(SAVE, list(counts), list(counts.values()))
            await connection.execute(SAY, *map(list, zip(*said, strict=True)))
            if done:
                await connection.execute(DONE, done)
        return said

    @staticmethod
    def count(body: dict[str, object], counts: dict[str, int]) -> Said:
        """One more sighting of a thing."""
        thing = str(body["thing"])
        counts[thing] = seen = counts.get(thing, 0) + 1
        payload = orjson.dumps({"thing": thing, "seen": seen, "sent_at": body["sent_at"]})
        return UUID(str(uuid7())), thing.encode(), payload

    async def publish(self, said: list[Said]) -> None:
        """Hand the records to the producer; when they are acknowledged, their rows may go."""
        for id_, key, payload in said:
            headers = [("ce_id", str(id_).encode()), ("ce_type", SAID.encode())]
            future = await self.producer.send(SAID, payload, key=key, headers=headers)
            future.add_done_callback(lambda _, id_=id_: self.published.append(id_))


async def main(bootstrap: str, dsn: str) -> None:
    """Run two stages over one pool and one producer."""
    async with asyncpg.create_pool(dsn, min_size=2, max_size=4) as pool:
        producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap, enable_idempotence=True, linger_ms=2, acks="all"
        )
        await producer.start()
        try:
            await asyncio.gather(*(Stage(bootstrap, pool, producer).run() for _ in range(2)))
        finally:
            await producer.stop()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))
