"""Ages in whole years, in London, at the time of the incident."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.vocabulary import AgeBand

LONDON = ZoneInfo("Europe/London")


def years_between(born: date, day: date) -> int:
    """Whole years; somebody born on 29 February has their birthday on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def day_in_london(at: datetime) -> date:
    """The day that a moment falls on in London."""
    return at.astimezone(LONDON).date()


def band_of(born: date | None, at: datetime, *, unborn: bool = False) -> AgeBand:
    """The age band at a moment; no birth date is an unknown age."""
    if unborn:
        return AgeBand.UNBORN
    return AgeBand.of(None if born is None else years_between(born, day_in_london(at)))
