"""A station takes a service through time, a step at a time, and costs nothing when idle."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from aiokafka import AIOKafkaProducer

from services.kit.progress import heard_until
from services.kit.records import KeptRecord
from services.kit.settings import Settings
from services.kit.station import Station
from services.kit.subscriptions import announces, subscriptions
from services.kit.testing import a_record, make_topics
from services.ops.platform import Addresses
from services.ops.platform.mail import MailSink, mail_sink
from tests.kit.trial import (
    ALARMING,
    MAILING,
    NOON,
    TAKING_BACK,
    TRIAL,
    a_cancellation,
    incident,
    make_tables,
    trail,
)

CANCELLED = "police.incident-cancelled.v1"
WITHDRAWN = "mash.screening-withdrawn.v1"


class Town:
    """The station, and a voice to speak to it with."""

    def __init__(self, station: Station, producer: AIOKafkaProducer, sink: MailSink) -> None:
        self.station = station
        self.sink = sink
        self.ends: dict[str, int] = {}
        self._producer = producer

    async def say(self, record: KeptRecord) -> None:
        placed = await self._producer.send_and_wait(
            record.topic, record.value, key=record.key, headers=list(record.headers)
        )
        self.ends[record.topic] = placed.offset + 1

    async def cancel(self, number: int, revision: int = 1, seconds: int = 0) -> None:
        at = NOON + timedelta(seconds=seconds)
        await self.say(a_record(a_cancellation(number, revision), at=at, trail=trail(number)))

    async def step(self, minutes: int = 0) -> int:
        until = NOON + timedelta(minutes=minutes)
        done = 0
        while True:
            took = await self.station.intake(self.ends)
            said = await self.station.publish(until)
            sent = await self.station.dispatch(until)
            self.ends |= said
            done += took
            if not (took or said or sent):
                return done

    async def tally(self, number: int) -> tuple[int, int]:
        [row] = await self.station.runtime.database.fetch(
            "SELECT count, last_revision FROM tallies WHERE incident_id = $1", incident(number)
        )
        return row[0], row[1]


@pytest.fixture
async def town(
    trial_settings: Settings, platform: Addresses, tmp_path: Path
) -> AsyncIterator[Town]:
    topics = subscriptions(TRIAL) | {kind.TOPIC for kind in announces(TRIAL)}
    await make_topics(platform.bootstrap, topics)
    producer = AIOKafkaProducer(bootstrap_servers=platform.bootstrap)
    await producer.start()
    async with mail_sink(tmp_path) as sink:
        settings = trial_settings.model_copy(update={"smtp_port": sink.port})
        station = Station(TRIAL, settings)
        await station.start()
        await make_tables(station.runtime.database)
        yield Town(station, producer, sink)
        await station.stop()
    await producer.stop()


async def test_a_timer_comes_at_its_own_time_and_not_before(town: Town) -> None:
    await town.cancel(1)
    assert await town.step() == 1
    due = NOON + timedelta(hours=4)
    assert await town.station.next_due() == due
    await town.step(239)
    assert await town.tally(1) == (1, 1)
    assert await town.step(240) == 1
    assert await town.tally(1) == (1, -1)
    assert await town.station.next_due() is None


async def test_records_of_a_step_are_handled_in_the_order_of_their_times(town: Town) -> None:
    await town.cancel(1, 3, seconds=30)
    await town.cancel(1, 2, seconds=20)
    await town.cancel(1, 1, seconds=10)
    await town.step()
    assert await town.tally(1) == (3, 3)


async def test_records_of_one_moment_are_handled_in_the_order_of_the_inputs_they_come_from(
    town: Town,
) -> None:
    for place, number in enumerate((2, 3, 1), 1):
        cancelled = a_cancellation(number, 1)
        await town.say(a_record(cancelled, at=NOON, trail=trail(number), sequence=place))
    await town.station.intake(town.ends)
    said = await town.station.runtime.database.fetch(
        "SELECT headers FROM kit.outbox WHERE deliver_at IS NULL ORDER BY seq"
    )
    assert [row["headers"]["ce_subject"] for row in said] == [trail(n).subject for n in (2, 3, 1)]
    assert [row["headers"]["ce_sequence"] for row in said] == ["1", "2", "3"]


async def test_a_mail_goes_out_at_its_own_time_and_its_answer_comes_back(town: Town) -> None:
    await town.cancel(1, MAILING)
    await town.step(4)
    assert town.sink.mails() == []
    assert await town.station.next_due() == NOON + timedelta(minutes=5)
    await town.step(6)
    [mail] = town.sink.mails()
    assert mail.headers["X-Onward-Sent-At"] == "2026-11-27T12:05:00Z"
    assert mail.headers["X-Onward-Reference"] == str(incident(1))
    assert await town.tally(1) == (1, -2)
    [[message]] = await town.station.runtime.database.fetch("SELECT message FROM kit.sendings")
    assert message is None


async def test_a_mail_taken_back_in_time_is_never_sent(town: Town) -> None:
    await town.cancel(1, MAILING)
    await town.cancel(1, TAKING_BACK, seconds=240)
    await town.step(10)
    assert town.sink.mails() == []


async def test_a_mail_taken_back_after_its_time_counts_as_sent(town: Town) -> None:
    await town.cancel(1, MAILING)
    await town.cancel(1, TAKING_BACK, seconds=301)
    await town.step(10)
    assert len(town.sink.mails()) == 1


async def test_an_alarm_is_mailed_to_its_desk(town: Town) -> None:
    await town.cancel(1, ALARMING)
    await town.step()
    [mail] = town.sink.mails()
    assert mail.headers["To"] == "mash@rotherham.invalid"
    assert mail.headers["X-Onward-Step"] == "notice"
    assert mail.headers["X-Onward-Reference"] == str(incident(1))


async def test_under_a_steered_clock_nothing_is_unheard(town: Town) -> None:
    async with town.station.runtime.database.transaction(NOON) as transaction:
        assert await heard_until(transaction, CANCELLED) > NOON + timedelta(days=365)


async def test_a_restarted_station_takes_up_where_it_left_off(town: Town) -> None:
    await town.cancel(1)
    await town.step()
    await town.station.stop()
    town.station = Station(TRIAL, town.station.settings)
    await town.station.start()
    assert await town.station.next_due() == NOON + timedelta(hours=4)
    assert await town.step(240) == 1
    assert await town.tally(1) == (1, -1)
    assert await town.station.undelivered(NOON + timedelta(days=1)) == 0


async def test_a_turn_takes_milliseconds(town: Town) -> None:
    for number in range(20):
        await town.cancel(number)
        await town.step()
    begun = perf_counter()
    for number in range(100):
        await town.cancel(number, 2)
        await town.step()
    turn = (perf_counter() - begun) / 100
    begun = perf_counter()
    for _ in range(1000):
        await town.step()
    idle = (perf_counter() - begun) / 1000
    assert turn < 0.05, f"a turn took {turn * 1000:.1f} ms"
    assert idle < 0.001, f"an idle turn took {idle * 1e6:.0f} us"
