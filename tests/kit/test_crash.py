"""SIGKILL at any moment: every event counted once, every key in order, nothing said twice."""

import asyncio
import os
import random
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.kit.database import Database
from services.kit.headers import texts
from services.kit.records import KeptRecord
from services.kit.settings import Settings
from services.kit.subscriptions import announces, subscriptions
from services.kit.testing import a_record, make_topics
from services.ops.platform import Addresses
from tests.kit.trial import TRIAL, a_cancellation, make_tables, trail

WITHDRAWN = "mash.screening-withdrawn.v1"
PARTITIONS, INCIDENTS, EVENTS, KILLS = 3, 40, 4000, 6


@asynccontextmanager
async def a_process(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """The service in a process of its own; killed at the end if it still lives."""
    told = {
        "ONWARD_KAFKA": settings.kafka,
        "ONWARD_DATABASE_URL": settings.database_url.get_secret_value(),
        "ONWARD_PORT": "0",
        "ONWARD_LOG_LEVEL": "ERROR",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kit.at_work", env={**os.environ, **told}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def speak(bootstrap: str) -> None:
    """Say every event at a pace that leaves something to kill."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    revisions: dict[int, int] = defaultdict(int)
    for number in range(EVENTS):
        incident = number % INCIDENTS
        revisions[incident] += 1
        event = a_cancellation(incident, 1000 + revisions[incident])
        record = a_record(event, at=datetime.now(UTC), trail=trail(incident))
        await producer.send(
            record.topic, record.value, key=record.key, headers=list(record.headers)
        )
        if number % 100 == 0:
            await asyncio.sleep(0.1)
    await producer.stop()


async def said(bootstrap: str) -> list[KeptRecord]:
    """All that stands on the topic, in the order of each partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    places = [TopicPartition(WITHDRAWN, number) for number in range(PARTITIONS)]
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    ends = await consumer.end_offsets(places)
    found: list[KeptRecord] = []
    while len(found) < sum(ends.values()):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            found += records
    await consumer.stop()
    return found


async def finished(database: Database) -> None:
    """Until everything is counted and published."""
    async with asyncio.timeout(90):
        while True:
            [[counted]] = await database.fetch("SELECT coalesce(sum(count), 0) FROM tallies")
            [[left]] = await database.fetch(
                "SELECT count(*) FROM kit.outbox WHERE deliver_at IS NULL"
            )
            if counted == EVENTS and left == 0:
                return
            await asyncio.sleep(0.1)


@pytest.mark.timeout(240)
async def test_killed_again_and_again_nothing_is_lost_doubled_or_out_of_order(
    trial_settings: Settings, platform: Addresses
) -> None:
    topics = subscriptions(TRIAL) | {kind.TOPIC for kind in announces(TRIAL)}
    await make_topics(platform.bootstrap, topics, PARTITIONS)
    database = await Database.connect(trial_settings.database_url.get_secret_value())
    await make_tables(database)
    moments = random.Random(5)
    speaking = asyncio.create_task(speak(platform.bootstrap))
    for _ in range(KILLS):
        async with a_process(trial_settings):
            # A kill comes at a moment that nothing announces.
            await asyncio.sleep(2.0 + moments.random() * 1.5)
    await speaking
    async with a_process(trial_settings):
        await finished(database)
    await database.close()
    check(await said(platform.bootstrap))


def check(records: list[KeptRecord]) -> None:
    """Each thing's counts are 1, 2, 3 ... in order, each once, each under an id of its own."""
    counts: dict[bytes | None, list[int]] = defaultdict(list)
    for record in records:
        counts[record.key].append(orjson.loads(record.value or b"")["version"])
    each = EVENTS // INCIDENTS
    assert set(map(tuple, counts.values())) == {tuple(range(1, each + 1))}
    assert len({texts(record.headers)["ce_id"] for record in records}) == EVENTS
