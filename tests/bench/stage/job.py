"""The job every competitor does: count what is said of a key, once each, and say the count.

inbox + state + outbox in one PostgreSQL transaction; the same records in, the same records out.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from uuid_utils import uuid7

HEARD, SAID = "bench.sighting.v1", "bench.count.v1"
PARTITIONS = 4

SCHEMA = """
CREATE TABLE counts (thing text PRIMARY KEY, seen bigint NOT NULL);
CREATE TABLE heard (event_id uuid PRIMARY KEY);
CREATE TABLE outbox (id uuid PRIMARY KEY, key bytea NOT NULL, payload bytea NOT NULL);
"""


@dataclass(frozen=True)
class Place:
    """Where a competitor works."""

    bootstrap: str
    dsn: str

    @property
    def server(self) -> str:
        """The same PostgreSQL, without a database."""
        return self.dsn.rsplit("/", 1)[0]


def a_record(thing: str, spent: str) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key, body and CloudEvents headers of one sighting."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid7()),
        "ce_type": HEARD,
        "ce_source": "/bench",
        "ce_time": datetime.now(UTC).isoformat(),
        "ce_subject": f"bench/{thing}",
        "ce_correlationid": str(UUID(int=1)),
    }
    body = json.dumps({"thing": thing, "sent_at": time.time(), "padding": spent}).encode()
    return thing.encode(), body, [(name, value.encode()) for name, value in headers.items()]


async def make_topics(place: Place) -> None:
    """The two topics, new."""
    admin = AIOKafkaAdminClient(bootstrap_servers=place.bootstrap)
    await admin.start()
    try:
        new = [NewTopic(name, PARTITIONS, 1) for name in (HEARD, SAID)]
        await admin.create_topics(new)
    finally:
        await admin.close()


async def forget(place: Place) -> None:
    """Delete the two topics and wait until they are gone."""
    admin = AIOKafkaAdminClient(bootstrap_servers=place.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([HEARD, SAID])
        for _ in range(200):
            if not {HEARD, SAID} & set(await admin.list_topics()):
                return
            await asyncio.sleep(0.05)
        raise TimeoutError("the bench topics are still there after 10 s")
    finally:
        await admin.close()


async def say(place: Place, events: int, things: int, per_second: float | None = None) -> None:
    """Publish the sightings, as fast as it goes or at an even pace."""
    producer = AIOKafkaProducer(bootstrap_servers=place.bootstrap, linger_ms=5, acks="all")
    await producer.start()
    try:
        waiting = []
        began = time.perf_counter()
        for number in range(events):
            if per_second:
                await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            key, body, headers = a_record(f"thing-{number % things}", "x" * 200)
            waiting.append(await producer.send(HEARD, body, key=key, headers=headers))
        await asyncio.gather(*waiting)
    finally:
        await producer.stop()


@dataclass(frozen=True)
class Heard:
    """A count that was said: when it was read and appended, and of which sighting."""

    read_at: float
    appended_at: float
    sent_at: float
    body: bytes


@asynccontextmanager
async def ear(place: Place) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of the counts, from their beginning."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=place.bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",
    )
    await consumer.start()
    consumer.assign([TopicPartition(SAID, number) for number in range(PARTITIONS)])
    try:
        yield consumer
    finally:
        await consumer.stop()


async def said_so_far(consumer: AIOKafkaConsumer) -> int:
    """How many counts stand in the log, without reading them."""
    return sum((await consumer.end_offsets(list(consumer.assignment()))).values())


async def wait_for(consumer: AIOKafkaConsumer, events: int, within: float) -> None:
    """Until that many counts stand in the log; TimeoutError when too few come."""
    ends = time.perf_counter() + within
    while (said := await said_so_far(consumer)) < events:
        if time.perf_counter() > ends:
            raise TimeoutError(f"{said} of {events} counts after {within:.0f} s")
        await asyncio.sleep(0.05)


async def read_all(consumer: AIOKafkaConsumer, events: int) -> list[Heard]:
    """That many counts, as they come."""
    heard: list[Heard] = []
    while len(heard) < events:
        for records in (await consumer.getmany(timeout_ms=200, max_records=5000)).values():
            now = time.time()
            heard += [
                Heard(now, r.timestamp / 1000, json.loads(r.value)["sent_at"], r.value)
                for r in records
            ]
    return heard


def check(heard: list[Heard], events: int) -> None:
    """Every decision is there once: each thing's counts are 1, 2, 3 ... without a gap."""
    counts: dict[str, list[int]] = defaultdict(list)
    for count in heard:
        said = json.loads(count.body)
        counts[said["thing"]].append(said["seen"])
    wrong = [t for t, seen in counts.items() if sorted(seen) != list(range(1, len(seen) + 1))]
    if wrong or len(heard) != events:
        raise AssertionError(f"{len(wrong)} things miscounted, {len(heard)} of {events} said")


@asynccontextmanager
async def database(place: Place, name: str, schema: str = SCHEMA) -> AsyncIterator[str]:
    """A database of one competitor's own; yields its address."""
    admin = await asyncpg.connect(f"{place.server}/postgres")
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await admin.execute(f'CREATE DATABASE "{name}"')
        dsn = f"{place.server}/{name}"
        if schema:
            connection = await asyncpg.connect(dsn)
            await connection.execute(schema)
            await connection.close()
        yield dsn
    finally:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await admin.close()
