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
