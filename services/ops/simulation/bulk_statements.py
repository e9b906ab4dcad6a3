"""The statements that the kit generates for a service's tables, understood from their text."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid
from sqlalchemy.types import JSON

from services.kit import bulk
from services.ops.simulation.statements import (
    Statement,
    always,
    claim_new,
    delete,
    from_json,
    locked,
    locked_anew,
)
from services.ops.simulation.store import Row, Work
from services.ops.simulation.telling import untold

SELECT = re.compile(
    r'SELECT (?P<columns>.+) FROM (?P<table>\S+) WHERE "(?P<where>\w+)" = ANY\(\$1::[^)]*\) '
    r"ORDER BY .+?(?P<locks> FOR UPDATE)?"
)
DELETE = re.compile(r'DELETE FROM (?P<table>\S+) WHERE "(?P<where>\w+)" = ANY\(.*')
INSERT = re.compile(
    r"INSERT INTO (?P<table>\S+) \((?P<columns>.+?)\) SELECT .* "
    r"ON CONFLICT (?:\(.+?\) )?DO (?P<then>UPDATE|NOTHING).*"
)
Tables = Mapping[str, Table]


def compiled(sql: str, tables: Tables) -> Statement | None:
    """The statement, or None where it is none of the generated ones."""
    for pattern, understood in ((SELECT, _select), (DELETE, _delete), (INSERT, _insert)):
        found = pattern.fullmatch(sql)
        if found is not None and found["table"] in tables:
            return understood(found, tables[found["table"]])
    return None


def key_of(table: Table) -> Callable[[Row], Any]:
    """How a row's primary key is taken."""
    names = [column.name for column in table.primary_key.columns]
    if len(names) == 1:
        return lambda row: row[names[0]]
    return lambda row: tuple(row[name] for name in names)


def _names(columns: str) -> list[str]:
    return [name.strip().strip('"') for name in columns.split(",")]


def _select(found: re.Match[str], table: Table) -> Statement:
    names, where, name = _names(found["columns"]), found["where"], bulk.named(table)
    locking = found["locks"] is not None

    async def select(work: Work, among: Sequence[Any]) -> list[Row]:
        wanted = set(among)
        rows = [(key, row) for key, row in work.rows(name) if row[where] in wanted]
        rows.sort(key=lambda pair: pair[0])
        if locking:
            keys = [key for key, _ in rows]
            rows = await locked(work, name, keys, lambda row: row[where] in wanted)
        return [{each: row[each] for each in names} for _, row in rows]

    words = f"{'locks and reads' if locking else 'reads'} {table.name}"
    return Statement(select, words, writes=locking, detail=untold)


def _delete(found: re.Match[str], table: Table) -> Statement:
    where, name = found["where"], bulk.named(table)

    async def remove(work: Work, among: Sequence[Any]) -> list[Row]:
        wanted = set(among)
        keys = [key for key, row in work.rows(name) if row[where] in wanted]
        await delete(work, name, keys, lambda row: row[where] in wanted)
        return []

    return Statement(remove, f"deletes from {table.name}")


def _insert(found: re.Match[str], table: Table) -> Statement:
    names, name, key = _names(found["columns"]), bulk.named(table), key_of(table)
    read = [_reader(table, column) for column in names]
    rest = {column.name: None for column in table.columns if column.name not in names}
    replacing = found["then"] == "UPDATE"

    async def insert(work: Work, *arrays: Sequence[Any]) -> list[Row]:
        for values in zip(*arrays, strict=True):
            row = {c: take(v) for c, take, v in zip(names, read, values, strict=True)}
            await _write(work, name, (key(row), rest | row), replacing)
        return []

    return Statement(insert, f"writes {table.name}")


async def _write(work: Work, table: str, new: tuple[Any, Row], replacing: bool) -> None:
    key, row = new
    if await claim_new(work, table, key):
        work.put(table, key, row)
    elif replacing:
        for _, before in await locked_anew(work, table, [key], always):
            work.put(table, key, before | row)


def _reader(table: Table, name: str) -> Callable[[Any], Any]:
    kind = table.columns[name].type
    if isinstance(kind, ARRAY):
        if isinstance(kind.item_type, Uuid):
            return lambda value: None if value is None else [UUID(e) for e in from_json(value)]
        return from_json
    return from_json if isinstance(kind, JSON) else lambda value: value
