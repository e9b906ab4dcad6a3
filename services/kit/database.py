"""A service's own database: a pool of connections, and the transaction that a batch runs in."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Self, TypeVar

import asyncpg
import orjson
from sqlalchemy import Table

from services.kit import bulk
from services.kit.service import LockMore

R = TypeVar("R")

SESSION = {
    "timezone": "UTC",
    "jit": "off",
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "15s",
    "statement_timeout": "60s",
}
"""A frozen owner must not hold a key for ever."""
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name"


class Transaction:
    """One transaction of a batch, with what its rules may read besides rows."""

    def __init__(self, connection: Any, now: datetime, reference: Any = None) -> None:
        self.connection = connection
        self.now = now
        self.reference = reference
        """What the service's `reads` returned: policies, calendars, registers."""
        self.locked: set[str] = set()
        """The names locked until this transaction ends; a load that needs others asks for them."""

    async def rows(
        self, kind: type[R], table: Table, *, where: str, among: Iterable[Any]
    ) -> list[R]:
        """Lock and read, in key order, the rows whose column is among these values."""
        return await self._among(kind, bulk.locking(kind, table, where), among)

    async def read(
        self, kind: type[R], table: Table, *, where: str, among: Iterable[Any]
    ) -> list[R]:
        """The same without locking."""
        return await self._among(kind, bulk.reading(kind, table, where), among)

    async def _among(self, kind: type[R], sql: str, among: Iterable[Any]) -> list[R]:
        values = list(dict.fromkeys(among))
        return await self.select(kind, sql, values) if values else []

    async def select(self, kind: type[R], sql: str, *arguments: Any) -> list[R]:
        """Any query, its rows read as `kind`."""
        records = await self.connection.fetch(sql, *arguments)
        row: Any = kind
        found: list[R] = bulk.adapter(row).validate_python([dict(each) for each in records])
        return found

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """Any query, its rows as asyncpg's records."""
        found: list[Any] = await self.connection.fetch(sql, *arguments)
        return found

    async def execute(self, sql: str, *arguments: Any) -> None:
        """Any statement."""
        await self.connection.execute(sql, *arguments)

    async def upsert(self, table: Table, rows: Sequence[Any]) -> None:
        """Write rows, each as it is now; one statement."""
        await self._write(table, rows, replacing=True)

    async def insert(self, table: Table, rows: Sequence[Any]) -> None:
        """Add rows; those whose key stands already change nothing."""
        await self._write(table, rows, replacing=False)

    async def _write(self, table: Table, rows: Sequence[Any], *, replacing: bool) -> None:
        if not rows:
            return
        kind: Any = type(rows[0])
        writing = bulk.writing(kind, table)
        sql = writing.upsert if replacing else writing.insert
        await self.connection.execute(sql, *writing.arrays(rows))

    async def delete(self, table: Table, *, where: str, among: Iterable[Any]) -> None:
        """Remove the rows whose column is among these values."""
        values = list(dict.fromkeys(among))
        if values:
            await self.connection.execute(bulk.deleting(table, where), values)

    async def lock(self, names: Iterable[str]) -> None:
        """Lock shared state by name until the transaction ends, in an order all agree on."""
        ordered = sorted(set(names) - self.locked)
        if ordered:
            await self.connection.execute(LOCK, ordered)
            self.locked.update(ordered)

    def need(self, names: Iterable[str]) -> None:
        """For a load: LockMore unless all these names are locked already."""
        if missing := set(names) - self.locked:
            raise LockMore(missing)


class Database:
    """A pool of connections to one database."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @classmethod
    async def connect(cls, url: str, connections: int = 6) -> Self:
        """Open the pool."""
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=connections,
            init=_prepare,
            reset=_leave_as_it_is,
            server_settings=SESSION,
            command_timeout=90,
        )
        return cls(pool)

    async def close(self) -> None:
        """Close every connection, waiting a moment for those in use."""
        self._pool.terminate()

    @asynccontextmanager
    async def transaction(self, now: datetime, reference: Any = None) -> AsyncIterator[Transaction]:
        """Everything inside is committed together, or nothing is."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield Transaction(connection, now, reference)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """A connection on which each statement commits by itself."""
        async with self._pool.acquire() as connection:
            yield connection

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """One query by itself."""
        found: list[Any] = await self._pool.fetch(sql, *arguments)
        return found


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode, decoder=_decode
    )


async def _leave_as_it_is(connection: Any) -> None:
    # Nothing of ours outlives a transaction, so the usual reset would only cost a round trip.
    return None


def _encode(value: Any) -> bytes:
    return b"\x01" + (value if isinstance(value, bytes) else bulk.to_json(value))


def _decode(value: bytes) -> Any:
    return orjson.loads(value[1:])
