"""One service hosted in-process under a steered clock, for demo, replay and journeys.

How a controller uses it (topics have one partition each and exist; a station is always steered):

    station = Station(service, settings)       # settings: kafka, database_url, smtp_*, area_dir,
    await station.start()                      # keyring_file; start migrates the database
    ends: dict[str, int] = {}                  # log end offsets by topic, as far as known
    handled = await station.intake(ends)       # everything it hears up to these offsets
    ends.update(await station.publish(until))  # outbox rows due by `until` -> new log end offsets
    sent = await station.dispatch(until)       # mails due by `until`; answers wait in the outbox
    due = await station.next_due()             # earliest timer or mail still to come, or None
    station.parked, await station.undelivered(until)     # counts
    await station.stop()

A step: for each service in the order of the flow: intake, publish, dispatch, publish (answers);
repeat the round while any of these reported something; then step to `min(next_due, next input)`.
A station that has nothing to do returns at once without touching broker or database.
"""

import heapq
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from services.kit import outbox, progress, sendings
from services.kit.batch import Committed
from services.kit.clock import SteeredClock
from services.kit.dispatch import Dispatcher, Lot
from services.kit.migrations import migrate
from services.kit.publisher import Publisher
from services.kit.relay import forget, keep_refused, publish
from services.kit.runner import Runner
from services.kit.runtime import Runtime, open_runtime
from services.kit.service import Service
from services.kit.settings import Settings
from services.kit.station_intake import Intake

SHARDS = list(range(outbox.SHARDS))
LOT = 1000
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Due:
    """Times at which something will be due, remembered so that nobody has to ask."""

    def __init__(self) -> None:
        self._times: list[datetime] = []

    def add(self, time: datetime) -> None:
        """Something is due then."""
        heapq.heappush(self._times, time)

    @property
    def next(self) -> datetime | None:
        """The earliest."""
        return self._times[0] if self._times else None

    def has(self, until: datetime) -> bool:
        """Whether something is due by then."""
        return bool(self._times) and self._times[0] <= until

    def passed(self, until: datetime) -> None:
        """Forget what was due by then."""
        while self.has(until):
            heapq.heappop(self._times)


class Station:
    """A service between its topics, its database and the mail server, one step at a time."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.clock = SteeredClock()
        self.parked = 0
        self._said = False
        self._timers = Due()
        self._sendings = Due()

    @property
    def runtime(self) -> Runtime:
        """What its parts share; there once it has started."""
        return self._runtime

    async def start(self) -> None:
        """Migrate, connect, and find out what an earlier life left behind."""
        await migrate(self.settings.database_of(self.service.name), self.service.name)
        self._runtime = await open_runtime(self.service, self.settings, self.clock)
        self._publisher = Publisher(self.settings.kafka, self.service.name)
        self._runner = Runner(self._runtime, self._runtime.tell)
        self._intake = Intake(self._runtime, self._runner)
        self._runtime.listeners.append(self._committed)
        self._dispatcher = Dispatcher(self._runtime)
        watched = {(topic, 0): progress.ALL_OF_IT for topic in self.service.watches}
        await progress.note(self._runtime.database, watched)
        await self._intake.start()
        await self._remember()

    async def stop(self) -> None:
        """Commit what was read and let go of everything."""
        await self._intake.stop()
        await self._publisher.stop()
        await self._dispatcher.stop()
        await self._runtime.database.close()

    async def intake(self, ends: Mapping[str, int]) -> int:
        """Take every record up to these log end offsets to its end; returns how many there were."""
        return await self._intake.up_to(ends)

    async def publish(self, until: datetime) -> dict[str, int]:
        """Publish what is due by then; returns the log end offset of each topic said on."""
        self.clock.step_to(until)
        ends: dict[str, int] = {}
        while self._said or self._timers.has(until):
            ends |= await self._publish(until)
        return ends

    async def dispatch(self, until: datetime) -> int:
        """Send what is due by then, each at its own time; returns how many came to an end."""
        self.clock.step_to(until)
        ended = 0
        while self._sendings.has(until):
            for gateway in self._dispatcher.gateways:
                ended += await self._dispatch(gateway, until)
            await self._remember_sendings(until)
        return ended

    async def next_due(self) -> datetime | None:
        """The earliest timer or sending that is still to come."""
        times = [time for time in (self._timers.next, self._sendings.next) if time is not None]
        return min(times, default=None)

    async def undelivered(self, until: datetime) -> int:
        """Outbox rows and sendings that should be gone by then."""
        [[rows]] = await self._runtime.database.fetch(outbox.DUE_COUNT, until)
        [[letters]] = await self._runtime.database.fetch(sendings.OPEN_COUNT, until)
        return int(rows) + int(letters)

    async def _publish(self, until: datetime) -> dict[str, int]:
        async with self._runtime.database.connection() as connection:
            rows = await outbox.due(connection, SHARDS, until, LOT)
            if not rows:
                self._said = False
                self._timers.passed(until)
                return {}
            published = await publish(self._publisher, rows)
            await forget(connection, published)
            await keep_refused(connection, published.refused, until)
        self._said = len(rows) >= LOT
        if not self._said:
            self._timers.passed(until)
        return {topic: end for (topic, _), end in published.ends.items()}

    async def _dispatch(self, gateway: str, until: datetime) -> int:
        lease, lot = uuid4(), Lot()
        claimed = await sendings.claim(self._runtime.database, lease, gateway, LOT, until)
        for each in claimed:
            await self._dispatcher.hand_over(each, each.try_at, lot)
        if claimed:
            await self._dispatcher.keep(lease, lot)
        return len(lot.ended)

    def _committed(self, committed: Committed) -> None:
        self._said = self._said or committed.said + committed.answered > 0
        self.parked += len(committed.parked)
        for time in committed.timers:
            self._timers.add(time)
        for time in committed.sendings:
            self._sendings.add(time)

    async def _remember(self) -> None:
        [[said]] = await self._runtime.database.fetch(outbox.DUE_COUNT, BEGINNING)
        self._said = said > 0
        [[self.parked]] = await self._runtime.database.fetch("SELECT count(*) FROM kit.parked")
        timers = await self._runtime.database.fetch(
            "SELECT deliver_at FROM kit.outbox WHERE deliver_at IS NOT NULL"
        )
        for [time] in timers:
            self._timers.add(time)
        await self._remember_sendings(BEGINNING)

    async def _remember_sendings(self, after: datetime) -> None:
        self._sendings.passed(after)
        [[time]] = await self._runtime.database.fetch(sendings.NEXT)
        if time is not None:
            self._sendings.add(time)
