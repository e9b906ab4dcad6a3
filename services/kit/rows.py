"""Rows in memory that know which of them changed since they were loaded."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")


class Rows(Generic[K, R]):
    """Immutable records by key; `changed` and `removed` are what a save must write."""

    def __init__(self, key_of: Callable[[R], K], rows: Iterable[R] = ()) -> None:
        self._key_of = key_of
        self._loaded: dict[K, R] = {key_of(row): row for row in rows}
        self._now: dict[K, R] = dict(self._loaded)

    def get(self, key: K) -> R | None:
        """The record as it is now, or None."""
        return self._now.get(key)

    def put(self, row: R) -> None:
        """Keep the record as it is now."""
        self._now[self._key_of(row)] = row

    def remove(self, key: K) -> None:
        """Forget the record; unknown keys are nothing to forget."""
        self._now.pop(key, None)

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
