"""Which platform a command runs on: `PLATFORM` says embedded, external or containers."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from services.ops.platform import jars, kafka
from services.ops.platform.addresses import Addresses, PostgresServer, new_passwords
from services.ops.platform.databases import make_databases
from services.ops.platform.embedded import ADDRESSES, embedded_platform, running_platform
from services.ops.platform.missing import PlatformMissing

KAFKA_IMAGE = "apache/kafka:4.3.1"
POSTGRES_IMAGE = "postgres:18"


def chosen_platform(
    directory: Path, *, durable: bool = True
) -> AbstractAsyncContextManager[Addresses]:
    """The platform that `PLATFORM` names; embedded unless told otherwise."""
    kind = os.environ.get("PLATFORM", "embedded")
    if kind == "embedded":
        return embedded_platform(directory, durable=durable)
    if kind == "external":
        return external_platform(directory, os.environ)
    if kind == "containers":
        return container_platform(directory)
    raise PlatformMissing(f"PLATFORM={kind} is none of embedded, external, containers.")


def fetch_platform() -> None:
    """Download what an embedded platform needs, before anything else draws on the terminal."""
    if os.environ.get("PLATFORM", "embedded") == "embedded":
        jars.classpath()


@asynccontextmanager
async def reached_platform(directory: Path) -> AsyncIterator[Addresses]:
    """The platform of this directory: as another process runs it now, else started for us."""
    embedded = os.environ.get("PLATFORM", "embedded") == "embedded"
    running = running_platform(directory) if embedded else None
    if running is not None:
        yield running
        return
    async with chosen_platform(directory) as addresses:
        yield addresses


@asynccontextmanager
async def external_platform(
    directory: Path, environment: Mapping[str, str]
) -> AsyncIterator[Addresses]:
    """A platform that runs elsewhere: `ONWARD_KAFKA` and `ONWARD_POSTGRES` (a superuser's)."""
    try:
        bootstrap, url = environment["ONWARD_KAFKA"], environment["ONWARD_POSTGRES"]
    except KeyError as absent:
        raise PlatformMissing(f"PLATFORM=external needs {absent.args[0]} to be set.") from absent
    if not await kafka.answers(bootstrap):
        raise PlatformMissing("No Kafka broker answers at ONWARD_KAFKA.")
    yield await _entered(directory, bootstrap, server_of(url))


@asynccontextmanager
async def container_platform(directory: Path) -> AsyncIterator[Addresses]:
    """A platform in containers of its own, gone with the command (testcontainers)."""
    try:
        from testcontainers.kafka import KafkaContainer
        from testcontainers.postgres import PostgresContainer
    except ImportError as fault:
        raise PlatformMissing("PLATFORM=containers needs testcontainers and Docker.") from fault
    broker = KafkaContainer(KAFKA_IMAGE).with_kraft()
    with broker, PostgresContainer(POSTGRES_IMAGE, driver=None) as database:
        server = server_of(database.get_connection_url())
        yield await _entered(directory, broker.get_bootstrap_server(), server)


def server_of(url: str) -> PostgresServer:
    """The server and superuser that a `postgresql://` address names."""
    parts = urlsplit(url)
    if not parts.hostname or not parts.username:
        raise PlatformMissing(
            "ONWARD_POSTGRES must read postgresql://user:password@host:port/name."
        )
    return PostgresServer(
        parts.hostname, parts.port or 5432, parts.username, unquote(parts.password or "")
    )


async def _entered(directory: Path, bootstrap: str, server: PostgresServer) -> Addresses:
    addresses = Addresses(bootstrap, server, _passwords(directory))
    addresses.save(directory / ADDRESSES)
    try:
        await make_databases(server, addresses.passwords)
    except OSError as fault:
        raise PlatformMissing("No PostgreSQL server answers at ONWARD_POSTGRES.") from fault
    return addresses


def _passwords(directory: Path) -> Mapping[str, str]:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / ADDRESSES
    return Addresses.read(path).passwords if path.exists() else new_passwords()
