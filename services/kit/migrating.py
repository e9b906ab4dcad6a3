"""A service's database at its newest shape before it is used, without keeping Alembic in memory."""

import asyncio
import importlib.util
import os
import sys
from pathlib import Path

import asyncpg

from services.kit.tables import SCHEMA

KITS = Path(__file__).parent / "migrations" / "versions"
URL = "ONWARD_MIGRATE_URL"
"""How the process that migrates is told the address: never by an argument, which others can see."""
AWAY = 75
"""Its exit code when the database went away (EX_TEMPFAIL)."""


class MigrationFailed(Exception):  # noqa: N818
    """A database cannot be brought to the shape this code needs; the log says why."""


async def migrated(url: str, service: str) -> None:
    """Apply what is missing; where nothing is, only two rows are read."""
    if await is_newest(url, service):
        return
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.kit.migrations", service, env={**os.environ, URL: url}
    )
    try:
        code = await child.wait()
    except asyncio.CancelledError:
        child.terminate()
        raise
    if code == AWAY:
        raise ConnectionError("the database went away while it was migrated")
    if code:
        raise MigrationFailed(service)


async def is_newest(url: str, service: str) -> bool:
    """Whether a database has every migration that this code knows."""
    connection = await asyncpg.connect(url)
    try:
        return all(
            [await _stands(connection, table, newest) for table, newest in heads_of(service)]
        )
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return False
    finally:
        await connection.close()


async def _stands(connection: asyncpg.Connection, table: str, newest: str) -> bool:
    found = await connection.fetchval(f"SELECT max(version_num) FROM {SCHEMA}.{table}")
    return found is not None and found >= newest


def heads_of(service: str) -> list[tuple[str, str]]:
    """The tables that note how far a database is, and the newest migration of each."""
    folders = {"migrated": KITS}
    if (versions := versions_of(service)) is not None:
        folders[f"migrated_{service}"] = versions
    return [
        (table, max(path.name.partition("_")[0] for path in folder.glob("[0-9]*.py")))
        for table, folder in folders.items()
    ]


def versions_of(service: str) -> Path | None:
    """Where a service keeps its numbered migrations, if it keeps any."""
    room = importlib.util.find_spec(f"services.{service}")
    if room is None or not room.submodule_search_locations:
        return None
    versions = Path(room.submodule_search_locations[0]) / "migrations" / "versions"
    return versions if versions.is_dir() else None
