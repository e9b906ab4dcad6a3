"""A service's own database: a pool of connections, and the transaction that a batch runs in."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import blake2b
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
    "enable_seqscan": "off",
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "15s",
    "statement_timeout": "60s",
}
"""A frozen owner must not hold a key for ever, and a plan that was made over an empty table must
not read it from end to end once it is full."""
LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key"
BEGIN_LOCKED = "BEGIN; SELECT pg_advisory_xact_lock(key) FROM unnest('{{{}}}'::bigint[]) AS key"


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
        more = set(names) - self.locked
        if more:
            await self.connection.execute(LOCK, lock_keys(more))
            self.locked |= more

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
            reset=_undo,
            server_settings=SESSION,
            command_timeout=90,
        )
        return cls(pool)

    async def close(self) -> None:
        """Close every connection, waiting a moment for those in use."""
        self._pool.terminate()

    @asynccontextmanager
    async def transaction(
        self, now: datetime, reference: Any = None, *, locked: Iterable[str] = ()
    ) -> AsyncIterator[Transaction]:
        """Everything inside is committed together, or nothing is; it begins with names locked."""
        async with self._pool.acquire() as connection:
            names = set(locked)
            await connection.execute(_begin(names))
            transaction = Transaction(connection, now, reference)
            transaction.locked |= names
            try:
                yield transaction
            except BaseException:
                await _undo(connection)
                raise
            await connection.execute("COMMIT")

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


async def _undo(connection: Any) -> None:
    # Nothing of ours outlives a transaction, so the pool's usual reset would cost a round trip.
    if connection.is_closed() or not connection.is_in_transaction():
        return
    try:
        await connection.execute("ROLLBACK")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        connection.terminate()


def lock_keys(names: Iterable[str]) -> list[int]:
    """Names as the numbers they are locked by, in the order all agree on."""
    digests = {blake2b(name.encode(), digest_size=8).digest() for name in names}
    return sorted(int.from_bytes(digest, signed=True) for digest in digests)


def _begin(names: set[str]) -> str:
    # One round trip; the lock is still a statement of its own, so what follows sees the newest.
    return BEGIN_LOCKED.format(",".join(map(str, lock_keys(names)))) if names else "BEGIN"


def _encode(value: Any) -> bytes:
    return b"\x01" + (value if isinstance(value, bytes) else bulk.to_json(value))


def _decode(value: bytes) -> Any:
    return orjson.loads(value[1:])
