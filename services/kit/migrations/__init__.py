"""Brings a service's database to its newest shape: the kit's own tables, then the service's."""

import asyncio
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from services.kit.migrating import KITS, versions_of
from services.kit.tables import SCHEMA

HERE = Path(__file__).parent
LOCK = "SELECT pg_advisory_lock(hashtext('migrations'))"
UNLOCK = "SELECT pg_advisory_unlock(hashtext('migrations'))"


async def migrate(url: str, service: str) -> None:
    """Apply what is missing; a database that is newer than this code is left as it is."""
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade, service)
    finally:
        await engine.dispose()


def migrate_now(url: str, service: str) -> None:
    """The same for callers without an event loop."""
    asyncio.run(migrate(url, service))


def _upgrade(connection: Connection, service: str) -> None:
    connection.execute(text(LOCK))
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    connection.commit()
    try:
        _branch(connection, KITS, "migrated")
        versions = versions_of(service)
        if versions is not None:
            _branch(connection, versions, f"migrated_{service}")
    finally:
        connection.rollback()
        connection.execute(text(UNLOCK))
        connection.commit()


def _branch(connection: Connection, versions: Path, table: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(versions))
    scripts = ScriptDirectory.from_config(config)

    def steps(current: tuple[str, ...], context: MigrationContext) -> object:
        names = {script.revision for script in scripts.walk_revisions()}
        if not set(current) <= names:
            return []
        return scripts._upgrade_revs("heads", current)  # type: ignore[arg-type]

    environment = EnvironmentContext(config, scripts, fn=steps)
    environment.configure(connection=connection, version_table=table, version_table_schema=SCHEMA)
    with environment.begin_transaction():
        environment.run_migrations()
