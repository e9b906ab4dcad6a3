"""Rows go out and come back as the dataclasses they were, whatever is nested in them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from contracts.envelope import Reason, Trail
from services.kit.database import Database, Transaction
from services.kit.service import LockMore

NOON = datetime(2026, 11, 27, 12, 0, 0, 123456, tzinfo=UTC)
OpenDatabase = Callable[[str], Awaitable[Database]]


class Colour(StrEnum):
    """A text code."""

    RED = "red"


class Rank(IntEnum):
    """A numeric code."""

    FIRST = 1


@dataclass(frozen=True, slots=True)
class Inner:
    """Nested once."""

    at: datetime
    on: date
    ids: tuple[UUID, ...]
    names: frozenset[str]
    by_id: dict[UUID, Colour]
    lasts: timedelta
    about: Trail
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """A row of everything."""

    id: UUID
    colour: Colour
    rank: Rank
    at: datetime | None
    on: date
    lasts: timedelta
    sure: bool
    bytes_: bytes
    tags: tuple[str, ...]
    members: tuple[UUID, ...] | None
    inner: Inner
    inners: tuple[Inner, ...]
    maybe: Inner | None = None

    @property
    def first_tag(self) -> str | None:
        """A column that is worked out."""
        return self.tags[0] if self.tags else None


WHOLE = Table(
    "whole",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("colour", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("at", DateTime(timezone=True)),
    Column("on", Date, nullable=False),
    Column("lasts", Interval, nullable=False),
    Column("sure", Boolean, nullable=False),
    Column("bytes_", LargeBinary, nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    Column("members", ARRAY(Uuid)),
    Column("inner", JSONB, nullable=False),
    Column("inners", JSONB, nullable=False),
    Column("maybe", JSONB),
    Column("first_tag", Text),
    Column("not_ours", Numeric),
)


def a_whole(number: int = 1) -> Whole:
    inner = Inner(
        at=NOON,
        on=date(2026, 12, 25),
        ids=(UUID(int=1), UUID(int=2)),
        names=frozenset({"a", "b"}),
        by_id={UUID(int=3): Colour.RED},
        lasts=timedelta(hours=1.5),
        about=Trail("a/1", UUID(int=4)),
        why=(Reason(code="c", sentence="s"),),
    )
    return Whole(
        id=UUID(int=number),
        colour=Colour.RED,
        rank=Rank.FIRST,
        at=NOON,
        on=date(2026, 11, 27),
        lasts=timedelta(days=2),
        sure=True,
        bytes_=b"\x00\xff",
        tags=("x", "y"),
        members=(UUID(int=9),),
        inner=inner,
        inners=(inner, inner),
    )


@pytest.fixture
async def opened(database: OpenDatabase) -> Database:
    found = await database("trial")
    async with found.connection() as connection:
        await connection.execute(
            "CREATE TABLE whole (id uuid PRIMARY KEY, colour text, rank int, at timestamptz, "
            '"on" date, lasts interval, sure boolean, bytes_ bytea, tags text[], members uuid[], '
            '"inner" jsonb, inners jsonb, maybe jsonb, first_tag text, not_ours numeric)'
        )
    return found


async def all_rows(database: Database) -> list[Whole]:
    async with database.transaction(NOON) as transaction:
        return await transaction.select(Whole, "SELECT * FROM whole ORDER BY id")


async def test_a_row_comes_back_as_it_was(opened: Database) -> None:
    rows = [a_whole(1), replace(a_whole(2), at=None, members=None, tags=(), maybe=a_whole().inner)]
    async with opened.transaction(NOON) as transaction:
        await transaction.upsert(WHOLE, rows)
        found = await transaction.rows(Whole, WHOLE, where="id", among=[row.id for row in rows])
    assert found == rows
    assert type(found[0].inner.by_id[UUID(int=3)]) is Colour
    [record, other] = await opened.fetch("SELECT first_tag FROM whole ORDER BY id")
    assert (record[0], other[0]) == ("x", None)


async def test_an_upsert_replaces_and_an_insert_does_not(opened: Database) -> None:
    changed = replace(a_whole(1), sure=False)
    async with opened.transaction(NOON) as transaction:
        await transaction.insert(WHOLE, [a_whole(1), a_whole(1)])
        await transaction.insert(WHOLE, [changed])
    assert await all_rows(opened) == [a_whole(1)]
    async with opened.transaction(NOON) as transaction:
        await transaction.upsert(WHOLE, [changed])
    assert await all_rows(opened) == [changed]


async def test_nothing_asked_for_costs_no_statement(opened: Database) -> None:
    transaction = Transaction(None, NOON)
    assert await transaction.rows(Whole, WHOLE, where="id", among=[]) == []
    await transaction.upsert(WHOLE, [])
    await transaction.delete(WHOLE, where="id", among=[])
    await transaction.lock([])


async def test_rows_are_deleted_by_any_column(opened: Database) -> None:
    async with opened.transaction(NOON) as transaction:
        await transaction.upsert(WHOLE, [a_whole(1), a_whole(2)])
        await transaction.delete(WHOLE, where="id", among={UUID(int=1)})
    assert [row.id for row in await all_rows(opened)] == [UUID(int=2)]


async def test_a_failure_inside_leaves_nothing(opened: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with opened.transaction(NOON) as transaction:
            await transaction.upsert(WHOLE, [a_whole(1)])
            raise ZeroDivisionError
    assert await all_rows(opened) == []


async def test_a_name_is_held_until_the_transaction_ends(opened: Database) -> None:
    async with opened.transaction(NOON) as transaction:
        await transaction.lock(["group/2", "group/1"])
        transaction.need({"group/1", "group/2"})
        with pytest.raises(LockMore) as asked:
            transaction.need({"group/1", "group/3"})
        assert asked.value.names == {"group/3"}
        async with opened.transaction(NOON) as other:
            await other.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await other.lock(["group/1"])
    async with opened.transaction(NOON) as other:
        await other.lock(["group/1"])


async def test_the_session_cannot_hold_a_key_for_ever(opened: Database) -> None:
    shown = [
        (await opened.fetch(f"SHOW {name}"))[0][0]
        for name in ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
    ]
    assert "0" not in shown
    assert (await opened.fetch("SHOW transaction_isolation"))[0][0] == "read committed"


async def test_a_plan_made_over_a_nearly_empty_table_does_not_read_the_full_one_whole(
    opened: Database,
) -> None:
    async with opened.connection() as connection:
        await Transaction(connection, NOON).upsert(WHOLE, [a_whole(0)])
        await connection.execute("ANALYZE whole")
        await connection.execute("PREPARE seek AS SELECT * FROM whole WHERE id = ANY($1::uuid[])")
        for _ in range(10):
            await connection.execute("EXECUTE seek('{}')")
        await Transaction(connection, NOON).upsert(WHOLE, [a_whole(n) for n in range(1, 2000)])
        kept = await connection.fetch("EXPLAIN EXECUTE seek('{}')")
    assert "Seq Scan" not in str(kept)
