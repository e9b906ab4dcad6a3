"""The closed set of SQL statements that a simulated database answers, each by its own text."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Table

from services.kit import bulk
from services.ops.simulation.store import Row, Work
from services.ops.simulation.world import World

Run = Callable[..., Awaitable[list[Row]]]
Detail = Callable[[World, Sequence[Any], Sequence[Row]], str]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement does to a transaction, and how a story tells it."""

    run: Run
    words: str
    writes: bool = True
    apart: bool = False
    """Committed by itself, whatever becomes of its transaction: only a planted bug does so."""
    detail: Detail | None = None
    """What a story adds; empty = not worth telling."""

    def told(self, world: World, arguments: Sequence[Any], found: Sequence[Row]) -> str:
        """How a story tells it."""
        if self.detail is not None:
            added = self.detail(world, arguments, found)
            return f"{self.words}: {added}" if added else ""
        return self.words if self.writes else ""


Compile = Callable[[str, Mapping[str, Table]], Statement | None]
"""Understands a statement that was generated for a table."""


class UnknownStatement(Exception):  # noqa: N818
    """The simulated database was asked something that it cannot answer."""


class Statements:
    """The kit's statements, those of one service's own, and the bulk ones of its tables."""

    def __init__(
        self, known: Mapping[str, Statement], tables: Iterable[Table], compile_: Compile
    ) -> None:
        self._known = dict(known)
        self._compile = compile_
        self._tables = {bulk.named(table): table for table in tables}

    def of(self, sql: str) -> Statement:
        """What a statement does."""
        found = self._known.get(sql)
        if found is None:
            found = self._known[sql] = self._compiled(sql)
        return found

    def _compiled(self, sql: str) -> Statement:
        statement = self._compile(sql, self._tables)
        if statement is None:
            raise UnknownStatement(sql)
        return statement


def from_json(value: Any) -> Any:
    """A JSONB argument as it comes back from the database."""
    if value is None:
        return None
    return orjson.loads(value if isinstance(value, bytes) else bulk.to_json(value))


async def locked(
    work: Work, table: str, keys: Iterable[Any], wanted: Callable[[Row], bool]
) -> list[tuple[Any, Row]]:
    """Lock rows one by one; those still there and still wanted once the lock is ours.

    Only rows that were seen and wanted when the statement began are waited for.
    """
    return await locked_anew(work, table, seen(work, table, keys, wanted), wanted)


def seen(work: Work, table: str, keys: Iterable[Any], wanted: Callable[[Row], bool]) -> list[Any]:
    """The keys of rows that are there and wanted as this transaction sees them now."""
    rows = [(key, work.get(table, key)) for key in keys]
    return [key for key, row in rows if row is not None and wanted(row)]


async def locked_anew(
    work: Work, table: str, keys: Iterable[Any], wanted: Callable[[Row], bool]
) -> list[tuple[Any, Row]]:
    """The same, whatever was seen when the statement began: what a conflict leads to."""
    found = []
    for key in keys:
        await work.lock((table, key))
        row = work.get(table, key)
        if row is not None and wanted(row):
            found.append((key, row))
    return found


async def update(
    work: Work, table: str, keys: Iterable[Any], wanted: Callable[[Row], bool], **changes: Any
) -> list[Row]:
    """Change rows that are still wanted once they are locked."""
    changed = [(key, {**row, **changes}) for key, row in await locked(work, table, keys, wanted)]
    for key, row in changed:
        work.put(table, key, row)
    return [row for _, row in changed]


async def delete(
    work: Work, table: str, keys: Iterable[Any], wanted: Callable[[Row], bool]
) -> None:
    """Delete rows that are still wanted once they are locked."""
    for key, _ in await locked(work, table, keys, wanted):
        work.remove(table, key)


async def claim_new(work: Work, table: str, key: Any) -> bool:
    """Take a key for a row to insert; False where a row stands there already."""
    while work.get(table, key) is None:
        if not work.is_locked((table, key)):
            work.seize((table, key))
            return True
        await work.lock((table, key))
    return False


def always(row: Row) -> bool:
    """Every row is wanted."""
    return True
