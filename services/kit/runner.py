"""Takes records to their end: handled, refused or parked; waits out what is not their fault."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from time import perf_counter
from typing import TypeVar

from services.kit import metrics
from services.kit.batch import Committed, commit
from services.kit.circuit import Circuit, TooMuchParked
from services.kit.faults import is_infrastructure, waits
from services.kit.health import Progress
from services.kit.logging import kind_of, logger
from services.kit.parking import Parked
from services.kit.records import Incoming, Record
from services.kit.runtime import Runtime
from services.kit.telemetry import SpanKind, span

T = TypeVar("T")
SLICE = 100
"""Records read before the event loop gets a turn: heartbeats share it."""
SLOW = 10.0
"""Seconds; a transaction that was lost after so long may never end in time unless it is smaller."""
log = logger("runner")


class Runner:
    """Handles batches of one service; `done` is told what each transaction left behind."""

    def __init__(
        self,
        runtime: Runtime,
        done: Callable[[Committed], None],
        circuit: Circuit | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._runtime = runtime
        self._done = done
        self._circuit = circuit or Circuit()
        self._progress = progress or Progress()
        self._name = runtime.service.name

    async def take(self, records: Sequence[Record]) -> int:
        """Take records to their end, in order; returns how many were new."""
        return await self.finish(await self.read(records))

    async def finish(self, items: Sequence[Incoming]) -> int:
        """Take what was read to its end, in order; returns how many were new."""
        taken = 0
        for part in _cut(items, self._runtime.service.batch):
            taken += await self.settle(part)
        return taken

    async def read(self, records: Sequence[Record]) -> list[Incoming]:
        """Decode records, letting others have a turn in between."""
        items: list[Incoming] = []
        for place, record in enumerate(records, 1):
            items.append(self._runtime.reader.read(record))
            if place % SLICE == 0:
                await asyncio.sleep(0)
        return items

    async def settle(self, items: Sequence[Incoming]) -> int:
        """One transaction; what fails of itself is halved until one message is left."""
        try:
            with span("process", SpanKind.CONSUMER, (i.envelope.traceparent for i in items)):
                committed = await self._patiently(lambda: self._commit(items), len(items))
                return self._finish(committed, len(items))
        except TooMuchParked:
            raise
        except Exception as fault:
            if len(items) == 1:
                return await self._park(items[0], fault)
            log.warning("batch_halved", messages=len(items), fault=kind_of(fault))
        middle = len(items) // 2
        return await self.settle(items[:middle]) + await self.settle(items[middle:])

    async def _commit(self, items: Sequence[Incoming], parked: Parked | None = None) -> Committed:
        if any(item.fault for item in items) or parked:
            self._circuit.check()
        begun = perf_counter()
        committed = await commit(self._runtime, items, parked)
        metrics.BATCH_SECONDS.labels(self._name).observe(perf_counter() - begun)
        return committed

    async def _park(self, item: Incoming, fault: Exception) -> int:
        parked = Parked(item, "failed", kind_of(fault))
        log.error(
            "message_parked",
            topic=item.record.topic,
            event_id=str(item.envelope.id),
            fault=kind_of(fault),
        )
        committed = await self._patiently(lambda: self._commit([item], parked), 1)
        return self._finish(committed, 1)

    async def _patiently(self, attempt: Callable[[], Awaitable[T]], messages: int) -> T:
        for wait in waits():
            begun = perf_counter()
            self._progress.begin()
            try:
                return await attempt()
            except Exception as fault:
                too_slow = messages > 1 and perf_counter() - begun > SLOW
                if too_slow or not is_infrastructure(fault):
                    raise
                log.warning("batch_waits", fault=kind_of(fault), seconds=round(wait, 2))
                metrics.RETRIED.labels(self._name).inc()
            finally:
                self._progress.end()
            await asyncio.sleep(wait)
        raise AssertionError("waits never end")

    def _finish(self, committed: Committed, records: int) -> int:
        heads = sum(1 for parked in committed.parked if not parked.behind)
        self._circuit.count(heads)
        metrics.PARKED.labels(self._name).inc(heads)
        metrics.TAKEN.labels(self._name).inc(committed.taken)
        metrics.REPEATED.labels(self._name).inc(records - committed.taken)
        metrics.SAID.labels(self._name).inc(committed.said)
        self._done(committed)
        return committed.taken


def _cut(items: Sequence[Incoming], most: int) -> Iterator[Sequence[Incoming]]:
    for start in range(0, len(items), most):
        yield items[start : start + most]
