"""What an area may set about allocation and MARAC; the defaults are the national or our own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """An advocacy service's clocks and limits, and MARAC's."""

    hard_limit: int = 30
    """No advocate carries more, whatever the roster says."""
    high_hours: int = 24
    imminent_hours: int = 4
    """Strangulation or threats to kill, and a suspect not in custody."""
    medium_hours: int = 48
    standard_working_days: int = 5
    repeat_months: int = 12
    backlog_weeks: int = 4

    def __post_init__(self) -> None:
        if min(self.high_hours, self.imminent_hours, self.medium_hours) < 1:
            raise ValueError("a clock must be at least an hour")
        if self.hard_limit < 1:
            raise ValueError("hard_limit must be at least one victim")
