"""The disclosure matrix: who may see what of a report (`domain.md` section 7).

Sharing is proportionate to risk and recorded (the councils' scrutiny papers, `domain.md` 1).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from contracts.vocabulary import ContentLevel


class Row(StrEnum):
    """What a report holds."""

    VICTIM_IDENTITY = "victim_identity"
    VICTIM_CONTACT = "victim_contact"
    SUSPECT_IDENTITY = "suspect_identity"
    SUSPECT_CONTACT = "suspect_contact"
    ANSWERS = "answers"
    CHILDREN = "children"
    VOICE = "voice"
    CIRCUMSTANCES = "circumstances"
    PLACE = "place"
    """Kind of place; school summary, action taken."""
    OCCASION = "occasion"
    """Police reference, and whether the child was present (section 4: from L1)."""


class Column(StrEnum):
    """Who reads it."""

    IDENTITY = "identity"
    MASH = "mash"
    IDVA = "idva"
    CONTACT = "contact"
    SCHOOL_L0 = "school_l0"
    SCHOOL_L1 = "school_l1"
    SCHOOL_L2 = "school_l2"

    @classmethod
    def of_school(cls, level: ContentLevel) -> "Column":
        """The column of a school that is told at this level."""
        return cls(f"school_{level.lower()}")


class Cell(StrEnum):
    """How much of it."""

    YES = "yes"
    NO = "no"
    SAFE_ONES = "safe ones only"
    NAME = "name, for safety"
    FINGERPRINTS = "fingerprints only"
    BAND = "band"
    COUNT = "count"
    THAT_CHILD = "that child"
    THAT_CHILDS_CHECKED = "that child's, checked"
    KIND_OF_PLACE = "kind of place"
    ALL_CHECKED = "all, checked"


_COLUMNS = tuple(Column)


def _row(*cells: Cell) -> Mapping[Column, Cell]:
    return dict(zip(_COLUMNS, cells, strict=True))


Y, N = Cell.YES, Cell.NO
MATRIX: Mapping[Row, Mapping[Column, Cell]] = {
    #                           identity mash idva contact            L0 L1 L2
    Row.VICTIM_IDENTITY: _row(Y, Y, Y, Y, N, N, N),
    Row.VICTIM_CONTACT: _row(Y, Y, Y, Cell.SAFE_ONES, N, N, N),
    Row.SUSPECT_IDENTITY: _row(Y, Y, Y, Cell.NAME, N, N, N),
    Row.SUSPECT_CONTACT: _row(Y, Y, Y, Cell.FINGERPRINTS, N, N, N),
    Row.ANSWERS: _row(N, Y, Y, Cell.BAND, N, N, N),
    Row.CHILDREN: _row(Y, Y, Y, Cell.COUNT, *[Cell.THAT_CHILD] * 3),
    Row.VOICE: _row(N, Y, Y, N, N, *[Cell.THAT_CHILDS_CHECKED] * 2),
    Row.CIRCUMSTANCES: _row(N, Y, Y, N, N, N, N),
    Row.PLACE: _row(N, Y, Y, N, N, Cell.KIND_OF_PLACE, Cell.ALL_CHECKED),
    Row.OCCASION: _row(Y, Y, Y, N, N, Y, Y),
}
NARROWABLE = frozenset(_COLUMNS) - {Column.IDENTITY, Column.CONTACT}
"""Matching needs what it compares, and a worker's safety depends on what contact is told."""


def narrowed(withheld: Mapping[Column, Iterable[Row]]) -> Mapping[Row, Mapping[Column, Cell]]:
    """The matrix less what an area withholds; ValueError where it may not."""
    if not NARROWABLE.issuperset(withheld):
        raise ValueError("what identity and contact are told is the same everywhere")
    closed = {(row, column) for column, rows in withheld.items() for row in rows}
    return {
        row: {column: N if (row, column) in closed else cell for column, cell in cells.items()}
        for row, cells in MATRIX.items()
    }
