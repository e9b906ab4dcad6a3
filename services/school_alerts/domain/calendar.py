"""School days: term dates, INSET days and bank holidays, by London's calendar."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from services.kit.working_time import in_london, london_date

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_TERM = timedelta(days=100)
"""Between two holidays; a longer stretch means that some are missing."""
LONGEST_CLOSURE = 400
"""Days after which a calendar without a school day is not believed."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one to another, both inclusive."""

    start: date
    end: date

    @property
    def days(self) -> Iterator[date]:
        """Each of them."""
        return (self.start + DAY * number for number in range((self.end - self.start).days + 1))


@dataclass(frozen=True)
class SchoolTerms:
    """What one school does differently: its INSET days, its holidays where it has its own."""

    inset: frozenset[date] = frozenset()
    holidays: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Terms:
    """An authority's term dates, by its holidays, and its schools' own days."""

    holidays: tuple[Span, ...] = ()
    inset: frozenset[date] = frozenset()
    schools: Mapping[str, SchoolTerms] = field(default_factory=dict)
    """By URN."""


NO_TERMS = Terms()
AS_THE_AUTHORITY = SchoolTerms()


@dataclass(frozen=True)
class Calendar:
    """The school days of one school, or of a desk of its authority."""

    bank_holidays: frozenset[date]
    holidays: tuple[Span, ...] = ()
    inset: frozenset[date] = frozenset()

    def is_school_day(self, day: date) -> bool:
        """Monday to Friday, less bank holidays, INSET days and holidays [L, N]."""
        return self.is_weekday(day) and day not in self.inset and not self.is_holiday(day)

    def is_weekday(self, day: date) -> bool:
        """Monday to Friday, less bank holidays."""
        return day.weekday() < SATURDAY and day not in self.bank_holidays

    def is_holiday(self, day: date) -> bool:
        """Whether the day lies in a school holiday."""
        return day in self._free

    @cached_property
    def _free(self) -> frozenset[date]:
        return frozenset(day for span in self.holidays for day in span.days)

    def is_known(self, day: date) -> bool:
        """Whether the term dates cover the day: outside them, and in a gap, nobody knows."""
        before = [span.end for span in self.holidays if span.start <= day]
        after = [span.start for span in self.holidays if span.end >= day]
        return bool(before and after) and min(after) - max(before) <= LONGEST_TERM

    def next_school_day(self, day: date) -> date:
        """The first school day after this one; endless holidays are not believed."""
        return next(filter(self.is_school_day, _days_after(day)), self.next_weekday(day))

    def next_weekday(self, day: date) -> date:
        """The first weekday after this one that is no bank holiday."""
        return next(filter(self.is_weekday, _days_after(day)))


def calendar_of(
    terms: Terms | None, bank_holidays: frozenset[date], urn: str | None = None
) -> Calendar:
    """A school's calendar, or without a URN a desk's: the authority's without INSET days."""
    terms = terms or NO_TERMS
    if urn is None:
        return Calendar(bank_holidays, terms.holidays)
    own = terms.schools.get(urn, AS_THE_AUTHORITY)
    return Calendar(bank_holidays, own.holidays or terms.holidays, terms.inset | own.inset)


@dataclass(frozen=True, slots=True)
class SchoolHours:
    """When somebody at a school can be reached."""

    calendar: Calendar
    opens: time = time(8, 45)
    closes: time = time(15, 30)

    def after(self, start: datetime, minutes: int) -> datetime:
        """When so many minutes of school hours have passed since `start`."""
        left, day = timedelta(minutes=minutes), london_date(start)
        begin = max(start, in_london(day, self.opens))
        closes = in_london(day, self.closes) if self.calendar.is_school_day(day) else begin
        while begin + left > closes:
            left -= max(closes - begin, timedelta())
            day = self.calendar.next_school_day(day)
            begin, closes = in_london(day, self.opens), in_london(day, self.closes)
        return begin + left


def _days_after(day: date) -> Iterator[date]:
    return (day + DAY * number for number in range(1, LONGEST_CLOSURE))
