"""What is urgent passes a backlog; the backlog waits until those who hear it can take more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.envelope import Envelope, Event
from contracts.mash import ScreeningWithdrawn
from contracts.ops import OpsAlarm
from contracts.vocabulary import IncidentId, PersonId
from services.kit import outbox, pacing
from services.kit.lag import Ahead, Lag
from services.kit.outbox import Row
from services.kit.pacing import AT_LEAST, LOT, Hearer, Pace
from services.kit.publisher import Publisher
from services.kit.relay import Relay
from services.kit.runtime import Runtime
from services.kit.saying import ROUTINE, URGENT, Said
from services.kit.service import Lanes
from services.kit.testing import make_topics
from services.ops.platform import Addresses
from tests.kit.trial import NOON, TRIAL

TOPIC = ScreeningWithdrawn.TOPIC
CAUSE = Envelope(uuid4(), "t", "s", NOON, "a/1", "k", uuid4())
FIRST = 1_000
"""Versions from here on are urgent."""


def is_urgent(event: Event) -> bool:
    return isinstance(event, ScreeningWithdrawn) and event.version >= FIRST


@pytest.fixture
async def laned(platform: Addresses, runtime: Runtime) -> Runtime:
    """The trial service with lanes, in the place of the one whose topic it says."""
    await make_topics(platform.bootstrap, [TOPIC, OpsAlarm.TOPIC], partitions=1)
    await heard(platform.bootstrap, "idva_allocation", 0)
    lanes = Lanes(is_urgent, onlookers=frozenset({"ops"}))
    service = replace(TRIAL, name="mash_screening", speaker="mash", lanes=lanes)
    runtime.voice._urgent = is_urgent
    return replace(runtime, service=service)


@pytest.fixture
async def relay(platform: Addresses, laned: Runtime) -> AsyncIterator[Relay]:
    publisher = Publisher(platform.bootstrap, "trial")
    relay = Relay(laned, publisher)
    await relay.cycle()
    yield relay
    await relay.stop()
    await publisher.stop()


def a_saying(runtime: Runtime, key: int, version: int) -> Said:
    event = ScreeningWithdrawn(
        incident_id=IncidentId(uuid4()),
        victim_id=PersonId(UUID(int=key)),
        area="rotherham",
        version=version,
    )
    return runtime.voice.say(event, CAUSE, NOON)


async def say(runtime: Runtime, *said: Said) -> None:
    async with runtime.database.transaction(NOON) as transaction:
        await outbox.say(transaction, said)


async def due(runtime: Runtime, routine: int = 1000) -> list[Row]:
    async with runtime.database.connection() as connection:
        return await outbox.due(connection, range(outbox.SHARDS), NOON, 1000, routine)


async def on_topic(bootstrap: str) -> list[int]:
    """The versions in the order of the partition."""
    place = TopicPartition(TOPIC, 0)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer:
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end = (await consumer.end_offsets([place]))[place]
        found: list[int] = []
        while await consumer.position(place) < end:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [ScreeningWithdrawn.model_validate_json(r.value).version for r in records]
    return found


async def still_waiting(runtime: Runtime) -> int:
    [[waiting]] = await runtime.database.fetch("SELECT count(*) FROM kit.outbox")
    return int(waiting)


async def until(relay: Relay, runtime: Runtime, enough: Callable[[int], bool]) -> None:
    """Publish until so few wait, and once more: whatever may go has gone."""
    async with asyncio.timeout(30):
        while not enough(await still_waiting(runtime)):
            await relay.cycle()
    await relay.cycle()


async def heard(bootstrap: str, group: str, records: int) -> None:
    """As if a group had taken so many records."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False
    )
    async with consumer:
        consumer.assign([TopicPartition(TOPIC, 0)])
        await consumer.commit({TopicPartition(TOPIC, 0): records})


async def test_what_is_urgent_is_read_first(laned: Runtime) -> None:
    await say(laned, *(a_saying(laned, key, key) for key in range(1, 5)))
    await say(laned, a_saying(laned, 9, FIRST))
    found = [(row.lane, row.key) for row in await due(laned)]
    assert [lane for lane, _ in found] == [URGENT] + [ROUTINE] * 4
    assert found[0][1] == str(UUID(int=9))


async def test_what_is_urgent_takes_along_what_waits_of_its_key_in_order(laned: Runtime) -> None:
    await say(laned, *(a_saying(laned, key, 1) for key in (1, 2, 3)), a_saying(laned, 2, 2))
    await say(laned, a_saying(laned, 2, 3), a_saying(laned, 2, FIRST), a_saying(laned, 2, 4))
    rows = [row for row in await due(laned) if row.key == str(UUID(int=2))]
    versions = [ScreeningWithdrawn.model_validate_json(row.body).version for row in rows]
    assert versions == [1, 2, 3, FIRST, 4]
    assert [row.lane for row in await due(laned)] == [URGENT] * 5 + [ROUTINE] * 2


