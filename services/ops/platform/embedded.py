"""The embedded platform: a broker and a database of one's own, started in seconds."""

import asyncio
import atexit
import fcntl
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
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
from services.ops.platform.missing import PlatformMissing

ADDRESSES = "addresses.json"
HELD = "held"


@asynccontextmanager
async def embedded_platform(directory: Path, *, durable: bool = True) -> AsyncIterator[Addresses]:
    """Kafka and PostgreSQL on free ports, with every service's database; stopped at the end.

    What they hold stays in the directory: the next start finds it. `durable=False` is for
    throw-away runs: a crash of the machine may lose what was committed.
    """
    children: list[Child] = []
    stop = _stopping(children)
    with _holding(directory) as folder:
        atexit.register(stop)
        try:
            addresses = await _started(folder, children, durable)
            addresses.save(folder / ADDRESSES)
            yield addresses
        finally:
            await asyncio.to_thread(stop)
            atexit.unregister(stop)


def running_platform(directory: Path) -> Addresses | None:
    """The platform of this directory, where another process runs it now."""
    try:
        with _holding(directory):
            return None
    except PlatformMissing:
        return _known(directory)


@contextmanager
def _holding(directory: Path) -> Iterator[Path]:
    folder = directory.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / HELD).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise PlatformMissing(
                f"Another process runs the platform in {folder.name}: end it, or use another one."
            ) from fault
        yield folder


def _stopping(children: list[Child]) -> Callable[[], None]:
    def stop() -> None:
        while children:
            children.pop().stop()

    return stop


async def _started(folder: Path, children: list[Child], durable: bool) -> Addresses:
    broker_port, controller_port, postgres_port = free_ports(3)
    planned = _planned(folder, f"{LOOPBACK}:{broker_port}", postgres_port)
    # Passwords are kept before the cluster is made with them: a start cut short can be repeated.
    planned.save(folder / ADDRESSES)
    await asyncio.gather(
        _start_postgres(folder, planned.postgres, durable, children),
        _start_kafka(folder, (broker_port, controller_port), children),
    )
    await make_databases(planned.postgres, planned.passwords)
    return replace(planned, pids={child.name: child.pid for child in children})


def _planned(folder: Path, bootstrap: str, postgres_port: int) -> Addresses:
    known = _known(folder)
    if known is None:
        return Addresses(bootstrap, _new_server(postgres_port), new_passwords())
    server = replace(known.postgres, port=postgres_port)
    return Addresses(bootstrap, server, known.passwords)


def _known(folder: Path) -> Addresses | None:
    path = folder / ADDRESSES
    return Addresses.read(path) if path.exists() else None


def _new_server(port: int) -> PostgresServer:
    return PostgresServer(LOOPBACK, port, postgres.SUPERUSER, secrets.token_urlsafe(24))


async def _start_postgres(
    folder: Path, server: PostgresServer, durable: bool, children: list[Child]
) -> None:
    files = folder / "postgres"
    await asyncio.to_thread(postgres.prepare, files, server.password)
    child = postgres.launch(files, server.port, durable)
    children.append(child)
    await postgres.answering(child, server)


async def _start_kafka(folder: Path, ports: tuple[int, int], children: list[Child]) -> None:
    files = folder / "kafka"
    classpath = await asyncio.to_thread(jars.classpath)
    settings = kafka.properties(files, *ports)
    await asyncio.to_thread(kafka.prepare, files, settings, classpath)
    child = kafka.launch(files, classpath)
    children.append(child)
    await kafka.answering(child, f"{LOOPBACK}:{ports[0]}")
