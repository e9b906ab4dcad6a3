"""A station's reading end: every record up to known log end offsets, in an order of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from services.kit.fetching import Span, fetch
from services.kit.records import Incoming, KeptRecord
from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.subscriptions import subscriptions

PATIENCE = 30.0


class Intake:
    """Reads one partition of each topic a service hears, and knows how far it is."""

    def __init__(self, runtime: Runtime, runner: Runner) -> None:
        self._runner = runner
        self._most = runtime.service.batch
        self._name = runtime.service.name
        self._bootstrap = runtime.settings.kafka
        self._places = {t: TopicPartition(t, 0) for t in sorted(subscriptions(runtime.service))}
        self._client: Any = AIOKafkaClient(bootstrap_servers=self._bootstrap, client_id=self._name)
        self._positions: dict[str, int] = {}

    async def start(self) -> None:
        """Take up where the group left off."""
        await self._client.bootstrap()
        await self._client.set_topics(list(self._places))
        async with self._member() as member:
            for topic, place in self._places.items():
                self._positions[topic] = await member.position(place)

    async def stop(self) -> None:
        """Commit how far it is, and leave; a record read a second time would meet the inbox."""
        offsets = {self._places[topic]: end for topic, end in self._positions.items() if end}
        with contextlib.suppress(KafkaError):
            async with self._member() as member:
                if offsets:
                    await member.commit(offsets)
        await self._client.close()

    @asynccontextmanager
    async def _member(self) -> AsyncIterator[Any]:
        # Only for its place in the topics: its prefetching would cost more than our own fetch.
        member = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id=self._name,
            group_id=self._name,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        member.assign(list(self._places.values()))
        member.pause(*self._places.values())
        await member.start()
        try:
            yield member
        finally:
            await member.stop()

    async def up_to(self, ends: Mapping[str, int]) -> int:
        """Take every record before these offsets to its end."""
        behind = {t: ends[t] for t in self._places if ends.get(t, 0) > self._positions[t]}
        if not behind:
            return 0
        items = sorted(await self._runner.read(await self._records(behind)), key=_order)
        for start in range(0, len(items), self._most):
            await self._runner.settle(items[start : start + self._most])
        self._positions |= behind
        return len(items)

    async def _records(self, behind: Mapping[str, int]) -> list[KeptRecord]:
        wanted = {self._places[t]: Span(self._positions[t], end) for t, end in behind.items()}
        async with asyncio.timeout(PATIENCE):
            return await fetch(self._client, wanted)


def _order(item: Incoming) -> tuple[datetime, int, str, str, int]:
    envelope = item.envelope
    place = item.record.offset
    return (envelope.time, envelope.sequence, envelope.subject, envelope.type, place)
