"""`onward lag` says who is at work: a service that stopped, or that nobody runs, is named."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from typer.testing import CliRunner

from services.kit.offsets import STOPPED
from services.kit.testing import make_topics
from services.ops.console import lag_command
from services.ops.console.lag_command import Lag, Standing, State, standing
from services.ops.platform import SERVICES, Addresses

SCREENED = TopicPartition("mash.incident-screened.v1", 0)


@asynccontextmanager
async def member(platform: Addresses, group: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Somebody in a service's group, with a place to go on from."""
    consumer = AIOKafkaConsumer(
        SCREENED.topic,
        bootstrap_servers=platform.bootstrap,
        group_id=group,
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        await consumer.seek_to_end(SCREENED)
        yield consumer
    finally:
        await consumer.commit({SCREENED: 0})
        await consumer.stop()


async def states(platform: Addresses) -> Mapping[str, State | None]:
    return {name: lag.state for name, lag in (await standing(platform)).lags.items()}


async def test_a_service_without_a_member_in_its_group_is_dead(platform: Addresses) -> None:
    assert await states(platform) == dict.fromkeys(SERVICES, State.DEAD)


async def test_a_service_runs_unless_it_stopped_by_itself_where_it_stands(
    platform: Addresses,
) -> None:
    await make_topics(platform.bootstrap, [SCREENED.topic])
    async with (
        member(platform, "idva_allocation") as well,
        member(platform, "victim_contact") as stopped,
    ):
        await well.commit({SCREENED: 0})
        await stopped.commit({SCREENED: (0, STOPPED)})
        found = await states(platform)
        assert (found["idva_allocation"], found["victim_contact"]) == (
            State.RUNNING,
            State.STOPPED,
        )
        await stopped.commit({SCREENED: 0})
        assert (await states(platform))["victim_contact"] is State.RUNNING


@pytest.mark.parametrize(
    ("state", "code", "told"),
    [
        (State.RUNNING, 0, ""),
        (State.STOPPED, 1, "ops has stopped by itself; see consumer-stopped.md"),
        (State.DEAD, 1, "ops has no member in its consumer group"),
    ],
)
def test_who_is_not_at_work_is_named_and_the_command_ends_with_1(
    state: State, code: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def reached() -> Standing:
        return Standing({"ops": Lag(state, 3, 0, 0, 0, 0, 0)}, (), None)

    monkeypatch.setattr(lag_command, "_reached", reached)
    result = CliRunner().invoke(lag_command.app, [])
    assert result.exit_code == code
    assert state in result.output
    assert told in result.output
