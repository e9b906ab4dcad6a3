"""Connections of a process to a simulated PostgreSQL, pooled, under the kit's own `Database`."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from services.kit.database import BEGIN_LOCKED
from services.ops.simulation.blows import Blow, Step
from services.ops.simulation.statements import Statement, Statements, UnknownStatement
from services.ops.simulation.store import IDLE_TIMEOUT, Server, Work, lost, records
from services.ops.simulation.world import Dead, Program

_BEGINS = BEGIN_LOCKED.partition("{{")[0]
_NUMBERS = re.compile(r"-?\d+(?=[,}])")


class Connection:
    """As much of asyncpg's connection as the kit uses."""

    def __init__(self, server: Server, program: Program, known: Statements) -> None:
        self._server = server
        self._program = program
        self._known = known
        self._work: Work | None = None
        self._closed = False
        program.at_end.append(self.terminate)
        program.at_freeze.append(self._watch_idling)

    def is_closed(self) -> bool:
        """Whether it is gone."""
        return self._closed or not self._program.alive

    def is_in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._work is not None

    def terminate(self) -> None:
        """The server notices that nobody is there, and undoes what was not committed."""
        self._closed = True
        self._undo()

    def _undo(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work.end()

    def _watch_idling(self) -> None:
        world, work = self._program.world, self._work
        frozen_until = self._program.frozen_until

        def end() -> None:
            still = world.frozen(self._program) and self._program.frozen_until == frozen_until
            if still and self._work is work and work is not None:
                world.tell(f"The database ends an idle transaction of {self._program.name}.")
                self.terminate()

        world.after(IDLE_TIMEOUT, end)

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """A query's rows."""
        try:
            statement = self._known.of(sql)
        except UnknownStatement as fault:
            self._program.world.break_promise(f"not simulated: {fault}")
            raise
        kind = Step.WRITE if statement.writes else Step.READ
        await self._step(kind, statement.words, told_later=True)
        if self._work is not None:
            return await self._run(self._work, statement, arguments)
        work = Work(self._server)
        try:
            found = await self._run(work, statement, arguments)
            blow = await self._step(Step.COMMIT, "commits") if work.writes else None
        except BaseException:
            work.end()
            raise
        work.commit()
        if blow is Blow.ANSWER_LOST:
            self._closed = True
            raise lost()
        return found

    async def _run(self, work: Work, statement: Statement, arguments: Any) -> list[Any]:
        # A planted bug may look things up outside of the transaction that it belongs to.
        apart = Work(self._server) if statement.apart else work
        try:
            found = await statement.run(apart, *arguments)
        except (TypeError, ValueError, LookupError) as fault:
            # A service would take it for a message's own fault, and park that.
            self._program.world.break_promise(f"not simulated: {statement.words}: {fault}")
            raise
        if apart is not work:
            apart.commit()
        if work.over:
            raise lost()
        world = self._program.world
        if world.story is not None and (told := statement.told(world, arguments, found)):
            world.tell(f"{self._program.name} {told}.")
        return records(found)

    async def execute(self, sql: str, *arguments: Any) -> None:
        """A statement."""
        if sql.startswith("BEGIN"):
            await self._begin(sql)
        elif sql == "COMMIT":
            await self.commit()
        elif sql == "ROLLBACK":
            self._undo()
        else:
            await self.fetch(sql, *arguments)

    async def _begin(self, sql: str) -> None:
        await self._step(Step.READ, "begins a transaction", told_later=True)
        self._work = work = Work(self._server)
        if sql.startswith(_BEGINS):
            for number in _NUMBERS.findall(sql):
                await work.lock(int(number))

    async def commit(self) -> None:
        """Commit, or not know whether one did."""
        changes = self._work is not None and bool(self._work.writes)
        blow = await self._step(Step.COMMIT, "commits", told_later=not changes)
        work, self._work = self._work, None
        if work is None or work.over:
            raise lost()
        work.commit()
        if blow is Blow.ANSWER_LOST:
            self._closed = True
            raise lost()

    async def _step(self, step: Step, words: str, *, told_later: bool = False) -> Blow | None:
        if self._closed:
            raise lost() if self._program.alive else Dead
        blow = await self._program.step(step, words, told_later=told_later)
        if self._closed:
            raise lost()
        if blow is Blow.CUT_OFF:
            self.terminate()
            raise lost()
        if blow is Blow.DEADLOCK:
            self._undo()
            raise asyncpg.DeadlockDetectedError("deadlock detected")
        return blow

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """A transaction as a block."""
        await self._begin("BEGIN")
        try:
            yield
        except BaseException:
            self._undo()
            raise
        await self.commit()


class Pool:
    """As much of asyncpg's pool as the kit uses."""

    def __init__(self, server: Server, program: Program, known: Statements) -> None:
        self._server = server
        self._program = program
        self._known = known
        self._idle: list[Connection] = []

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """A connection, given back with no transaction open."""
        connection = self._connection()
        try:
            yield connection
        finally:
            connection._undo()
            self._idle.append(connection)

    def _connection(self) -> Connection:
        while self._idle:
            found = self._idle.pop()
            if not found.is_closed():
                return found
        return Connection(self._server, self._program, self._known)

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """A query by itself."""
        async with self.acquire() as connection:
            return await connection.fetch(sql, *arguments)

    def terminate(self) -> None:
        """Close every connection."""
        for connection in self._idle:
            connection.terminate()
