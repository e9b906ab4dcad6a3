"""How far a service is done with its topics, told to the broker a moment after it happened."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from services.kit.logging import kind_of, logger

TELL_WITHIN = 0.25
"""Seconds: one message to the broker for all batches of so long. Whoever takes over after a crash
meets the rest again in the inbox."""
PATIENCE = 5.0
STOPPED = "stopped"
"""Stands beside the offset at which a consumer stopped by itself, until somebody goes on there."""
log = logger("offsets")


class Offsets(ConsumerRebalanceListener):  # type: ignore[misc]
    """The ends of what is done, by partition, until the broker knows them."""

    def __init__(self, consumer: Callable[[], Any]) -> None:
        self._consumer = consumer
        self._ends: dict[TopicPartition, int] = {}
        self._stopped: set[TopicPartition] = set()
        self._telling: asyncio.Task[None] | None = None

    def done(self, records: Sequence[Any]) -> None:
        """These records are done: their state is committed."""
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            self._ends[place] = max(self._ends.get(place, 0), record.offset + 1)
        self._have_it_told()

    def stopped(self, records: Sequence[Any]) -> None:
        """Nothing goes on from these records: whoever asks how far the service is sees it there."""
        first = records[0]
        place = TopicPartition(first.topic, first.partition)
        self._stopped.add(place)
        self._ends.setdefault(place, first.offset)
        self._have_it_told()

    async def tell(self) -> None:
        """Tell the broker now; what has become another member's is that member's to tell."""
        consumer, ends, self._ends = self._consumer(), self._ends, {}
        assigned = consumer.assignment() if consumer is not None else ()
        ours = {place: end for place, end in ends.items() if place in assigned}
        if not ours:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await consumer.commit(
                    {place: self._told(place, end) for place, end in ours.items()}
                )
        except BaseException as fault:
            self._ends = {**ours, **self._ends}
            if not isinstance(fault, KafkaError | TimeoutError):
                raise
            log.info("offsets_not_committed", fault=kind_of(fault))

    async def stop(self) -> None:
        """Tell what is left."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait({self._telling})
        await self.tell()

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Before others may have them, say how far they are done."""
        await self.tell()

    async def on_partitions_assigned(self, assigned: Any) -> None:
        """Nothing is left to tell of what is another's now."""
        self._ends = {place: end for place, end in self._ends.items() if place in assigned}

    def _told(self, place: TopicPartition, end: int) -> int | tuple[int, str]:
        return (end, STOPPED) if place in self._stopped else end

    def _have_it_told(self) -> None:
        if self._telling is None or self._telling.done():
            self._telling = asyncio.ensure_future(self._tell_soon())

    async def _tell_soon(self) -> None:
        while self._ends:
            await asyncio.sleep(TELL_WITHIN)
            await self.tell()
