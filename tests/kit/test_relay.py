"""The relay keeps order per key, waits out the broker, and lets one bad row cost one key."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from contracts.envelope import Envelope
from contracts.mash import ScreeningWithdrawn
from contracts.ops import OpsAlarm
from contracts.vocabulary import IncidentId, PersonId
from services.kit import outbox
from services.kit.batch import Committed
from services.kit.clock import SteeredClock
from services.kit.faults import is_infrastructure
from services.kit.outbox import Row
from services.kit.publisher import BrokerAway, Published, Publisher, partition_of
from services.kit.relay import Relay
from services.kit.runtime import Runtime
from services.kit.saying import Said
from services.kit.testing import make_topics
from services.ops.platform import Addresses
from tests.kit.trial import NOON

TOPIC = ScreeningWithdrawn.TOPIC
CAUSE = Envelope(uuid4(), "t", "s", NOON, "a/1", "k", uuid4())


@pytest.fixture
async def publisher(platform: Addresses, runtime: Runtime) -> AsyncIterator[Publisher]:
    await make_topics(platform.bootstrap, [TOPIC, OpsAlarm.TOPIC], partitions=2)
    found = Publisher(platform.bootstrap, "trial")
    yield found
    await found.stop()


async def say(runtime: Runtime, *said: Said) -> None:
    async with runtime.database.transaction(NOON) as transaction:
        await outbox.say(transaction, said)


def a_saying(runtime: Runtime, key: int, version: int, minutes: int | None = None) -> Said:
    event = ScreeningWithdrawn(
        incident_id=IncidentId(uuid4()),
        victim_id=PersonId(UUID(int=key)),
        area="rotherham",
        version=version,
    )
    at = None if minutes is None else NOON + timedelta(minutes=minutes)
    return runtime.voice.say(event, CAUSE, NOON, at)


async def on_topic(bootstrap: str) -> dict[bytes, list[int]]:
    """Versions by key, in the order of the partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    places = [TopicPartition(TOPIC, number) for number in range(2)]
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    ends = await consumer.end_offsets(places)
    found: dict[bytes, list[int]] = {}
    while any([await consumer.position(place) < ends[place] for place in places]):
        for records in (await consumer.getmany(timeout_ms=200)).values():
            for record in records:
                event = ScreeningWithdrawn.model_validate_json(record.value)
                found.setdefault(record.key, []).append(event.version)
    await consumer.stop()
    return found


async def left(runtime: Runtime) -> list[tuple[int, bool]]:
    rows = await runtime.database.fetch("SELECT seq, failed_at FROM kit.outbox ORDER BY seq")
    return [(row["seq"], row["failed_at"] is not None) for row in rows]


async def test_every_key_is_published_in_order_and_the_outbox_is_empty_after(
    runtime: Runtime, publisher: Publisher
) -> None:
    said = [a_saying(runtime, number % 7, number) for number in range(3000)]
    await say(runtime, *said)
    relay = Relay(runtime, publisher)
    assert await relay.cycle() is True
    assert await relay.cycle() is False
    found = await on_topic(runtime.settings.kafka)
    assert len(found) == 7
    assert all(versions == sorted(versions) for versions in found.values())
    assert sum(map(len, found.values())) == 3000
    assert await left(runtime) == []


async def test_a_timer_waits_for_its_time(runtime: Runtime, publisher: Publisher) -> None:
    await say(runtime, a_saying(runtime, 1, 1, minutes=5))
    relay = Relay(runtime, publisher)
    await relay.cycle()
    assert len(await left(runtime)) == 1
    assert isinstance(runtime.clock, SteeredClock)
    runtime.clock.step_to(NOON + timedelta(minutes=5))
    await relay.cycle()
    assert await left(runtime) == []


async def test_a_row_of_a_topic_that_the_broker_does_not_know_yet_waits_and_is_not_given_up(
    runtime: Runtime, publisher: Publisher
) -> None:
    topic = f"trial.{uuid4()}.v1"
    early, known = [
        Row(number, said.id, name, said.key, said.body, said.headers, None)
        for number, name in enumerate((topic, TOPIC))
        for said in [a_saying(runtime, number, 1)]
    ]
    told = await publisher.publish([early, known])
    assert (told.sent, told.refused) == ([known], [])
    await make_topics(runtime.settings.kafka, [topic], partitions=1)
    async with asyncio.timeout(30):
        while not (told := await publisher.publish([early])).sent:
            assert told.refused == []


async def test_a_row_the_broker_refuses_holds_its_key_and_no_other(
    runtime: Runtime, publisher: Publisher
) -> None:
    huge = a_saying(runtime, 1, 2)
    huge = Said(huge.id, huge.topic, huge.key, huge.body + b" " * 5_000_000, huge.headers)
    rest = [a_saying(runtime, 1, 3), a_saying(runtime, 2, 1)]
    await say(runtime, a_saying(runtime, 1, 1), huge, *rest)
    relay = Relay(runtime, publisher)
    await relay.cycle()
    await relay.cycle()
    found = await on_topic(runtime.settings.kafka)
    assert {key[-1:]: versions for key, versions in found.items()} == {b"1": [1], b"2": [1]}
    assert [failed for _, failed in await left(runtime)] == [True, False]
    [[notice]] = await runtime.database.fetch("SELECT message FROM kit.sendings")
    assert b"record refused" in notice
    assert len(await outbox.try_refused_again(runtime.database)) == 1
    assert [failed for _, failed in await left(runtime)] == [False, False]


