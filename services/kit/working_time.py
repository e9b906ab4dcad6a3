"""Working hours and working days in London: weekdays less bank holidays; standard library only.

A domain may import this module: it is arithmetic on a calendar that is given as a value.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
BANK_HOLIDAYS = Path(__file__).parents[2] / "deploy" / "reference" / "bank-holidays-ew.json"
SATURDAY = 5


def london_date(at: datetime) -> date:
    """The day that a moment falls on in London."""
    return at.astimezone(LONDON).date()


def in_london(day: date, at: time) -> datetime:
    """The moment of a London wall-clock time, as aware UTC."""
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The same day so many calendar months later; the month's last day where it has no such."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"no day like {day.day} in a month of {year}")


@dataclass(frozen=True)
class WorkingTime:
    """When an office works; hours never meet a clock change, which is at night."""

    holidays: frozenset[date] = frozenset()
    opens: time = time(8)
    closes: time = time(18)

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works that day: not weekends or bank holidays."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def hours_after(self, start: datetime, hours: float) -> datetime:
        """When so many working hours have passed since `start`; before opening none pass."""
        local = start.astimezone(LONDON)
        day, left = local.date(), timedelta(hours=hours)
        begin = min(max(local.time(), self.opens), self.closes)
        while True:
            open_for = self._open_for(day, begin)
            if open_for and left <= open_for:
                return in_london(day, begin) + left
            left -= open_for
            day, begin = day + timedelta(days=1), self.opens

    def days_after(self, start: datetime, days: int) -> date:
        """The so-manieth working day after the day of `start`, which itself is not counted."""
        day = london_date(start)
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_working_day(day)
        return day

    def close_of_day_after(self, start: datetime, days: int) -> datetime:
        """The close of the so-manieth working day after the day of `start`."""
        return in_london(self.days_after(start, days), self.closes)

    def _open_for(self, day: date, begin: time) -> timedelta:
        if not self.is_working_day(day):
            return timedelta()
        return in_london(day, self.closes) - in_london(day, begin)


def read_bank_holidays(
    path: str | Path = BANK_HOLIDAYS, division: str = "england-and-wales"
) -> frozenset[date]:
    """The bank holidays of a division, from the government's file."""
    read = json.loads(Path(path).read_text(encoding="utf-8"))
    return holidays_of(event["date"] for event in read[division]["events"])


def holidays_of(days: Iterable[str]) -> frozenset[date]:
    """Holidays from their ISO dates."""
    return frozenset(date.fromisoformat(day) for day in days)
