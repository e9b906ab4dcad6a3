"""The service as a process runs it: real groups, relay, dispatcher, health; wall clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from contracts.mash import ScreeningDue
from services.kit.offsets import STOPPED
from services.kit.progress import NOTHING, heard_until, parked_keys
from services.kit.records import KeptRecord
from services.kit.running import serving
from services.kit.runtime import Runtime
from services.kit.settings import Settings
from services.kit.subscriptions import announces, subscriptions
from services.kit.testing import a_record, make_topics
from services.ops.platform import Addresses
from services.ops.platform.addresses import free_ports
from services.ops.platform.mail import KeptMail, MailSink, mail_sink
from tests.kit.trial import (
    ALARMING,
    POISON,
    TRIAL,
    a_cancellation,
    incident,
    make_tables,
    trail,
)

ALARM = "ops.alarm-raised.v1"
CANCELLED = "police.incident-cancelled.v1"
WITHDRAWN = "mash.screening-withdrawn.v1"
PARTITIONS = 3


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it is so; the test's own timeout bounds it."""
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


class Scene:
    """The broker, the mail sink, and a way to speak."""

    def __init__(self, settings: Settings, producer: AIOKafkaProducer, sink: MailSink) -> None:
        self.settings = settings
        self.sink = sink
        self._producer = producer

    async def say(self, *records: KeptRecord) -> None:
        for record in records:
            await self._producer.send(
                record.topic, record.value, key=record.key, headers=list(record.headers)
            )
        await self._producer.flush()

    async def cancel(self, number: int, revision: int = 1) -> None:
        at = datetime.now(UTC)
        await self.say(a_record(a_cancellation(number, revision), at=at, trail=trail(number)))

    async def published(self, topic: str) -> list[KeptRecord]:
        """Everything on a topic now, in the order of each partition."""
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=self.settings.kafka,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            found: list[KeptRecord] = []
            while len(found) < sum(ends.values()):
                for lot in (await consumer.getmany(timeout_ms=500)).values():
                    found += lot
            return found
        finally:
            await consumer.stop()


@pytest.fixture
async def scene(
    trial_settings: Settings, platform: Addresses, tmp_path: Path
) -> AsyncIterator[Scene]:
    topics = subscriptions(TRIAL) | {kind.TOPIC for kind in announces(TRIAL)}
    await make_topics(platform.bootstrap, topics, PARTITIONS)
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(mail_sink(tmp_path))
        producer = AIOKafkaProducer(bootstrap_servers=platform.bootstrap)
        await producer.start()
        stack.push_async_callback(producer.stop)
        yield Scene(trial_settings.model_copy(update={"smtp_port": sink.port}), producer, sink)


async def counted(runtime: Runtime) -> int:
    [[total]] = await runtime.database.fetch("SELECT coalesce(sum(count), 0) FROM tallies")
    return int(total)


async def empty(runtime: Runtime) -> bool:
    [[rows]] = await runtime.database.fetch(
        "SELECT count(*) FROM kit.outbox WHERE deliver_at IS NULL"
    )
    return bool(rows == 0)


async def done(scene: Scene) -> int:
    """How many records the broker knows to be done by the service."""
    admin = AIOKafkaAdminClient(bootstrap_servers=scene.settings.kafka)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(TRIAL.name)
        return sum(each.offset for each in offsets.values() if each.offset > 0)
    finally:
        await admin.close()


async def test_what_is_heard_is_handled_and_what_is_said_is_published(scene: Scene) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        for number in range(50):
            await scene.cancel(number)
        await until(lambda: _is(counted(runtime), 50))
        await until(lambda: empty(runtime))
        assert len(await scene.published(WITHDRAWN)) == 50


async def test_the_broker_is_told_what_is_done_soon_and_at_the_latest_when_a_member_leaves(
    scene: Scene,
) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        for number in range(20):
            await scene.cancel(number)
        await until(lambda: _is(done(scene), 20))
        for number in range(20, 25):
            await scene.cancel(number)
        await until(lambda: _is(counted(runtime), 25))
    assert await done(scene) == 25


