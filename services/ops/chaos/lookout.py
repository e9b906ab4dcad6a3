"""Looks at how far every service has come, again and again, while parts come and go."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.kit.catalogue import heard_by, read_catalogue
from services.kit.database import SESSION
from services.kit.faults import is_infrastructure
from services.ops.platform import SERVICES, Addresses
from services.ops.topics import places_of

LOOK_EVERY = 0.4
PATIENCE = 5.0
WAITING = """
SELECT (SELECT min(seq) FROM kit.outbox
        WHERE (deliver_at IS NULL OR deliver_at <= $1) AND failed_at IS NULL),
       (SELECT max(seq) FROM kit.outbox WHERE deliver_at IS NULL OR deliver_at <= $1),
       (SELECT count(*) FROM kit.sendings
        WHERE state IN ('waiting', 'claimed') AND due_at <= $1)
"""


@dataclass(frozen=True)
class Waiting:
    """What one service has not done yet."""

    unheard: Mapping[TopicPartition, tuple[int, int]]
    """Place taken and end, of each partition that it hears and that has an end."""
    first_unsaid: int | None
    last_unsaid: int
    unsent: int

    @property
    def nothing(self) -> bool:
        """Whether it has done all there is to do now."""
        return not self.behind and self.first_unsaid is None and not self.unsent

    @property
    def behind(self) -> dict[str, int]:
        """How many records of each topic it has not taken."""
        found: Counter[str] = Counter()
        for place, (taken, end) in self.unheard.items():
            found[place.topic] += end - taken
        return {topic: count for topic, count in found.items() if count}

    @property
    def words(self) -> str:
        """What waits, in words."""
        unsaid = "" if self.first_unsaid is None else "an outbox that is not empty, "
        return f"{unsaid}{self.unsent} mails, behind on {self.behind}"


@dataclass(frozen=True)
class View:
    """Every service at one moment."""

    at: float
    services: Mapping[str, Waiting]

    @property
    def quiet(self) -> bool:
        """Whether nothing is to be done anywhere."""
        return all(waiting.nothing for waiting in self.services.values())

    @property
    def still_to_do(self) -> list[str]:
        """By service: what waits there."""
        return [f"{name}: {each.words}" for name, each in self.services.items() if not each.nothing]

    def passed(self, service: str, before: "View") -> bool:
        """Whether a service has taken and said everything that stood there in an earlier view."""
        then, now = before.services[service], self.services[service]
        said = now.first_unsaid is None or now.first_unsaid > then.last_unsaid
        taken = (now.unheard[place][0] >= end for place, (_, end) in then.unheard.items())
        return said and all(taken)


@dataclass
class Lookout:
    """Views the run until it is cancelled; while the broker or a database is away it has none."""

    addresses: Addresses
    services: Sequence[str] = SERVICES
    view: View | None = None
    every: float = LOOK_EVERY
    """Seconds between two looks."""
    blinded_by: str | None = None
    """Why it last had no view."""
    _places: list[TopicPartition] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(self) -> None:
        """Look, and connect again where that failed."""
        catalogue = read_catalogue()
        heard = {name: set(heard_by(name, catalogue)) for name in self.services}
        while True:
            try:
                await self._look_on(heard)
            except Exception as fault:
                if not is_infrastructure(fault):
                    raise
                self.blinded_by = repr(fault)
            await asyncio.sleep(LOOK_EVERY)

    async def until(self, condition: Callable[[View], bool], within: float) -> View:
        """The first view from now that is as asked; TimeoutError where none is in time."""
        begun = time.monotonic()
        async with asyncio.timeout(within), self._changed:
            while self.view is None or self.view.at < begun or not condition(self.view):
                await self._changed.wait()
            return self.view

    async def until_quiet(self, within: float) -> None:
        """Return when nothing is to be done anywhere; TimeoutError where that is not in time."""
        try:
            async with asyncio.timeout(within):
                # What one view finds nowhere may have been on its way between two places.
                while not (await self._quiet_again(within)).quiet:
                    continue
        except TimeoutError:
            raise TimeoutError(self.still_to_do) from None

    @property
    def still_to_do(self) -> str:
        """What waits, or why that cannot be seen."""
        return "; ".join(self.view.still_to_do) if self.view else str(self.blinded_by)

    async def _quiet_again(self, within: float) -> View:
        await self.until(lambda view: view.quiet, within)
        return await self.until(lambda view: True, within)

    async def _look_on(self, heard: Mapping[str, set[str]]) -> None:
        async with contextlib.AsyncExitStack() as stack:
            admin = await _client(stack, AIOKafkaAdminClient, self.addresses.bootstrap)
            consumer = await _client(stack, AIOKafkaConsumer, self.addresses.bootstrap)
            self._places = await places_of(self.addresses.bootstrap, read_catalogue())
            # A consumer only knows the ends of partitions that it has; paused, it fetches nothing.
            consumer.assign(self._places)
            consumer.pause(*self._places)
            databases = {name: await self._connected(stack, name) for name in heard}
            while True:
                async with asyncio.timeout(PATIENCE):
                    view = await self._look(admin, consumer, databases, heard)
                async with self._changed:
                    self.view = view
                    self._changed.notify_all()
                await asyncio.sleep(self.every)

    async def _look(
        self, admin: Any, consumer: Any, databases: Mapping[str, Any], heard: Mapping[str, set[str]]
    ) -> View:
        at = time.monotonic()
        waiting = {
            name: await databases[name].fetchrow(WAITING, datetime.now(UTC)) for name in heard
        }
        taken = {name: await admin.list_consumer_group_offsets(name) for name in heard}
        ends = await consumer.end_offsets(self._places)
        return View(
            at,
            {
                name: Waiting(
                    _unheard(taken[name], ends, topics), row[0], row[1] or 0, unsent=row[2]
                )
                for (name, topics), row in zip(heard.items(), waiting.values(), strict=True)
            },
        )

    async def _connected(self, stack: contextlib.AsyncExitStack, name: str) -> Any:
        connection = await asyncpg.connect(
            self.addresses.dsn(name), timeout=PATIENCE, server_settings=SESSION
        )
        stack.callback(connection.terminate)
        return connection


async def _client(stack: contextlib.AsyncExitStack, kind: Any, bootstrap: str) -> Any:
    client = kind(bootstrap_servers=bootstrap, request_timeout_ms=int(PATIENCE * 1000))
    stack.push_async_callback(_closed, client)
    async with asyncio.timeout(PATIENCE):
        await client.start()
    return client


async def _closed(client: Any) -> None:
    with contextlib.suppress(KafkaError, OSError, asyncio.TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await (client.stop() if isinstance(client, AIOKafkaConsumer) else client.close())


def _unheard(
    taken: Mapping[TopicPartition, Any], ends: Mapping[TopicPartition, int], topics: set[str]
) -> dict[TopicPartition, tuple[int, int]]:
    return {
        place: (max(taken[place].offset, 0) if place in taken else 0, end)
        for place, end in ends.items()
        if place.topic in topics and end
    }
