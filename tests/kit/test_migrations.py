"""Migrations make exactly the tables that the code believes in, and tolerate newer ones."""

import importlib
import pkgutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.ext.asyncio import create_async_engine

import services
from services.kit.database import Database
from services.kit.migrations import migrate
from services.kit.tables import KIT, SCHEMA
from services.kit.testing import Databases


def stores() -> list[str]:
    """Every service that keeps tables."""
    rooms = [room.name for room in pkgutil.iter_modules(services.__path__) if room.ispkg]
    return [
        room
        for room in rooms
        if room != "kit" and importlib.util.find_spec(f"services.{room}.store") is not None
    ]


def tables_of(service: str | None) -> MetaData:
    """The service's tables and the kit's, as the code has them."""
    both = MetaData()
    tables: list[Table] = list(KIT.tables.values())
    if service is not None:
        tables += _kept_by(service).tables.values()
    for table in tables:
        table.to_metadata(both)
    return both


def _kept_by(service: str) -> MetaData:
    store = importlib.import_module(f"services.{service}.store")
    if not hasattr(store, "metadata"):
        store = importlib.import_module(f"services.{service}.store.tables")
    metadata: MetaData = store.metadata
    return metadata


async def differences(url: str, metadata: MetaData) -> list[object]:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))

    def compare(connection: Connection) -> list[object]:
        options = {
            "include_schemas": True,
            "include_object": _ours,
            "compare_type": True,
            "compare_server_default": False,
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))

    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


def _ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    if kind == "table":
        return not (name or "").startswith(("migrated", "inbox_"))
    table = getattr(item, "table", None)
    return not (isinstance(table, Table) and table.name.startswith(("migrated", "inbox_")))


@pytest.mark.parametrize("service", stores())
async def test_migrations_make_the_tables_of_the_code(service: str, databases: Databases) -> None:
    url = await databases.new(service)
    assert await differences(url, tables_of(service)) == []


async def test_a_missing_column_and_a_missing_index_are_seen(databases: Databases) -> None:
    url = await databases.new("trial")
    database = await Database.connect(url)
    await database.fetch(f"ALTER TABLE {SCHEMA}.parked DROP COLUMN detail")
    await database.fetch(f"DROP INDEX {SCHEMA}.sendings_open")
    await database.close()
    assert len(await differences(url, tables_of(None))) == 2


async def test_migrating_twice_changes_nothing(databases: Databases) -> None:
    url = await databases.new("trial")
    await migrate(url, "trial")
    assert await differences(url, tables_of(None)) == []


async def test_a_database_newer_than_the_code_is_left_as_it_is(databases: Databases) -> None:
    url = await databases.new("trial")
    database = await Database.connect(url)
    await database.fetch(f"UPDATE {SCHEMA}.migrated SET version_num = 'of tomorrow'")
    await migrate(url, "trial")
    [[version]] = await database.fetch(f"SELECT version_num FROM {SCHEMA}.migrated")
    assert version == "of tomorrow"
    await database.close()
