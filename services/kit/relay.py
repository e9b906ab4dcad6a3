"""Publishes the outbox: one owner a shard, by row state, deleting what the broker acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from services.kit import metrics, outbox
from services.kit.batch import Answers, Committed, committed, write
from services.kit.faults import is_infrastructure, waits
from services.kit.logging import kind_of, logger
from services.kit.outbox import Row
from services.kit.ownership import Ownership
from services.kit.pacing import LOT, pace_of
from services.kit.paging import cause_of, refused_alarm
from services.kit.publisher import BrokerAway, Published, Publisher
from services.kit.runtime import Runtime
from services.kit.saying import URGENT
from services.kit.standing import standing
from services.kit.telemetry import SpanKind, span
from services.kit.waking import Bell

LIMIT = 2000
POLL = 0.2
CYCLE_WITHIN = 60.0
"""Each wait within a cycle has a shorter bound; a library that forgets its own stops nothing."""
ANYTHING = """
SELECT EXISTS (SELECT 1 FROM kit.outbox WHERE deliver_at IS NULL AND failed_at IS NULL)
    OR EXISTS (SELECT 1 FROM kit.outbox WHERE deliver_at <= $1 AND failed_at IS NULL)
"""
ReadBack = Callable[[str, Sequence[Row]], Awaitable[set[str]]]
"""Tells which rows stand at the end of their topic already."""
log = logger("relay")


class Relay:
    """Publishes what a service said; woken by its own process, else it looks now and then."""

    def __init__(
        self, runtime: Runtime, publisher: Publisher, read_back: ReadBack = standing
    ) -> None:
        self._runtime = runtime
        self._publisher = publisher
        self._read_back = read_back
        self._bell = Bell()
        self._owned = Ownership(runtime.database)
        self._pace = pace_of(runtime, self.wake)
        self.failing = False
        """Whether the last attempt failed."""

    def wake(self) -> None:
        """There may be something to publish."""
        self._bell.ring()

    def told(self, committed: Committed) -> None:
        """Publish at once what was said; timers and answers go when it looks."""
        if committed.said:
            self.wake()

    async def run(self) -> None:
        """Publish for ever; what fails is tried again after a wait."""
        pauses, told = waits(), False
        while True:
            try:
                async with asyncio.timeout(CYCLE_WITHIN):
                    told = await self.cycle(told=told)
                pauses, self.failing = waits(), False
            except (Exception, asyncio.CancelledError) as fault:
                if _told_to_stop(fault):
                    raise
                self.failing = True
                if not (is_infrastructure(fault) or isinstance(fault, BrokerAway)):
                    log.error("relay_failed", fault=kind_of(fault))
                await asyncio.sleep(next(pauses))
                continue
            told = told or await self._bell.rings_within(POLL)

    async def cycle(self, *, told: bool = False) -> bool:
        """Publish one lot; True where a full lot says that more may wait.

        Unless it was told that something waits, it looks first, which is cheaper.
        """
        now = self._runtime.clock.now()
        anything = told or (await self._runtime.database.fetch(ANYTHING, now))[0][0]
        shards = await self._owned.shards() if anything or self._owned.stale else []
        if not shards or not anything:
            return False
        room, gone = self._room(), 0
        # Each of these statements commits by itself: the rows are this owner's alone.
        async with self._runtime.database.connection() as connection:
            rows = await outbox.due(connection, shards, now, LIMIT, room)
            if rows:
                published = await self._publish(rows)
                gone = len(published.sent) + len(published.refused)
                await forget(connection, published)
                await self._keep_refused(published.refused, now)
                self._count(published)
        self._owned.sure()
        return self._more(rows, room) and gone > 0

    def _room(self) -> int:
        if self._pace is None:
            return LIMIT
        # What an earlier owner left half published is looked for in a lot at least as large.
        return LOT if self._owned.unsure else self._pace.room()

    def _more(self, rows: Sequence[Row], room: int) -> bool:
        routine = sum(row.lane != URGENT for row in rows if row.deliver_at is None)
        if self._pace is not None:
            self._pace.went(routine, room)
        return len(rows) - routine >= LIMIT or routine >= room > 0

    async def _publish(self, rows: Sequence[Row]) -> Published:
        said: set[str] = set()
        if self._owned.unsure:
            said = await self._read_back(self._runtime.settings.kafka, rows)
        self._owned.doubt()
        published = await publish(self._publisher, [r for r in rows if str(r.id) not in said])
        published.sent += [row for row in rows if str(row.id) in said]
        return published

    async def stop(self) -> None:
        """Let another relay have the shards."""
        await self._owned.let_go()
        if self._pace is not None:
            await self._pace.stop()

    async def _keep_refused(self, refused: Sequence[Row], now: datetime) -> None:
        if not refused:
            return
        answers = Answers(self._runtime)
        for row in refused:
            alarm = refused_alarm(self._runtime, row)
            if alarm is not None:
                answers.add(alarm, cause_of(row, now), now)
        async with self._runtime.database.transaction(now) as transaction:
            await keep_refused(transaction, refused, now)
            await write(transaction, answers)
        self._runtime.tell(committed(0, answers))

    def _count(self, published: Published) -> None:
        name = self._runtime.service.name
        metrics.PUBLISHED.labels(name).inc(len(published.sent))
        for row in published.refused:
            metrics.REFUSED.labels(name).inc()
            log.error("record_refused", topic=row.topic, event_id=str(row.id), size=len(row.body))


def _told_to_stop(fault: BaseException) -> bool:
    """Whether it was we who were cancelled; a client that closes may let its own task's out."""
    task = asyncio.current_task()
    return isinstance(fault, asyncio.CancelledError) and bool(task and task.cancelling())


async def publish(publisher: Publisher, rows: Sequence[Row]) -> Published:
    """Send rows in a span that links to where each was made."""
    with span("send", SpanKind.PRODUCER, (row.headers.get("traceparent") for row in rows)):
        return await publisher.publish(rows)


async def forget(connection: Any, published: Published) -> None:
    """Remove what was acknowledged."""
    if published.sent:
        await connection.execute(outbox.REMOVE, [row.seq for row in published.sent])


async def keep_refused(connection: Any, refused: Sequence[Row], now: datetime) -> None:
    """Keep what was refused, so that its key waits."""
    if refused:
        await connection.execute(outbox.FAIL, [row.seq for row in refused], now)
