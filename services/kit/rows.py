"""Rows in memory that know which of them changed since they were loaded."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")
V = TypeVar("V")


class Lookup(Generic[K, R, V]):
    """Finds records by what they hold, kept up to date as they change."""

    def __init__(self, rows: "Rows[K, R]", values_of: Callable[[R], Iterable[V]]) -> None:
        self._rows = rows
        self._values_of = values_of
        self._keys: dict[V, dict[K, None]] = {}

    def of(self, value: V) -> list[R]:
        """The records that hold the value now."""
        found = (self._rows.get(key) for key in self._keys.get(value, ()))
        return [row for row in found if row is not None]

    def among(self, values: Iterable[V]) -> list[R]:
        """The records that hold any of these values, each once."""
        keys = {key: None for value in values for key in self._keys.get(value, ())}
        found = (self._rows.get(key) for key in keys)
        return [row for row in found if row is not None]

    def exchange(self, key: K, before: R | None, after: R | None) -> None:
        """Take over what a record holds now."""
        gone = set(self._values_of(before)) if before is not None else set()
        held = set(self._values_of(after)) if after is not None else set()
        for value in gone - held:
            self._keys[value].pop(key, None)
        for value in held - gone:
            self._keys.setdefault(value, {})[key] = None


class Rows(Generic[K, R]):
    """Immutable records by key; `changed` and `removed` are what a save must write."""

    def __init__(self, key_of: Callable[[R], K], rows: Iterable[R] = ()) -> None:
        self._key_of = key_of
        self._loaded: dict[K, R] = {key_of(row): row for row in rows}
        self._now: dict[K, R] = dict(self._loaded)
        self._lookups: list[Lookup[K, R, Any]] = []

    def by(self, values_of: Callable[[R], Iterable[V]]) -> Lookup[K, R, V]:
        """A lookup by what records hold, such as the persons of a case."""
        lookup: Lookup[K, R, V] = Lookup(self, values_of)
        for key, row in self._now.items():
            lookup.exchange(key, None, row)
        self._lookups.append(lookup)
        return lookup

    def get(self, key: K) -> R | None:
        """The record as it is now, or None."""
        return self._now.get(key)

    def put(self, row: R) -> None:
        """Keep the record as it is now."""
        key = self._key_of(row)
        before = self._now.get(key)
        self._now[key] = row
        for lookup in self._lookups:
            lookup.exchange(key, before, row)

    def remove(self, key: K) -> None:
        """Forget the record; unknown keys are nothing to forget."""
        before = self._now.pop(key, None)
        for lookup in self._lookups:
            lookup.exchange(key, before, None)

    def changed(self) -> list[R]:
        """Records that are new or differ from what was loaded, in the order first seen."""
        return [row for key, row in self._now.items() if self._loaded.get(key) != row]

    def removed(self) -> list[K]:
        """Keys of loaded records that were removed."""
        return [key for key in self._loaded if key not in self._now]

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._now.values()))

    def __len__(self) -> int:
        return len(self._now)
