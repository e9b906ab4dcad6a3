"""A HIGH report at the door passes a backlog of STANDARD ones, on a real broker and database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.police import IncidentCancelled, IncidentReported, PoliceAlarm
from services.kit.headers import texts
from services.kit.pacing import LOT
from services.kit.publisher import Publisher
from services.kit.relay import Relay
from services.kit.runtime import Runtime
from services.kit.testing import make_topics
from services.ops.platform import Addresses
from services.police_notifications.handlers.urgency import is_urgent
from tests.services.police_notifications.builders import Desk, a_form, graded
from tests.services.police_notifications.conftest import Police

SAID = (IncidentReported.TOPIC, IncidentCancelled.TOPIC, PoliceAlarm.TOPIC)
QUEUED = 400


@pytest.fixture
async def relay(platform: Addresses, police: Police) -> AsyncIterator[Relay]:
    """The relay of the service whose door the police knock at; nobody hears what it says."""
    await make_topics(platform.bootstrap, SAID)
    await nothing_heard(platform.bootstrap)
    relay = Relay(at_broker(police.runtime, platform), Publisher(platform.bootstrap, "police"))
    await relay.cycle()
    yield relay
    await relay.stop()
    await relay._publisher.stop()


def at_broker(runtime: Runtime, platform: Addresses) -> Runtime:
    told = {"kafka": platform.bootstrap}
    return replace(runtime, settings=runtime.settings.model_copy(update=told))


async def nothing_heard(bootstrap: str) -> None:
    """The next stage is there and has taken nothing; the broker knows who keeps its offsets."""
    place = TopicPartition(IncidentReported.TOPIC, 0)
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id="person_matching", enable_auto_commit=False
    ) as consumer:
        consumer.assign([place])
        await consumer.commit({place: 0})


async def said_on(bootstrap: str) -> list[str]:
    """The subjects of the incidents reported, in the order of the topic."""
    place = TopicPartition(IncidentReported.TOPIC, 0)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer:
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end = (await consumer.end_offsets([place]))[place]
        found: list[str] = []
        while await consumer.position(place) < end:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [texts(record.headers)["ce_subject"] for record in records]
    return found


async def hand_in(police: Police, level: str, reference: str) -> None:
    answer = await police.post(a_form(reference=reference, risk=graded(level)))
    assert answer.status_code == 202


async def let_go(relay: Relay) -> None:
    """Publish until the relay has nothing more to say for now."""
    async with asyncio.timeout(30):
        while await relay.cycle():
            pass


async def test_never_event_03_high_waits_behind_standard(
    platform: Addresses, police: Police, relay: Relay
) -> None:
    for number in range(QUEUED):
        await hand_in(police, "STANDARD", f"QUEUED-{number}")
    await let_go(relay)
    await hand_in(police, "HIGH", "GRAVE")
    await let_go(relay)
    order = await said_on(platform.bootstrap)
    place = next(number for number, subject in enumerate(order) if subject.endswith("/GRAVE"))
    assert place <= 2 * LOT
    assert len(order) < QUEUED


def test_a_cancellation_goes_first_and_a_medium_risk_does_not() -> None:
    [high], [medium] = (Desk().take(a_form(risk=graded(level))) for level in ("HIGH", "MEDIUM"))
    [cancelled] = Desk().take(a_form(status="cancelled"))
    assert [is_urgent(said) for said in (high, medium, cancelled)] == [True, False, True]
