"""Real parts for tests: one broker and one PostgreSQL a session, an empty database a test."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from services.kit.database import Database
from services.kit.testing import Databases
from services.ops.platform import Addresses, embedded_platform

OpenDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture(scope="session")
async def platform() -> AsyncIterator[Addresses]:
    """Kafka and PostgreSQL for the whole session."""
    # Not under pytest's own folder: each session of root closes that to PostgreSQL's user again.
    with tempfile.TemporaryDirectory(prefix="onward-") as folder:
        async with embedded_platform(Path(folder), durable=False) as addresses:
            yield addresses


@pytest.fixture(scope="session")
def all_databases(platform: Addresses) -> Databases:
    """The databases of the session; templates are migrated once."""
    return Databases(platform.postgres.dsn())


@pytest.fixture
async def databases(all_databases: Databases) -> AsyncIterator[Databases]:
    """New databases by service: `url = await databases.new("mash_screening")`."""
    yield all_databases
    await all_databases.drop()


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[OpenDatabase]:
    """Open a migrated, empty database of a service: `await database("mash_screening")`."""
    opened: list[Database] = []

    async def open_database(service: str) -> Database:
        opened.append(await Database.connect(await databases.new(service)))
        return opened[-1]

    yield open_database
    for each in opened:
        await each.close()
