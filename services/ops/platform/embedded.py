"""The embedded platform: a broker and a database of one's own, started in seconds."""

import asyncio
import atexit
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from services.ops.platform import jars, kafka, postgres
from services.ops.platform.addresses import (
    LOOPBACK,
    Addresses,
    PostgresServer,
    free_ports,
    new_passwords,
)
from services.ops.platform.children import Child
from services.ops.platform.databases import make_databases

ADDRESSES = "addresses.json"


@asynccontextmanager
async def embedded_platform(directory: Path, *, durable: bool = True) -> AsyncIterator[Addresses]:
    """Kafka and PostgreSQL on free ports, with every service's database; stopped at the end.

    What they hold stays in the directory: the next start finds it. `durable=False` is for
    throw-away runs: a crash of the machine may lose what was committed.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    children: list[Child] = []
    stop = _stopping(children)
    atexit.register(stop)
    try:
        addresses = await _started(directory, children, durable)
        addresses.save(directory / ADDRESSES)
        yield addresses
    finally:
        await asyncio.to_thread(stop)
        atexit.unregister(stop)


def _stopping(children: list[Child]) -> Callable[[], None]:
    def stop() -> None:
        while children:
            children.pop().stop()

    return stop


async def _started(directory: Path, children: list[Child], durable: bool) -> Addresses:
    known = _known(directory)
    broker_port, controller_port, postgres_port = free_ports(3)
    server = replace(known.postgres, port=postgres_port) if known else _new_server(postgres_port)
    passwords = known.passwords if known else new_passwords()
    bootstrap = f"{LOOPBACK}:{broker_port}"
    await asyncio.gather(
        _start_postgres(directory, server, durable, children),
        _start_kafka(directory, (broker_port, controller_port), children),
    )
    await make_databases(server, passwords)
    pids = {child.name: child.pid for child in children}
    return Addresses(bootstrap, server, passwords, pids)


def _known(directory: Path) -> Addresses | None:
    path = directory / ADDRESSES
    return Addresses.read(path) if path.exists() else None


def _new_server(port: int) -> PostgresServer:
    return PostgresServer(LOOPBACK, port, postgres.SUPERUSER, secrets.token_urlsafe(24))


async def _start_postgres(
    directory: Path, server: PostgresServer, durable: bool, children: list[Child]
) -> None:
    folder = directory / "postgres"
    await asyncio.to_thread(postgres.prepare, folder, server.password)
    child = postgres.launch(folder, server.port, durable)
    children.append(child)
    await postgres.answering(child, server)


async def _start_kafka(directory: Path, ports: tuple[int, int], children: list[Child]) -> None:
    folder = directory / "kafka"
    classpath = await asyncio.to_thread(jars.classpath)
    settings = kafka.properties(folder, *ports)
    await asyncio.to_thread(kafka.prepare, folder, settings, classpath)
    child = kafka.launch(folder, classpath)
    children.append(child)
    await kafka.answering(child, f"{LOOPBACK}:{ports[0]}")


def is_held(directory: Path) -> bool:
    """Whether another process runs the platform of this directory now."""
    known = _known(directory)
    if known is None:
        return False
    return any(_alive(pid) for pid in known.pids.values())


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
