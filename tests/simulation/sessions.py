"""Sessions of a real and of a simulated database, driven one statement at a time."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg

from services.kit.database import Database
from services.ops.simulation.bulk_statements import compiled
from services.ops.simulation.connection import Connection
from services.ops.simulation.every_statement import KIT
from services.ops.simulation.loop import running
from services.ops.simulation.statements import Statement, Statements
from services.ops.simulation.store import Server
from services.ops.simulation.world import Program, World
from services.victim_contact import store
from tests.simulation.operations import Operation

BLOCKED = "SELECT cardinality(pg_blocking_pids($1)) > 0"
WAITS = "waits"


@dataclass(frozen=True)
class Seen:
    """What became of an operation: its rows, its fault, or that it waits for another session."""

    number: int
    came: Any


class Sessions(Protocol):
    """Some sessions of one database."""

    async def start(self, operation: Operation) -> "asyncio.Future[Any]":
        """Begin an operation."""

    async def settle(self, operation: Operation, coming: "asyncio.Future[Any]") -> None:
        """Return when it is done, or waits for another session."""


async def play(sessions: Sessions, operations: Sequence[Operation]) -> list[Seen]:
    """Everything that is seen; a session that waits is asked for nothing more until it goes on."""
    seen: list[Seen] = []
    waiting: dict[int, tuple[Operation, asyncio.Future[Any]]] = {}
    for operation in [*operations, *_ends()]:
        if operation.session in waiting:
            continue
        coming = await sessions.start(operation)
        waiting[operation.session] = (operation, coming)
        # What the newest operation frees is seen only once it is done, and so on.
        for one, its in [(operation, coming), *sorted(waiting.values(), key=_number) * 2]:
            await sessions.settle(one, its)
        if not coming.done():
            seen.append(Seen(operation.number, WAITS))
        for one, its in sorted(waiting.values(), key=_number):
            if its.done():
                seen.append(Seen(one.number, one.canonical(_came(its))))
                del waiting[one.session]
    return seen


def _number(pair: tuple[Operation, Any]) -> int:
    return pair[0].number


def _ends() -> list[Operation]:
    """Every session ends, whoever waited for whom."""
    rounds = range(3)
    return [
        Operation(1000 + 10 * each + session, session, "COMMIT")
        for each in rounds
        for session in rounds
    ]


def _came(its: "asyncio.Future[Any]") -> Any:
    fault = its.exception()
    return its.result() if fault is None else type(fault).__name__


async def _run(connection: Any, operation: Operation) -> Any:
    if operation.sql in ("BEGIN", "COMMIT", "ROLLBACK"):
        within = connection.is_in_transaction()
        if within != (operation.sql == "BEGIN"):
            await connection.execute(operation.sql)
        return []
    return [tuple(row) for row in await connection.fetch(operation.sql, *operation.arguments)]


class RealSessions:
    """Connections to PostgreSQL."""

    def __init__(self, connections: Sequence[Any], watcher: Any) -> None:
        self._connections = connections
        self._watcher = watcher
        self._coming: dict[int, asyncio.Future[Any]] = {}

    async def start(self, operation: Operation) -> "asyncio.Future[Any]":
        connection = self._connections[operation.session]
        self._coming[operation.session] = asyncio.ensure_future(_run(connection, operation))
        return self._coming[operation.session]

    async def end(self) -> None:
        """Undo what is open; a circle of waits is broken by the database after a second."""
        while self._coming:
            done, _ = await asyncio.wait(
                self._coming.values(), timeout=20, return_when=asyncio.FIRST_COMPLETED
            )
            for session in [one for one, its in self._coming.items() if its in done]:
                self._coming.pop(session).exception()
                await self._connections[session].execute("ROLLBACK")

    async def settle(self, operation: Operation, coming: "asyncio.Future[Any]") -> None:
        pid = self._connections[operation.session].get_server_pid()
        async with asyncio.timeout(20):
            while not coming.done():
                await asyncio.wait({coming}, timeout=0.003)
                if not coming.done() and await self._watcher.fetchval(BLOCKED, pid):
                    return


class SimulatedSessions:
    """Connections to a simulated database, in a world where nothing goes wrong."""

    def __init__(self, sessions: int, statements: Mapping[str, Statement]) -> None:
        self.world = World(1)
        self.server, program = Server(self.world), Program(self.world, "a test")
        known = Statements({**KIT, **statements}, store.metadata.tables.values(), compiled)
        self._connections = [Connection(self.server, program, known) for _ in range(sessions)]

    async def start(self, operation: Operation) -> "asyncio.Future[Any]":
        connection = self._connections[operation.session]
        return self.world.loop.create_task(_run(connection, operation))

    async def settle(self, operation: Operation, coming: "asyncio.Future[Any]") -> None:
        self.world.until_rest(lambda: None, lambda: False)


@asynccontextmanager
async def real_sessions(database: Database, sessions: int) -> AsyncIterator[RealSessions]:
    """So many sessions, and one that watches who waits for whom."""
    async with AsyncExitStack() as stack:
        connections = [
            await stack.enter_async_context(database.connection()) for _ in range(sessions + 1)
        ]
        sessions_ = RealSessions(connections[:-1], connections[-1])
        yield sessions_
        await sessions_.end()


def simulated(
    operations: Sequence[Operation],
    sessions: int,
    statements: Mapping[str, Statement] | None = None,
) -> tuple[list[Seen], Server]:
    """What is seen of the operations in a simulated database, and what it keeps in the end."""
    made = SimulatedSessions(sessions, statements or {})
    with running(made.world.loop):
        try:
            play(made, operations).send(None)
        except StopIteration as ended:
            return ended.value, made.server
    raise AssertionError("a simulated session waited for the real loop")


DEADLOCK = asyncpg.DeadlockDetectedError.__name__