async def test_an_alarm_about_a_record_that_the_broker_refused_is_told_like_any_other(
    runtime: Runtime, publisher: Publisher
) -> None:
    told: list[Committed] = []
    runtime.listeners.append(told.append)
    huge = a_saying(runtime, 1, 1)
    huge = Said(huge.id, huge.topic, huge.key, huge.body + b" " * 5_000_000, huge.headers)
    await say(runtime, huge)
    await Relay(runtime, publisher).cycle()
    [alarm] = [event for committed in told for event in committed.events]
    assert getattr(alarm, "to_role", None) == "platform"


async def test_a_large_record_goes_by_itself(runtime: Runtime, publisher: Publisher) -> None:
    large = a_saying(runtime, 1, 2)
    large = Said(large.id, large.topic, large.key, large.body + b" " * 3_000_000, large.headers)
    await say(runtime, a_saying(runtime, 1, 1), large, a_saying(runtime, 1, 3))
    await Relay(runtime, publisher).cycle()
    assert list((await on_topic(runtime.settings.kafka)).values()) == [[1, 2, 3]]


async def test_a_broker_that_is_away_loses_nothing(runtime: Runtime) -> None:
    await say(runtime, a_saying(runtime, 1, 1))
    nowhere = Publisher("127.0.0.1:1", "trial")
    with pytest.raises(BrokerAway):
        await Relay(runtime, nowhere).cycle()
    assert await left(runtime) == [(1, False)]
    assert not nowhere.alive


async def test_what_a_dead_relay_published_is_not_said_again(
    runtime: Runtime, publisher: Publisher
) -> None:
    await say(runtime, *(a_saying(runtime, number, 1) for number in range(100)))
    async with runtime.database.connection() as connection:
        rows = await outbox.due(connection, range(outbox.SHARDS), NOON, 60)
    await publisher.publish(rows)
    relay = Relay(runtime, publisher)
    await relay.cycle()
    await relay.stop()
    found = await on_topic(runtime.settings.kafka)
    assert sorted(map(len, found.values())) == [1] * 100
    assert await left(runtime) == []


async def test_a_relay_whose_ownership_broke_owns_again_and_loses_nothing(
    runtime: Runtime, publisher: Publisher
) -> None:
    relay = Relay(runtime, publisher)
    await say(runtime, a_saying(runtime, 1, 1))
    await relay.cycle()
    await runtime.database.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    )
    await say(runtime, a_saying(runtime, 1, 2))
    with pytest.raises(Exception) as broken:
        await relay.cycle()
    assert is_infrastructure(broken.value)
    await relay.cycle()
    await relay.stop()
    assert list((await on_topic(runtime.settings.kafka)).values()) == [[1, 2]]


class Cancelling(Publisher):
    """A client whose own inner task is cancelled while it closes, once."""

    times = 0

    async def publish(self, rows: Sequence[Row]) -> Published:
        """The first time nothing but a cancellation that nobody asked for."""
        self.times += 1
        if self.times == 1:
            raise asyncio.CancelledError
        return await super().publish(rows)


@pytest.mark.usefixtures("publisher")
async def test_a_cancellation_that_escapes_from_a_client_does_not_end_the_relay(
    runtime: Runtime,
) -> None:
    client = Cancelling(runtime.settings.kafka, "trial")
    relay = Relay(runtime, client)
    await say(runtime, a_saying(runtime, 1, 1))
    running = asyncio.ensure_future(relay.run())
    async with asyncio.timeout(30):
        while await left(runtime):
            assert not running.done()
            await asyncio.sleep(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await relay.stop()
    await client.stop()
    assert list((await on_topic(runtime.settings.kafka)).values()) == [[1]]


async def test_two_relays_share_the_work_without_doubles(
    runtime: Runtime, publisher: Publisher
) -> None:
    await say(runtime, *(a_saying(runtime, number, 1) for number in range(500)))
    other = Publisher(runtime.settings.kafka, "trial")
    relays = [Relay(runtime, publisher), Relay(runtime, other)]
    await asyncio.gather(*(relay.cycle() for relay in relays))
    assert await left(runtime) == []
    await say(runtime, *(a_saying(runtime, number, 1) for number in range(500, 600)))
    await relays[0].stop()
    await relays[1].cycle()
    await relays[1].stop()
    await other.stop()
    found = await on_topic(runtime.settings.kafka)
    assert sorted(map(len, found.values())) == [1] * 600


def test_a_key_goes_where_kafkas_own_clients_put_it() -> None:
    partitions = list(range(12))
    for number in range(200):
        key = str(number).encode()
        assert partition_of(key, 12) == DefaultPartitioner()(key, partitions, partitions)


def test_a_row_keeps_its_place() -> None:
    row = Row(1, uuid4(), "t", "k", b"", {}, None)
    assert row.place == ("t", "k")
