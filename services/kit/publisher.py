"""Hands records to the broker, in order, with every wait bounded; a stuck producer is replaced."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)
from aiokafka.partitioner import murmur2

from services.kit.closing import closed
from services.kit.logging import kind_of, logger
from services.kit.outbox import Row

LARGEST_RECORD = 4 * 1024 * 1024 + 64 * 1024
PATIENCE = 10.0
ASK_EVERY = 2.0
REFUSALS = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTopicError,
    TopicAuthorizationFailedError,
)
log = logger("publisher")


class BrokerAway(Exception):  # noqa: N818
    """The broker did not acknowledge in time; what it took may come a second time, same id."""


@dataclass
class Published:
    """What became of rows handed to the broker."""

    sent: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    ends: dict[tuple[str, int], int] = field(default_factory=dict)
    """The offset after the last record, by topic and partition."""


class Publisher:
    """An idempotent producer that is thrown away when it hangs."""

    def __init__(self, bootstrap: str, client_id: str) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._producer: Any = None
        self._starting = asyncio.Lock()
        self._heard_at = float("-inf")

    @property
    def alive(self) -> bool:
        """Whether a producer stands."""
        return self._producer is not None

    def heard_within(self, seconds: float) -> bool:
        """Whether the broker answered lately."""
        return monotonic() - self._heard_at < seconds

    async def listen(self) -> None:
        """Ask the broker for ever whether it is there: where nothing is said, nobody would know."""
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._ask()
            except Exception as fault:
                log.warning("broker_not_heard", fault=kind_of(fault))
            await asyncio.sleep(ASK_EVERY)

    async def _ask(self) -> None:
        producer = await self._started()
        if not await producer.client.force_metadata_update():
            raise BrokerAway
        self._heard_at = monotonic()

    async def stop(self) -> None:
        """Let go of the broker."""
        await self._drop()

    async def publish(self, rows: Sequence[Row]) -> Published:
        """Send rows in order; BrokerAway where that takes too long or the producer is spoilt."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._publish(rows)
        except (TimeoutError, KafkaError, OSError) as fault:
            log.warning("producer_replaced", fault=kind_of(fault))
            await self._drop()
            raise BrokerAway(kind_of(fault)) from None

    async def _publish(self, rows: Sequence[Row]) -> Published:
        producer = await self._started()
        published, lots = Published(), Lots(producer)
        spoilt, unknown = set[tuple[str, str]](), set[str]()
        for row in rows:
            if row.place in spoilt or row.topic in unknown:
                continue
            try:
                await lots.add(row)
            except REFUSALS:
                spoilt.add(row.place)
                published.refused.append(row)
            except UnknownTopicOrPartitionError:
                # A broker that has just started knows no topic yet: its rows wait for the next lot,
                # and it is asked once, not once a key.
                unknown.add(row.topic)
                log.warning("topic_unknown", topic=row.topic)
        for handed_over, lot in await lots.all_handed_over():
            await _settle(published, handed_over, lot)
        return published

    async def _started(self) -> Any:
        async with self._starting:
            if self._producer is None:
                self._producer = await self._new()
            return self._producer

    async def _new(self) -> Any:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            client_id=self._client_id,
            enable_idempotence=True,
            acks="all",
            max_request_size=LARGEST_RECORD,
            max_batch_size=256 * 1024,
            request_timeout_ms=int(PATIENCE * 500),
        )
        try:
            await producer.start()
        except BaseException:
            await _close(producer)
            raise
        return producer

    async def _drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _close(producer)


class Lots:
    """Rows gathered by partition: one acknowledgement for many records."""

    def __init__(self, producer: Any) -> None:
        self._producer = producer
        self._counts: dict[str, int] = {}
        self._open: dict[TopicPartition, tuple[Any, list[Row]]] = {}
        self._handed_over: list[tuple[Any, list[Row]]] = []

    async def add(self, row: Row) -> None:
        """Put a row at the end of its partition's lot; one of REFUSALS where it cannot go."""
        headers = [(name, value.encode()) for name, value in row.headers.items()]
        if len(row.body) + sum(len(value) + 40 for _, value in headers) > LARGEST_RECORD:
            raise MessageSizeTooLargeError
        place = TopicPartition(row.topic, await self._partition(row))
        record = {"key": row.key.encode(), "value": row.body, "headers": headers}
        if place in self._open and self._open[place][0].append(timestamp=None, **record) is None:
            await self._hand_over(place)
        if place not in self._open:
            self._open[place] = (self._producer.create_batch(), [])
            self._open[place][0].append(timestamp=None, **record)
        self._open[place][1].append(row)

    async def all_handed_over(self) -> list[tuple[Any, list[Row]]]:
        """Hand over what is still open; each lot's acknowledgement to come, and its rows."""
        for place in list(self._open):
            await self._hand_over(place)
        return self._handed_over

    async def _hand_over(self, place: TopicPartition) -> None:
        batch, rows = self._open.pop(place)
        coming = await self._producer.send_batch(batch, place.topic, partition=place.partition)
        self._handed_over.append((coming, rows))

    async def _partition(self, row: Row) -> int:
        if row.topic not in self._counts:
            self._counts[row.topic] = len(await self._producer.partitions_for(row.topic))
        return partition_of(row.key.encode(), self._counts[row.topic])


@lru_cache(maxsize=20_000)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition that Kafka's own clients would choose for this key."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


async def _settle(published: Published, acknowledgement: Any, rows: Sequence[Row]) -> None:
    try:
        place = await acknowledgement
    except REFUSALS:
        published.refused += rows
        return
    published.sent += rows
    end = (place.topic, place.partition)
    published.ends[end] = max(published.ends.get(end, 0), place.offset + len(rows))


async def _close(producer: Any) -> None:
    # `stop()` waits for batches that may never be acknowledged; the parts are closed instead.
    producer._closed = True
    await closed(producer._sender.close())
    await closed(producer.client.close())
