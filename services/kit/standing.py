"""What already stands at the end of a topic: read back after a crash and not said twice."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.kit.closing import closed
from services.kit.headers import texts
from services.kit.outbox import Row

PATIENCE = 20.0


async def standing(bootstrap: str, rows: Sequence[Row]) -> set[str]:
    """The ids found among the last records of the rows' topics, as many as there are rows."""
    most = Counter(row.topic for row in rows)
    consumer: Any = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    async with asyncio.timeout(PATIENCE):
        try:
            await consumer.start()
            ends = await _at_the_end(consumer, most)
            return await _ids(consumer, ends)
        finally:
            await closed(consumer.stop())


async def _at_the_end(consumer: Any, most: Counter[str]) -> dict[TopicPartition, int]:
    places = [
        TopicPartition(topic, number)
        for topic in most
        for number in await _partitions(consumer, topic)
    ]
    consumer.assign(places)
    first, last = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    for place in places:
        consumer.seek(place, max(first[place], last[place] - most[place.topic]))
    return dict(last)


async def _partitions(consumer: Any, topic: str) -> set[int]:
    await consumer._client._wait_on_metadata(topic)
    return consumer.partitions_for_topic(topic) or set()


async def _ids(consumer: Any, ends: dict[TopicPartition, int]) -> set[str]:
    found: set[str] = set()
    while any([await consumer.position(place) < end for place, end in ends.items()]):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            found |= {texts(record.headers).get("ce_id", "") for record in records}
    return found
