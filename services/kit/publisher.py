"""Hands records to the broker, in order, with every wait bounded; a stuck producer is replaced."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from services.kit.logging import kind_of, logger
from services.kit.outbox import Row

LARGEST_RECORD = 4 * 1024 * 1024 + 64 * 1024
PATIENCE = 10.0
REFUSALS = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTopicError,
    UnknownTopicOrPartitionError,
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

    @property
    def alive(self) -> bool:
        """Whether a producer stands."""
        return self._producer is not None

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
        published, waiting = Published(), []
        spoilt: set[tuple[str, str]] = set()
        for row in rows:
            if row.place in spoilt:
                continue
            try:
                waiting.append((row, await _send(producer, row)))
            except REFUSALS:
                spoilt.add(row.place)
                published.refused.append(row)
        for row, acknowledgement in waiting:
            await _settle(published, row, acknowledgement)
        return published

    async def _started(self) -> Any:
        if self._producer is None:
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
            self._producer = producer
        return self._producer

    async def _drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _close(producer)


async def _send(producer: Any, row: Row) -> Any:
    headers = [(name, value.encode()) for name, value in row.headers.items()]
    return await producer.send(row.topic, row.body, key=row.key.encode(), headers=headers)


async def _settle(published: Published, row: Row, acknowledgement: Any) -> None:
    try:
        place = await acknowledgement
    except REFUSALS:
        published.refused.append(row)
        return
    published.sent.append(row)
    end = (place.topic, place.partition)
    published.ends[end] = max(published.ends.get(end, 0), place.offset + 1)


async def _close(producer: Any) -> None:
    # `stop()` waits for batches that may never be acknowledged; the parts are closed instead.
    producer._closed = True
    with contextlib.suppress(Exception):
        async with asyncio.timeout(2):
            await producer._sender.close()
    with contextlib.suppress(Exception):
        async with asyncio.timeout(2):
            await producer.client.close()
