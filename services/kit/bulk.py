"""Bulk SQL generated once per table and row class: one statement whatever the number of rows."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import ARRAY, Column, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import JSON

R = TypeVar("R")
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def to_json(value: Any) -> bytes:
    """A value as it stands in a JSONB column: nested dataclasses, models, sets and ids included."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(value, key=str)
    if isinstance(value, tuple):
        return list(value)
    if hasattr(value, "total_seconds"):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} cannot stand in a JSONB column")


@cache
def adapter(kind: Any) -> TypeAdapter[list[Any]]:
    """Reads database rows as `kind`: columns are fields, JSONB is validated deeply."""
    return TypeAdapter(list[kind])


def quoted(name: str) -> str:
    """An identifier as SQL."""
    return '"' + name.replace('"', '""') + '"'


def named(table: Table) -> str:
    """A table's name as SQL, with its schema."""
    return ".".join(quoted(part) for part in (table.schema, table.name) if part)


def type_of(column: Column[Any]) -> str:
    """The column's PostgreSQL type."""
    return column.type.compile(dialect=_DIALECT)


def field_names(kind: Any) -> set[str]:
    """The fields of a row class: a dataclass or a model."""
    if dataclasses.is_dataclass(kind):
        return {field.name for field in dataclasses.fields(kind)}
    return set(getattr(kind, "model_fields", ()))


def reading(kind: Any, table: Table, where: str) -> str:
    """SELECT the row's fields where a column is among `$1`, in the order of the primary key."""
    return _reading(kind, table, where)


def locking(kind: Any, table: Table, where: str) -> str:
    """The same, and lock the rows until the transaction ends."""
    return _reading(kind, table, where) + " FOR UPDATE"


@cache
def _reading(kind: Any, table: Table, where: str) -> str:
    names = field_names(kind)
    columns = ", ".join(quoted(column.name) for column in table.columns if column.name in names)
    order = ", ".join(quoted(column.name) for column in table.primary_key.columns)
    return (
        f"SELECT {columns} FROM {named(table)} "
        f"WHERE {quoted(where)} = ANY($1::{type_of(table.columns[where])}[]) ORDER BY {order}"
    )


@cache
def deleting(table: Table, where: str) -> str:
    """DELETE where a column is among `$1`."""
    kind = type_of(table.columns[where])
    return f"DELETE FROM {named(table)} WHERE {quoted(where)} = ANY($1::{kind}[])"


@dataclass(frozen=True)
class Writing:
    """How rows of one class are written to one table."""

    upsert: str
    insert: str
    columns: tuple[tuple[Callable[[Any], Any], bool], ...]
    """For each column: how to take it from a row, and whether it is written as JSON."""
    key: Callable[[Any], Any]

    def arrays(self, rows: Iterable[Any]) -> Sequence[list[Any]]:
        """One array a column, rows in the order of their keys so that writers never cross."""
        ordered = sorted(rows, key=lambda row: str(self.key(row)))
        return [
            [
                to_json(take(row)) if as_json and take(row) is not None else take(row)
                for row in ordered
            ]
            for take, as_json in self.columns
        ]


@cache
def writing(kind: Any, table: Table) -> Writing:
    """The statements that write rows of `kind`; a column may also be a property of the row."""
    fields = field_names(kind)
    columns = [c for c in table.columns if c.name in fields or hasattr(kind, c.name)]
    keys = [column.name for column in table.primary_key.columns]
    names = [quoted(column.name) for column in columns]
    rest = [name for name in names if name not in {quoted(key) for key in keys}]
    target = f"INSERT INTO {named(table)} ({', '.join(names)}) SELECT {_values(columns)}"
    conflict = f" ON CONFLICT ({', '.join(quoted(key) for key in keys)}) DO "
    changes = ", ".join(f"{name} = excluded.{name}" for name in rest)
    return Writing(
        upsert=target + conflict + (f"UPDATE SET {changes}" if rest else "NOTHING"),
        insert=target + " ON CONFLICT DO NOTHING",
        columns=tuple((attrgetter(c.name), _as_json(c)) for c in columns),
        key=attrgetter(*keys),
    )


def _as_json(column: Column[Any]) -> bool:
    return isinstance(column.type, ARRAY | JSON)


def _values(columns: Sequence[Column[Any]]) -> str:
    arguments = ", ".join(f"${place}::{_sent(c)}[]" for place, c in enumerate(columns, 1))
    places = ", ".join(f"c{place}" for place in range(1, len(columns) + 1))
    taken = ", ".join(_taken(place, column) for place, column in enumerate(columns, 1))
    return f"{taken} FROM unnest({arguments}) AS sent({places})"


def _sent(column: Column[Any]) -> str:
    return "jsonb" if _as_json(column) else type_of(column)


def _taken(place: int, column: Column[Any]) -> str:
    # unnest flattens arrays of arrays, so an array travels as JSON and is made again here.
    if not isinstance(column.type, ARRAY):
        return f"c{place}"
    items = (
        f"SELECT e::{type_of(column).removesuffix('[]')} FROM jsonb_array_elements_text(c{place}) e"
    )
    return f"CASE WHEN c{place} IS NOT NULL THEN ARRAY({items}) END"
