"""The broker away, the database away: what goes on, what waits, and that nothing is lost."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from services.kit.catalogue import read_catalogue
from services.kit.headers import stamp
from services.kit.outbox import Row
from services.kit.publisher import Publisher
from services.ops.chaos.asking import until_ready
from services.ops.chaos.ground import SESSION, Ground, prepared
from services.ops.chaos.keeper import Keeper
from services.ops.chaos.lookout import Lookout
from services.ops.chaos.posts import BROKER, DATABASE, Post
from services.ops.platform import PlatformMissing, kafka, postgres
from services.ops.platform.mail import mail_sink
from services.ops.replay.log import everything_said
from tests.services.police_notifications.builders import NOON, SOURCE, a_form

SERVICES = ("police_notifications", "person_matching")
BOUND = 25
"""Announcements that may wait for the broker before the door says: later."""
REPORT, REPORTED = "partner.incident-report.v1", "police.incident-reported.v1"
IDENTIFIED = "identity.incident-identified.v1"
WITHIN = 60.0
pytestmark = pytest.mark.timeout(200)


@dataclass
class Scene:
    """Intake and matching as processes, on a broker and a database that the test may kill."""

    ground: Ground
    ports: dict[str, int]
    lookout: Lookout
    client: httpx.AsyncClient
    numbers: Iterator[int]

    async def hand_in(self) -> tuple[str, httpx.Response]:
        """Hand a new report in at the door; its reference and the answer."""
        reference = f"OUT-{next(self.numbers)}"
        return reference, await self.hand_in_again(reference)

    async def hand_in_again(self, reference: str) -> httpx.Response:
        """The same report, word for word."""
        form = a_form(reference=reference)
        return await self.client.post("/v1/incident-reports", json=form)

    def kill(self, name: str) -> None:
        """Nobody starts it again until the test does."""
        child = self.ground.keeper.strike(name, signal.SIGKILL)
        assert child is not None
        child.process.wait()

    async def back(self, name: str) -> None:
        """Start it again, and wait until everybody is ready."""
        child = self.ground.keeper.start_again(name)
        if name == BROKER:
            await kafka.answering(child, self.ground.addresses.bootstrap)
        while name == DATABASE and not await self._serves(child):
            child = self.ground.keeper.start_again(name)
        await asyncio.gather(*(until_ready(port) for port in self.ports.values()))

    async def _serves(self, child: Any) -> bool:
        # The backends of a killed server may outlive it for a moment and hold its memory.
        try:
            await postgres.answering(child, self.ground.addresses.postgres)
        except PlatformMissing:
            return False
        return True

    async def told(self, topic: str) -> list[str]:
        """The subjects of everything said on a topic, once all is quiet."""
        await self.lookout.until_quiet(WITHIN)
        said = await everything_said(self.ground.addresses.bootstrap, read_catalogue())
        return [event.subject.partition("/")[2] for event in said.on(topic)]

    async def health(self, service: str, what: str) -> httpx.Response:
        """What a process says of itself."""
        return await self.client.get(f"http://127.0.0.1:{self.ports[service]}/{what}")

    async def until_missed(self, service: str, *checks: str) -> None:
        """Return when a process says of itself that it misses these, to people and to alerts."""
        async with asyncio.timeout(2 * SESSION + 5):
            while not {*checks} <= await self._missed(service):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        told = (await self.health(service, "metrics")).text
        for check in checks:
            assert f'onward_ready{{check="{check}",service="{service}"}} 0.0' in told

    async def _missed(self, service: str) -> set[str]:
        answer = await self.health(service, "ready")
        missed = {name for name, well in answer.json().items() if not well}
        assert (answer.status_code == 503) == bool(missed)
        return missed


@pytest.fixture(scope="module")
async def scene() -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        # Not under pytest's own folder: each session of root closes that to PostgreSQL's user.
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="onward-", ignore_cleanup_errors=True)
            )
        )
        keeper = Keeper()
        stack.push_async_callback(keeper.stop)
        sink = await stack.enter_async_context(mail_sink(folder / "mail"))
        ground = await prepared(folder, keeper, sink.port)
        ground = replace(ground, told={"ONWARD_BACKLOG_LIMIT": str(BOUND)})
        ports = {service: ground.launch(Post(service)) for service in SERVICES}
        async with asyncio.timeout(WITHIN):
            await asyncio.gather(*(until_ready(port) for port in ports.values()))
        lookout = Lookout(ground.addresses, SERVICES)
        looking = asyncio.ensure_future(lookout.run())
        stack.callback(looking.cancel)
        await lookout.until_quiet(WITHIN)
        headers = {"Authorization": f"Bearer {ground.police_token}"}
        door = f"http://127.0.0.1:{ports['police_notifications']}"
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=door, headers=headers, timeout=40)
        )
        yield Scene(ground, ports, lookout, client, count(1))


async def publish(scene: Scene, references: list[str]) -> None:
    """The same reports by way of the topic."""
    publisher = Publisher(scene.ground.addresses.bootstrap, "test")
    headers = {"ce_source": SOURCE, "ce_time": stamp(NOON)}
    bodies = {reference: orjson.dumps(a_form(reference=reference)) for reference in references}
    await publisher.publish(
        [
            Row(0, uuid4(), REPORT, f"{SOURCE}/{reference}", body, headers, None)
            for reference, body in bodies.items()
        ]
    )
    await publisher.stop()


async def test_without_the_broker_the_door_goes_on_up_to_its_bound_and_nothing_is_lost(
    scene: Scene,
) -> None:
    scene.kill(BROKER)
    accepted: list[str] = []
    refused = None
    while refused is None and len(accepted) < BOUND * 20:
        reference, answer = await scene.hand_in()
        if answer.status_code == 202:
            accepted.append(reference)
        else:
            refused = (reference, answer)
    assert refused is not None
    assert (refused[1].status_code, int(refused[1].headers["retry-after"]) > 0) == (503, True)
    assert len(accepted) >= BOUND
    assert (await scene.health("police_notifications", "live")).status_code == 200
    for service in SERVICES:
        await scene.until_missed(service, "assigned", "producer")
        assert (await scene.health(service, "live")).status_code == 200
    await scene.back(BROKER)
    assert sorted(await scene.told(REPORTED)) == sorted(accepted)
    assert sorted(await scene.told(IDENTIFIED)) == sorted(accepted)
    assert (await scene.hand_in_again(refused[0])).status_code == 202
    assert sorted(await scene.told(IDENTIFIED)) == sorted([*accepted, refused[0]])


async def test_without_the_database_everybody_waits_and_goes_on_where_they_were(
    scene: Scene,
) -> None:
    before = await scene.told(IDENTIFIED)
    scene.kill(DATABASE)
    references = [f"DB-{number}" for number in range(20)]
    await publish(scene, references)
    _, answer = await scene.hand_in()
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    for service in SERVICES:
        assert (await scene.health(service, "live")).status_code == 200
        await scene.until_missed(service, "database")
    await scene.back(DATABASE)
    assert sorted(await scene.told(REPORTED)) == sorted([*before, *references])
    assert sorted(await scene.told(IDENTIFIED)) == sorted([*before, *references])
    assert scene.ground.keeper.ended_by_themselves == {}
