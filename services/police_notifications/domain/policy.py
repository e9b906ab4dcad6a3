"""What differs between areas at intake."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from contracts.vocabulary import ContentLevel
from services.police_notifications.domain.disclosure import Cell, Column, Row, narrowed


@dataclass(frozen=True)
class Policy:
    """An area's policy; the defaults are those of `domain.md` sections 2, 4 and 7."""

    high_from: int = 14
    """Ticks from which the band is HIGH (SafeLives; areas use 10, 14 or 17) [N]."""
    medium_from: int = 10
    """Ticks from which the band is MEDIUM [N]."""
    school_content_level: ContentLevel = ContentLevel.L1
    """How much a school is told [D]."""
    withheld: Mapping[Column, tuple[Row, ...]] = field(default_factory=dict)
    """What the area shows an audience less than the disclosure matrix allows; never more."""

    def __post_init__(self) -> None:
        narrowed(self.withheld)

    @cached_property
    def matrix(self) -> Mapping[Row, Mapping[Column, Cell]]:
        """The disclosure matrix as this area has it."""
        return narrowed(self.withheld)

    @cached_property
    def shown(self) -> Mapping[Column, frozenset[Row]]:
        """The rows that a column sees whole."""
        return {
            column: frozenset(
                row for row, cells in self.matrix.items() if cells[column] is Cell.YES
            )
            for column in Column
        }
