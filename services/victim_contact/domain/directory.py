"""The area's services as its directory names them: what they offer, to whom, and how much."""

from dataclasses import dataclass
from datetime import time

from contracts.vocabulary import RiskLevel


@dataclass(frozen=True)
class Listed:
    """One service of an area; its key in the directory is its agency code."""

    name: str
    """As a victim would know it."""
    offer: str
    """What it offers, as the end of a sentence."""
    levels: tuple[RiskLevel, ...] = (RiskLevel.STANDARD, RiskLevel.MEDIUM, RiskLevel.HIGH)
    """The grades of risk that it works with."""
    capacity: int | None = None
    """How many contacts it can hold at once; None = as many as come."""
    opens: time = time(9)
    closes: time = time(19)
    """When it calls victims who named no windows, on working days."""

    def is_full(self, held: int) -> bool:
        """Whether it has no room for another contact."""
        return self.capacity is not None and held >= self.capacity

    def works_with(self, level: RiskLevel | None) -> bool:
        """Whether it works with that grade; a request without an incident has none."""
        return level is None or level in self.levels
