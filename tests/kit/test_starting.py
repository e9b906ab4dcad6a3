"""A process that starts while others are away: its health and its door do not wait for them."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import yaml
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from services.kit.gateways import Outcome
from services.kit.running import PortTaken, serving
from services.kit.runtime import Runtime
from services.kit.service import Service
from services.kit.settings import Settings
from services.kit.subscriptions import subscriptions
from services.kit.testing import make_topics
from services.ops.platform import Addresses
from services.ops.platform.addresses import free_ports
from tests.kit.trial import TRIAL


def door(runtime: Runtime) -> FastAPI:
    """A door that needs the database alone."""
    app = FastAPI()

    @app.post("/v1/knock")
    async def knock() -> dict[str, int]:
        [[one]] = await runtime.database.fetch("SELECT 1")
        return {"heard": one}

    return app


WITH_A_DOOR = replace(TRIAL, door=door)
POSSIBLE: dict[str, set[str]] = {"outcome": set(Outcome), "check": {"database", "parts"}}
"""What a label may be, where an alert leaves one value out."""


async def starting(service: Service, settings: Settings) -> None:
    """The process, which may wait for ever."""
    async with serving(service, settings):
        await asyncio.Event().wait()


@asynccontextmanager
async def started(
    settings: Settings, service: Service = WITH_A_DOOR
) -> AsyncIterator[httpx.AsyncClient]:
    """A process on its way, and one who asks it once it listens."""
    [port] = free_ports(1)
    async with AsyncExitStack() as stack:
        process = asyncio.ensure_future(
            starting(service, settings.model_copy(update={"port": port}))
        )
        stack.push_async_callback(asyncio.wait, {process})
        stack.callback(process.cancel)
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}")
        )
        await until_it_listens(client)
        yield client


async def until_it_listens(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await client.get("/live")
                return
            except httpx.ConnectError:
                await asyncio.sleep(0.05)


async def until(client: httpx.AsyncClient, path: str, status: int) -> httpx.Response:
    """The first answer of this kind, to a GET, or to a POST at the door."""
    async with asyncio.timeout(30):
        while True:
            method = "POST" if path.startswith("/v1/") else "GET"
            answer = await client.request(method, path)
            if answer.status_code == status:
                return answer
            await asyncio.sleep(0.05)


async def test_without_the_broker_a_process_starts_with_its_health_and_its_door_open(
    trial_settings: Settings,
) -> None:
    [nobody] = free_ports(1)
    settings = trial_settings.model_copy(update={"kafka": f"127.0.0.1:{nobody}"})
    async with started(settings) as client:
        knocked = await until(client, "/v1/knock", 200)
        ready = await client.get("/ready")
        assert knocked.json() == {"heard": 1}
        assert (await client.get("/live")).status_code == 200
        assert (await client.get("/metrics")).status_code == 200
        assert (ready.status_code, ready.json()["assigned"]) == (503, False)
        assert ready.json()["database"] is True


async def test_without_the_database_a_process_starts_with_its_health_and_its_door_says_later(
    trial_settings: Settings,
) -> None:
    [nobody] = free_ports(1)
    url = SecretStr(f"postgresql://nobody@127.0.0.1:{nobody}/nothing")
    async with started(trial_settings.model_copy(update={"database_url": url})) as client:
        knocked = await client.post("/v1/knock")
        ready = await client.get("/ready")
        assert (await client.get("/live")).status_code == 200
        assert (await client.get("/metrics")).status_code == 200
        assert (ready.status_code, ready.json()["database"]) == (503, False)
        assert (knocked.status_code, int(knocked.headers["retry-after"]) > 0) == (503, True)


async def test_a_process_that_began_without_the_broker_joins_once_it_is_there(
    trial_settings: Settings, platform: Addresses
) -> None:
    await make_topics(platform.bootstrap, subscriptions(TRIAL), 1)
    [port] = free_ports(1)
    settings = trial_settings.model_copy(update={"kafka": f"127.0.0.1:{port}"})
    async with started(settings) as client:
        await until(client, "/v1/knock", 200)
        assert (await client.get("/ready")).json()["assigned"] is False
        async with the_way_to(platform.bootstrap, port):
            assert (await until(client, "/ready", 200)).json()["assigned"] is True


async def test_what_alerts_read_stands_on_the_metrics_of_a_process_that_has_just_started(
    trial_settings: Settings,
) -> None:
    [nobody] = free_ports(1)
    settings = trial_settings.model_copy(update={"kafka": f"127.0.0.1:{nobody}"})
    newborn = replace(WITH_A_DOOR, name="newborn")
    async with started(settings, newborn) as client:
        text = (await client.get("/metrics")).text
    there: dict[str, list[dict[str, str]]] = {}
    for sample in (
        each for family in text_string_to_metric_families(text) for each in family.samples
    ):
        if sample.labels.get("service") == "newborn":
            there.setdefault(sample.name, []).append(sample.labels)
    read = alerts_read()
    assert len(read) >= 8
    for name, asked in read:
        for label, values in asked.items():
            assert values <= {labels[label] for labels in there[name]}, name
        assert name in there


def alerts_read() -> list[tuple[str, dict[str, set[str]]]]:
    """The series that alerts read: their names, and what each label must be able to be."""
    rules = yaml.safe_load(Path("deploy/prometheus/alerts.yml").read_text())
    found: list[tuple[str, dict[str, set[str]]]] = []
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        for name, matchers in re.findall(r"(onward_\w+)(?:{([^}]*)})?", rule["expr"]):
            asked = {
                label: POSSIBLE[label] - {value} if how == "!=" else {*value.split("|")}
                for label, how, value in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', matchers)
            }
            found.append((name, asked))
    return found


@asynccontextmanager
async def the_way_to(place: str, port: int) -> AsyncIterator[None]:
    """Hand everything that comes to this port on to another place."""
    host, _, there = place.partition(":")
    ways: list[asyncio.Task[None]] = []

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, int(there))
        ways.append(asyncio.ensure_future(_copy(reader, far_writer)))
        ways.append(asyncio.ensure_future(_copy(far_reader, writer)))

    server = await asyncio.start_server(hand_on, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        for way in ways:
            way.cancel()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65536):
        writer.write(some)
    writer.close()


async def test_a_process_whose_port_is_taken_ends_at_once(trial_settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port}: Address already in use"):
            async with asyncio.timeout(10):
                await starting(TRIAL, trial_settings.model_copy(update={"port": port}))
