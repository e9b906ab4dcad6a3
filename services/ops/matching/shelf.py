"""A database of person_matching's own, empty and migrated, for a command that only matches."""

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg

from services.kit.database import Database
from services.kit.migrations import migrate
from services.ops.platform import PlatformMissing, PostgresServer, postgres
from services.ops.platform.addresses import LOOPBACK, free_ports
from services.ops.platform.choosing import server_of

NAME = "onward_matching"


@asynccontextmanager
async def an_empty_database() -> AsyncIterator[Database]:
    """On a PostgreSQL of its own, or on `ONWARD_POSTGRES`'s where `PLATFORM=external`."""
    async with an_empty_address() as url:
        database = await Database.connect(url, connections=4)
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def an_empty_address() -> AsyncIterator[str]:
    """The same, as the address that another process may open too."""
    if os.environ.get("PLATFORM", "embedded") == "external":
        if "ONWARD_POSTGRES" not in os.environ:
            raise PlatformMissing("PLATFORM=external needs ONWARD_POSTGRES to be set.")
        async with _on(server_of(os.environ["ONWARD_POSTGRES"])) as url:
            yield url
        return
    with _a_folder() as folder:
        server = PostgresServer(
            LOOPBACK, free_ports(1)[0], postgres.SUPERUSER, secrets.token_urlsafe(24)
        )
        files = folder / "postgres"
        postgres.prepare(files, server.password)
        child = postgres.launch(files, server.port, durable=False)
        try:
            await postgres.answering(child, server)
            async with _on(server) as url:
                yield url
        finally:
            child.stop()


@contextmanager
def _a_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="onward-match-", ignore_cleanup_errors=True) as name:
        # The server may run as another user, who must get to its files.
        Path(name).chmod(0o755)
        yield Path(name)


@asynccontextmanager
async def _on(server: PostgresServer) -> AsyncIterator[str]:
    name = f"{NAME}_{secrets.token_hex(4)}"
    await _statement(server, f'CREATE DATABASE "{name}"')
    try:
        await migrate(server.dsn(name), "person_matching")
        yield server.dsn(name)
    finally:
        await _statement(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _statement(server: PostgresServer, sql: str) -> None:
    connection = await asyncpg.connect(server.dsn())
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
