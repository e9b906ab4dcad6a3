"""Which platform a command runs on: `PLATFORM` says embedded, external or containers."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from services.ops.platform import jars, kafka
from services.ops.platform.addresses import Addresses, PostgresServer, new_passwords
from services.ops.platform.away import told_when_away
from services.ops.platform.databases import has_logins, make_databases
from services.ops.platform.embedded import embedded_platform, running_platform
from services.ops.platform.missing import PlatformMissing
from services.ops.platform.passwords import (
    NOT_KNOWN,
    is_of,
    keep,
    kept_addresses,
    known_passwords,
)

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
    """The platform of this directory: as another process runs it now, else started for us.

    An external one is only looked up: who asks makes nothing there and changes no password.
    Where its broker or database is away, what needed it ends as PlatformMissing.
    """
    async with _reached(directory) as addresses:
        with told_when_away(addresses.bootstrap, addresses.postgres):
            yield addresses


@asynccontextmanager
async def _reached(directory: Path) -> AsyncIterator[Addresses]:
    kind = os.environ.get("PLATFORM", "embedded")
    if kind == "external":
        yield _looked_up(directory, os.environ)
        return
    running = running_platform(directory) if kind == "embedded" else None
    if running is not None:
        yield running
        return
    async with chosen_platform(directory) as addresses:
        yield addresses


def _looked_up(directory: Path, environment: Mapping[str, str]) -> Addresses:
    bootstrap, url = _named(environment)
    server = _server(url)
    passwords = known_passwords(directory, server, environment)
    if passwords is None:
        raise PlatformMissing(NOT_KNOWN)
    return Addresses(bootstrap, server, passwords)


@asynccontextmanager
async def external_platform(
    directory: Path, environment: Mapping[str, str]
) -> AsyncIterator[Addresses]:
    """A platform that runs elsewhere: `ONWARD_KAFKA` and `ONWARD_POSTGRES` (a superuser's).

    Logins and databases that are absent are made; those that are there stay as they are.
    """
    bootstrap, url = _named(environment)
    if not await kafka.answers(bootstrap):
        raise PlatformMissing("No Kafka broker answers at ONWARD_KAFKA.")
    yield await _made(directory, bootstrap, server_of(url), environment)


async def _made(
    directory: Path, bootstrap: str, server: PostgresServer, environment: Mapping[str, str]
) -> Addresses:
    kept = kept_addresses(directory)
    if kept is not None and not is_of(kept, server):
        raise PlatformMissing(
            f"{directory} belongs to another platform: set ONWARD_HOME to a folder of this one's."
        )
    passwords = known_passwords(directory, server, environment)
    try:
        if passwords is None and await has_logins(server):
            raise PlatformMissing(NOT_KNOWN)
        addresses = Addresses(bootstrap, server, passwords or new_passwords())
        # Passwords are kept before logins are made with them: a start cut short can be repeated.
        keep(addresses, directory)
        await make_databases(server, addresses.passwords)
    except OSError as fault:
        raise PlatformMissing("No PostgreSQL server answers at ONWARD_POSTGRES.") from fault
    return addresses


def _named(environment: Mapping[str, str]) -> tuple[str, str]:
    try:
        return environment["ONWARD_KAFKA"], environment["ONWARD_POSTGRES"]
    except KeyError as absent:
        raise PlatformMissing(f"PLATFORM=external needs {absent.args[0]} to be set.") from absent


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
        addresses = Addresses(broker.get_bootstrap_server(), server, new_passwords())
        await make_databases(server, addresses.passwords)
        yield addresses


def server_of(url: str) -> PostgresServer:
    """The server and superuser that a `postgresql://` address names."""
    server = _server(url)
    if not server.user:
        raise PlatformMissing(
            "ONWARD_POSTGRES must read postgresql://user:password@host:port/name."
        )
    return server


def _server(url: str) -> PostgresServer:
    parts = urlsplit(url)
    if not parts.hostname:
        raise PlatformMissing("ONWARD_POSTGRES must read postgresql://host:port.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return PostgresServer(parts.hostname, parts.port or 5432, user, password)
