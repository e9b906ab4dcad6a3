"""A station's reading end: every record up to known log end offsets, in an order of its own."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.kit.fetching import Span, fetch
from services.kit.records import Incoming, KeptRecord
from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.subscriptions import subscriptions

PATIENCE = 30.0
COMMIT_EVERY = 5.0


class Intake:
    """Reads one partition of each topic a service hears, and knows how far it is."""

    def __init__(self, runtime: Runtime, runner: Runner) -> None:
        self._runner = runner
        self._most = runtime.service.batch
        self._places = {t: TopicPartition(t, 0) for t in sorted(subscriptions(runtime.service))}
        self._consumer: Any = AIOKafkaConsumer(
            bootstrap_servers=runtime.settings.kafka,
            client_id=runtime.service.name,
            group_id=runtime.service.name,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        self._positions: dict[str, int] = {}
        self._committed_at = monotonic()
        self._committing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up where the group left off."""
        self._consumer.assign(list(self._places.values()))
        self._consumer.pause(*self._places.values())
        await self._consumer.start()
        for topic, place in self._places.items():
            self._positions[topic] = await self._consumer.position(place)

    async def stop(self) -> None:
        """Commit how far it is, and leave."""
        if self._committing is not None:
            await self._committing
        await self._commit()
        await self._consumer.stop()

    async def up_to(self, ends: Mapping[str, int]) -> int:
        """Take every record before these offsets to its end."""
        behind = {t: ends[t] for t in self._places if ends.get(t, 0) > self._positions[t]}
        if not behind:
            return 0
        items = sorted(await self._runner.read(await self._records(behind)), key=_order)
        for start in range(0, len(items), self._most):
            await self._runner.settle(items[start : start + self._most])
        self._positions |= behind
        self._commit_soon()
        return len(items)

    async def _records(self, behind: Mapping[str, int]) -> list[KeptRecord]:
        # The consumer itself stays paused: its prefetching holds up what is asked for now.
        wanted = {self._places[t]: Span(self._positions[t], end) for t, end in behind.items()}
        async with asyncio.timeout(PATIENCE):
            return await fetch(self._consumer._client, wanted)

    def _commit_soon(self) -> None:
        # Now and then, and not waited for: a record read a second time meets the inbox.
        if monotonic() - self._committed_at > COMMIT_EVERY:
            self._committed_at = monotonic()
            self._committing = asyncio.create_task(self._commit())

    async def _commit(self) -> None:
        offsets = {self._places[topic]: end for topic, end in self._positions.items() if end}
        with contextlib.suppress(KafkaError):
            if offsets:
                await self._consumer.commit(offsets)


def _order(item: Incoming) -> tuple[datetime, str, str, int]:
    envelope = item.envelope
    return (envelope.time, envelope.subject, envelope.type, item.record.offset)
