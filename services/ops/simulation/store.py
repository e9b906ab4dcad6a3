"""A simulated PostgreSQL: whole transactions, row and advisory locks, READ COMMITTED."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import asyncpg

from services.ops.simulation.world import World

Row = dict[str, Any]
Key = Any
LOCK_TIMEOUT = 15.0
IDLE_TIMEOUT = 30.0


class Record:
    """A row as asyncpg gives it: by name, by place, and in order."""

    __slots__ = ("_row",)

    def __init__(self, row: Row) -> None:
        self._row = row

    def __getitem__(self, key: str | int) -> Any:
        return self._row[key] if isinstance(key, str) else list(self._row.values())[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._row.values())

    def __len__(self) -> int:
        return len(self._row)

    def keys(self) -> Iterator[str]:
        """The columns' names."""
        return iter(self._row)


class Server:
    """One service's database: what is committed, and who has what locked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tables: dict[str, dict[Key, Row]] = {}
        self.locks: dict[Any, Work] = {}
        self.memory: dict[str, Any] = {}
        """What a planted bug remembers."""
        self.committed: list[Callable[[], None]] = []
        """Told after every commit."""
        self._sequences: dict[str, int] = {}

    def table(self, name: str) -> dict[Key, Row]:
        """What is committed of a table."""
        return self.tables.setdefault(name, {})

    def next_number(self, table: str) -> int:
        """The next of an identity column: taken at once, whenever the row is committed."""
        self._sequences[table] = self._sequences.get(table, 0) + 1
        return self._sequences[table]


class Work:
    """What one transaction wrote and locked."""

    __slots__ = ("held", "over", "server", "waiters", "waits_for", "writes")

    def __init__(self, server: Server) -> None:
        self.server = server
        self.writes: dict[str, dict[Key, Row | None]] = {}
        self.held: list[Any] = []
        self.waits_for: Work | None = None
        self.waiters: list[asyncio.Future[None]] = []
        self.over = False

    def get(self, table: str, key: Key) -> Row | None:
        """A row as this transaction sees it now."""
        written = self.writes.get(table)
        if written is not None and key in written:
            return written[key]
        return self.server.table(table).get(key)

    def rows(self, table: str) -> list[tuple[Key, Row]]:
        """Every row of a table as this transaction sees it now."""
        committed, written = self.server.table(table), self.writes.get(table)
        if not written:
            return list(committed.items())
        seen = committed | written
        return [(key, row) for key, row in seen.items() if row is not None]

    def put(self, table: str, key: Key, row: Row) -> None:
        """Write a row; it is locked already."""
        self.writes.setdefault(table, {})[key] = row

    def add(self, table: str, column: str, row: Row) -> None:
        """Insert a row under the next number of its identity column."""
        number = self.server.next_number(table)
        self.put(table, number, {column: number} | row)

    def remove(self, table: str, key: Key) -> None:
        """Delete a row; it is locked already."""
        self.writes.setdefault(table, {})[key] = None

    def is_locked(self, name: Any) -> bool:
        """Whether another transaction holds it."""
        return self.server.locks.get(name, self) is not self

    def seize(self, name: Any) -> None:
        """Lock what nobody else holds."""
        if name not in self.server.locks:
            self.server.locks[name] = self
            self.held.append(name)

    async def lock(self, name: Any) -> None:
        """Lock, waiting for whoever holds it."""
        while self.is_locked(name):
            await self._wait_for(self.server.locks[name])
        self.seize(name)

    async def _wait_for(self, owner: "Work") -> None:
        if self._in_a_circle(owner):
            raise asyncpg.DeadlockDetectedError("deadlock detected")
        loop = self.server.world.loop
        freed = loop.create_future()
        owner.waiters.append(freed)
        self.waits_for = owner
        timer = loop.call_later(LOCK_TIMEOUT, _give_up, freed)
        try:
            await freed
        finally:
            self.waits_for = None
            timer.cancel()
        if self.over:
            raise lost()

    def _in_a_circle(self, owner: "Work | None") -> bool:
        while owner is not None:
            if owner is self:
                return True
            owner = owner.waits_for
        return False

    def commit(self) -> None:
        """Everything, at once."""
        for table, written in self.writes.items():
            committed = self.server.table(table)
            for key, row in written.items():
                if row is None:
                    committed.pop(key, None)
                else:
                    committed[key] = row
        changed = self.writes.keys() - {"kit.progress"}
        self.end()
        if changed:
            self.server.world.progressed()
            for told in self.server.committed:
                told()

    def end(self) -> None:
        """Nothing, if it was not committed; whoever waited goes on."""
        self.over = True
        self.writes = {}
        for name in self.held:
            self.server.locks.pop(name, None)
        self.held.clear()
        for freed in self.waiters:
            if not freed.done():
                freed.set_result(None)
        self.waiters.clear()


def lost() -> Exception:
    """A connection that is gone."""
    gone: Exception = asyncpg.ConnectionDoesNotExistError("connection was closed")
    return gone


def _give_up(freed: "asyncio.Future[None]") -> None:
    if not freed.done():
        freed.set_exception(asyncpg.LockNotAvailableError("lock timeout"))


def records(rows: Sequence[Row]) -> list[Any]:
    """Rows as asyncpg gives them."""
    return [Record(row) for row in rows]
