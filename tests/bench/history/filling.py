"""Databases filled with the history of many incidents, and what they say of themselves after."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from services.kit.database import Database
from services.kit.inbox import Partitions, name_of
from services.ops.platform import Addresses
from tests.bench.history.cloning import HISTORY, REMEMBERED, clone, without_gin

A_YEAR = timedelta(days=365)
TOO_OLD = (50, 60, 90)
"""Days ago: their partitions of the inbox must go."""
FEW = 1000
"""Rows that may be read one after the other: a table so small has no plan to get wrong."""
SCANS = """
SELECT schemaname || '.' || relname AS name, seq_scan AS scans, seq_tup_read AS read
FROM pg_stat_user_tables WHERE n_live_tup > $1
"""
OLD_DAYS = """
SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'kit.inbox'::regclass AND c.relname BETWEEN 'inbox_2000' AND $1
"""
SIZES = """
SELECT pg_database_size(current_database()) / 1048576.0 AS database,
       pg_total_relation_size('kit.outbox') / 1048576.0 AS outbox
"""


@dataclass(frozen=True)
class Seen:
    """What a database says of itself."""

    read_in_sequence: dict[str, int]
    """By table that is not small: rows read by scans of all of it, so far."""
    database_mib: float
    outbox_mib: float
    old_days: int
    """Days of the inbox that no copy can come from any more."""

    def since(self, before: "Seen") -> dict[str, int]:
        """The rows read by whole scans since then."""
        read = self.read_in_sequence
        found = {name: rows - before.read_in_sequence.get(name, 0) for name, rows in read.items()}
        return {name: rows for name, rows in found.items() if rows > 0}


async def fill(addresses: Addresses, service: str, times: int) -> dict[str, int]:
    """Every history table of a service, so many times over; rows by table."""
    await _days(addresses, service)
    async with connected(addresses, service) as connection:
        indexes = await without_gin(connection)
        rows = {
            f"{kept.schema}.{kept.name}": await clone(connection, kept, times, A_YEAR)
            for kept in HISTORY[service]
        }
        await connection.execute("SET maintenance_work_mem = '512MB'")
        for made in indexes:
            await connection.execute(made, timeout=3600)
        await connection.execute("VACUUM ANALYZE", timeout=3600)
    return rows


async def seen(addresses: Addresses, service: str) -> Seen:
    """What a service's database says now."""
    oldest = datetime.now(UTC).date() - timedelta(days=REMEMBERED + 1)
    async with connected(addresses, service) as connection:
        scans = await connection.fetch(SCANS, FEW)
        sizes = await connection.fetchrow(SIZES)
        old = await connection.fetchval(OLD_DAYS, name_of(oldest))
    read = {row["name"]: row["read"] for row in scans}
    return Seen(read, float(sizes["database"]), float(sizes["outbox"]), old)


@asynccontextmanager
async def connected(addresses: Addresses, service: str) -> AsyncIterator[Any]:
    """A connection to a service's database."""
    connection = await asyncpg.connect(addresses.dsn(service))
    try:
        yield connection
    finally:
        await connection.close()


async def _days(addresses: Addresses, service: str) -> None:
    today = datetime.now(UTC).date()
    past = [today - timedelta(days=ago) for ago in (*range(REMEMBERED + 1), *TOO_OLD)]
    database = await Database.connect(addresses.dsn(service), connections=2)
    try:
        await Partitions(database).ensure(past)
    finally:
        await database.close()