async def test_a_row_that_was_refused_stays_before_what_is_urgent_of_its_key(
    laned: Runtime,
) -> None:
    await say(laned, a_saying(laned, 1, 1), a_saying(laned, 1, 2))
    await laned.database.fetch(outbox.FAIL, [1], NOON)
    await say(laned, a_saying(laned, 1, FIRST))
    assert await due(laned) == []
    await outbox.try_refused_again(laned.database)
    versions = [ScreeningWithdrawn.model_validate_json(r.body).version for r in await due(laned)]
    assert versions == [1, 2, FIRST]


async def test_rows_of_a_release_that_knows_no_lanes_are_routine(laned: Runtime) -> None:
    await laned.database.fetch(
        "INSERT INTO kit.outbox (id, aggregatetype, aggregateid, type, payload, headers, shard) "
        "VALUES (gen_random_uuid(), 't', 'k', 't', '', '{}', 0)"
    )
    assert [row.lane for row in await due(laned)] == [ROUTINE]


async def test_a_backlog_waits_for_its_hearers_and_what_is_urgent_does_not(
    laned: Runtime, relay: Relay
) -> None:
    both = 4 * LOT
    await say(laned, *(a_saying(laned, key, 1) for key in range(both)))
    await until(relay, laned, lambda waiting: waiting <= both - LOT)
    let_go = both - await still_waiting(laned)
    await say(laned, a_saying(laned, 9_999, FIRST))
    await until(relay, laned, lambda waiting: waiting <= both - let_go)
    assert (await on_topic(laned.settings.kafka))[let_go:] == [FIRST]
    for group in ("idva_allocation", "victim_contact"):
        await heard(laned.settings.kafka, group, let_go + 1)
    await until(relay, laned, lambda waiting: waiting < both - let_go)


async def test_nothing_waits_where_nobody_says_how_far_the_hearers_are() -> None:
    answered = asyncio.Event()
    pace = Pace("trial", Lag("127.0.0.1:1", {"somebody": ["t"]}), 0.5, answered.set)
    assert pace.room() == LOT
    pace.went(LOT, LOT)
    assert pace.room() == 0
    async with asyncio.timeout(10):
        await answered.wait()
    assert pace.room() == LOT


class Told(Lag):
    """Says what it was told to say, and counts how often it was asked."""

    def __init__(self, waiting: int) -> None:
        super().__init__("nowhere", {})
        self.waiting, self.asked = waiting, 0

    async def ask(self) -> dict[str, Ahead]:
        """The groups as the test wants them."""
        self.asked += 1
        return {"somebody": Ahead(0, self.waiting)}


async def test_nobody_is_asked_where_no_backlog_waits() -> None:
    told = Told(waiting=1_000_000)
    pace = Pace("trial", told, 0.5, asyncio.Event().set)
    for _ in range(10):
        assert pace.room() == LOT
        pace.went(LOT - 1, LOT)
    assert told.asked == 0


async def test_no_seconds_let_everything_go() -> None:
    told = Told(waiting=1_000_000)
    pace = Pace("trial", told, 0, asyncio.Event().set)
    pace.went(LOT, LOT)
    assert pace.room() == LOT
    assert told.asked == 0


def test_a_group_may_have_before_it_what_it_took_in_the_last_seconds() -> None:
    hearer = Hearer(seconds=1.0)
    taken = (0, 50, 100, 200, 200, 200, 200, 200)
    rooms = [hearer.room(Ahead(each, 10), float(now)) for now, each in enumerate(taken)]
    assert rooms == [10, 40, 40, 57, 40, 23, 10, 10]


def test_a_group_that_stands_still_holds_nobody_up_until_it_moves_again() -> None:
    hearer, still = Hearer(seconds=1.0), pacing.STANDS_STILL
    assert hearer.room(Ahead(7, 500), 0.0) == hearer.room(Ahead(7, 500), still) == AT_LEAST - 500
    assert hearer.room(Ahead(7, 500), still + 1) is None
    assert hearer.room(Ahead(8, 499), still + 2) == AT_LEAST - 499


def test_a_group_that_had_nothing_to_do_did_not_stand_still() -> None:
    hearer, later = Hearer(seconds=1.0), pacing.STANDS_STILL + 1
    assert hearer.room(Ahead(7, 0), 0.0) == AT_LEAST
    assert hearer.room(Ahead(7, 500), later) == AT_LEAST - 500
