"""When things happen in the town: nights and weekends are busy, schools open on school days."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
REFERENCE = Path(__file__).resolve().parents[3] / "deploy" / "reference"
BUSY = (8, 7, 6, 4, 3, 2, 2, 3, 4, 4, 5, 5, 6, 6, 6, 7, 8, 9, 10, 11, 12, 13, 13, 11)
"""How many of a hundred and something calls come in each hour of a day."""


def moments(chance: Random, start: datetime, end: datetime, count: int) -> list[datetime]:
    """Times of calls between two times, in order, by how busy each hour is."""
    seconds = int((end - start).total_seconds())
    found: list[datetime] = []
    while len(found) < count:
        moment = start + timedelta(seconds=chance.randrange(seconds))
        if chance.randrange(max(BUSY)) < BUSY[moment.astimezone(LONDON).hour]:
            found.append(moment)
    return sorted(found)


def days(start: datetime, end: datetime) -> Iterator[date]:
    """The days in London that a span touches."""
    day = start.astimezone(LONDON).date()
    while day <= end.astimezone(LONDON).date():
        yield day
        day += timedelta(days=1)


def in_london(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of a day by London's clocks."""
    return datetime.combine(day, time(hour, minute), LONDON)


def is_school_day(authority: str, day: date) -> bool:
    """Whether schools of the authority are open; only Sheffield publishes its terms here."""
    if day.weekday() > 4 or day in _bank_holidays():
        return False
    return authority != "373" or day not in _sheffields_holidays()


@cache
def _bank_holidays() -> frozenset[date]:
    read = json.loads((REFERENCE / "bank-holidays-ew.json").read_text("utf-8"))
    events = read["england-and-wales"]["events"]
    return frozenset(date.fromisoformat(event["date"]) for event in events)


@cache
def _sheffields_holidays() -> frozenset[date]:
    read = json.loads((REFERENCE / "sheffield_term_dates.json").read_text("utf-8"))
    spans = [
        (date.fromisoformat(span["start"]), date.fromisoformat(span["end"]))
        for year in read["academic_years"]
        for span in year["school_holidays"]
    ]
    return frozenset(
        first + timedelta(days=place)
        for first, last in spans
        for place in range((last - first).days + 1)
    )