async def test_a_key_is_published_in_the_order_it_was_said(scene: Scene) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        for revision in range(1, 41):
            await scene.cancel(revision % 4, revision)
        await until(lambda: _is(counted(runtime), 40))
        await until(lambda: empty(runtime))
    by_key: dict[bytes | None, list[int]] = {}
    for record in await scene.published(WITHDRAWN):
        version = int((record.value or b"").split(b'"version":')[1].split(b",")[0].rstrip(b"}"))
        by_key.setdefault(record.key, []).append(version)
    assert len(by_key) == 4
    assert all(versions == sorted(versions) for versions in by_key.values())


async def test_two_members_share_the_work_and_a_rebalance_loses_nothing(scene: Scene) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(serving(TRIAL, scene.settings))
        await make_tables(first.database)
        for number in range(100):
            await scene.cancel(number)
        async with serving(TRIAL, scene.settings):
            for number in range(100, 200):
                await scene.cancel(number)
            await until(lambda: _at_least(counted(first), 150))
        for number in range(200, 250):
            await scene.cancel(number)
        await until(lambda: _at_least(counted(first), 250))
        await until(lambda: empty(first))
        assert await counted(first) == 250
    ids = [dict(record.headers)["ce_causationid"] for record in await scene.published(WITHDRAWN)]
    assert len(ids) == len(set(ids)) == 250


async def test_a_null_header_and_a_tombstone_kill_no_batch(scene: Scene) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        await scene.cancel(1)
        await scene.say(
            KeptRecord(CANCELLED, b"a", b"{}", [("ce_id", None)], 0),
            KeptRecord(CANCELLED, b"b", None, [("ce_type", b"\xff")], 0),
            KeptRecord(CANCELLED, None, b"\x00", [], 0),
        )
        await scene.cancel(2)
        await until(lambda: _is(counted(runtime), 2))
        [[parked]] = await runtime.database.fetch("SELECT count(*) FROM kit.parked")
        assert parked == 3


async def test_a_timer_is_published_when_its_time_comes(scene: Scene) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        await scene.cancel(1)
        await until(lambda: _is(counted(runtime), 1))
        assert await scene.published(ScreeningDue.TOPIC) == []
        past = datetime.now(UTC) - timedelta(seconds=1)
        await runtime.database.fetch("UPDATE kit.outbox SET deliver_at = $1", past)
        rows = "SELECT last_revision FROM tallies"
        await until(lambda: _is(_value(runtime, rows), -1))


async def test_how_far_a_watched_topic_was_heard_is_known_to_every_member(scene: Scene) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        await scene.cancel(1)
        await scene.cancel(2, POISON)
        said_at = datetime.now(UTC)

        async def heard() -> bool:
            async with runtime.database.transaction(said_at) as transaction:
                return await heard_until(transaction, CANCELLED) > said_at

        await until(heard)
        async with runtime.database.transaction(said_at) as transaction:
            keys = [str(incident(number)) for number in (1, 2, 3)]
            assert await parked_keys(transaction, CANCELLED, keys) == {str(incident(2))}
            assert await heard_until(transaction, WITHDRAWN) == NOTHING


async def test_a_database_that_throws_everybody_out_is_waited_for(scene: Scene) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        for number in range(30):
            await scene.cancel(number)
            if number % 10 == 5:
                await thrown_out(scene.settings)
        await until(lambda: _is(counted(runtime), 30))
        await until(lambda: empty(runtime))
        [[parked]] = await runtime.database.fetch("SELECT count(*) FROM kit.parked")
        assert parked == 0


async def thrown_out(settings: Settings) -> None:
    """End every session of the service's database but this one."""
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_an_alarm_reaches_its_desk_by_mail(scene: Scene) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        await scene.cancel(1, ALARMING)
        await until(lambda: _is(_later(lambda: len(scene.sink.mails())), 1))
    [mail] = scene.sink.mails()
    assert mail.headers["To"] == "mash@rotherham.invalid"


async def test_too_much_parking_stops_the_consumer_and_says_so(scene: Scene) -> None:
    [port] = free_ports(1)
    settings = scene.settings.model_copy(update={"port": port})
    async with serving(TRIAL, settings) as runtime, httpx.AsyncClient() as client:
        await make_tables(runtime.database)
        for number in range(40):
            await scene.cancel(number, POISON)

        async def stopped() -> bool:
            answer = await client.get(f"http://127.0.0.1:{port}/ready")
            return answer.status_code == 503 and answer.json()["consuming"] is False

        await until(stopped)
        live = await client.get(f"http://127.0.0.1:{port}/live")
        assert live.status_code == 200
        [[parked]] = await runtime.database.fetch("SELECT count(*) FROM kit.parked")
        assert parked == 20
        counters = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        assert 'onward_consumer_stopped{service="trial"} 1.0' in counters


async def test_a_consumer_that_stops_by_itself_tells_the_platforms_desk_once(scene: Scene) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        for number in range(40):
            await scene.cancel(number, POISON)
        await until(lambda: _is(_later(lambda: len(stops(scene.sink))), 1))
        [mail] = stops(scene.sink)
        assert mail.headers["To"] == "platform@platform.invalid"
        text = mail.content.decode()
        assert "trial has stopped by itself: 20 messages parked within 60 s" in text
        assert "See: onward lag" in text
        await until(lambda: _at_least(_stopped_places(scene), 1))
        [alarm] = [
            r for r in await scene.published(ALARM) if b"consumer_stopped" in (r.value or b"")
        ]
        assert (alarm.key, dict(alarm.headers)["ce_subject"]) == (b"trial", b"trial")


async def test_what_goes_on_where_it_stopped_is_no_longer_told_to_have_stopped(
    scene: Scene,
) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        for number in range(22):
            await scene.cancel(number, POISON)
        await until(lambda: _at_least(_stopped_places(scene), 1))
    async with serving(TRIAL, scene.settings):
        await until(lambda: _is(_stopped_places(scene), 0))


def stops(sink: MailSink) -> list[KeptMail]:
    """What the platform's desk was told of consumers that stopped."""
    return [m for m in sink.mails() if m.headers["Subject"] == "Onward: consumer stopped"]


async def _stopped_places(scene: Scene) -> int:
    """At how many places the service's group is marked as stopped."""
    admin = AIOKafkaAdminClient(bootstrap_servers=scene.settings.kafka)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(TRIAL.name)
        return sum(each.metadata == STOPPED for each in offsets.values())
    finally:
        await admin.close()


async def test_a_stopped_service_takes_up_where_it_left_off(scene: Scene) -> None:
    async with serving(TRIAL, scene.settings) as runtime:
        await make_tables(runtime.database)
        await scene.cancel(1)
        await until(lambda: _is(counted(runtime), 1))
    await scene.cancel(2)
    async with serving(TRIAL, scene.settings) as runtime:
        await until(lambda: _is(counted(runtime), 2))
        [[inbox]] = await runtime.database.fetch("SELECT count(*) FROM kit.inbox")
        assert inbox == 2


async def test_ready_says_so_once_it_has_partitions(scene: Scene) -> None:
    [port] = free_ports(1)
    settings = scene.settings.model_copy(update={"port": port})
    async with serving(TRIAL, settings), httpx.AsyncClient() as client:

        async def ready() -> bool:
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/ready")
            except httpx.ConnectError:
                return False
            return answer.status_code == 200

        await until(ready)


async def _is(value: Awaitable[object], expected: object) -> bool:
    return await value == expected


async def _at_least(value: Awaitable[int], expected: int) -> bool:
    return await value >= expected


async def _later(value: Callable[[], int]) -> int:
    return value()


async def _value(runtime: Runtime, sql: str) -> object:
    return (await runtime.database.fetch(sql))[0][0]
