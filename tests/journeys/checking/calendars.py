"""Working hours and school days, counted again from the documents."""

import csv
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
REFERENCE = Path("deploy/reference")
OPENS, CLOSES = time(8), time(18)
CUT_OFF, EVENING, MORNING = time(8, 30), time(18), time(7)


@cache
def bank_holidays() -> frozenset[date]:
    """England and Wales."""
    read = json.loads((REFERENCE / "bank-holidays-ew.json").read_text("utf-8"))
    events = read["england-and-wales"]["events"]
    return frozenset(date.fromisoformat(event["date"]) for event in events)


def at(day: date, clock: time) -> datetime:
    """A time of a day by London's clocks."""
    return datetime.combine(day, clock, LONDON).astimezone(UTC)


def is_working_day(day: date) -> bool:
    """Not a weekend, not a bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays()


def after_working_hours(start: datetime, hours: int) -> datetime:
    """The time when so many working hours (08:00-18:00) have passed."""
    left, moment = timedelta(hours=hours), start
    while True:
        day = moment.astimezone(LONDON).date()
        begin, end = max(moment, at(day, OPENS)), at(day, CLOSES)
        if is_working_day(day) and begin < end:
            if left <= end - begin:
                return begin + left
            left -= end - begin
        moment = at(day + timedelta(days=1), time(0))


def after_working_days(start: datetime, days: int) -> date:
    """The n-th working day after the day of a time."""
    day = start.astimezone(LONDON).date()
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def end_of_day(moment: datetime) -> datetime:
    """23:59 in London of the day of a time."""
    return at(moment.astimezone(LONDON).date(), time(23, 59))


@dataclass(frozen=True)
class Terms:
    """One authority's closed days; `known` is the span the dates cover."""

    closed: frozenset[date] = frozenset()
    known: tuple[date, date] | None = None
    inset: frozenset[date] = frozenset()
    inset_by_school: dict[str, frozenset[date]] = field(default_factory=dict)


def terms_of(path: Path | None) -> dict[str, Terms]:
    """Term dates by authority: a file as replay takes it, or Sheffield's own."""
    if path is None:
        return {"373": _sheffield()}
    read = json.loads(path.read_text("utf-8"))
    return {authority: _terms(given) for authority, given in read.items()}


@dataclass(frozen=True)
class School:
    """A school of the register."""

    urn: str
    authority: str
    is_open: bool
    successor: str | None
    addresses: dict[str, str]


def schools_of(path: Path | None) -> dict[str, School]:
    """The register of schools."""
    path = path or REFERENCE / "gias_sample_rotherham_sheffield.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["URN"]: _school(row) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Calendar:
    """School days of every authority and school."""

    terms: dict[str, Terms]

    def is_school_day(self, authority: str, urn: str | None, day: date) -> bool:
        """Whether that school is open; an unknown calendar is weekdays less bank holidays."""
        if not is_working_day(day):
            return False
        terms = self.terms.get(authority)
        if terms is None or not terms.known or not terms.known[0] <= day <= terms.known[1]:
            return True
        inset = (terms.inset | terms.inset_by_school.get(urn, frozenset())) if urn else set()
        return day not in terms.closed and day not in inset

    def day_for(self, authority: str, urn: str | None, received: datetime) -> date:
        """D: the next school day of that school, today if it opens after the news."""
        local = received.astimezone(LONDON)
        day = local.date()
        if self.is_school_day(authority, urn, day) and local.time() < CUT_OFF:
            return day
        day += timedelta(days=1)
        while not self.is_school_day(authority, urn, day):
            day += timedelta(days=1)
        return day

    def deadline(self, authority: str, urn: str | None, received: datetime) -> datetime:
        """D at the cut-off."""
        return at(self.day_for(authority, urn, received), CUT_OFF)

    def earliest(self, authority: str, urn: str | None, received: datetime) -> datetime:
        """When the alert may go: at once by day, else from 07:00 on D."""
        local = received.astimezone(LONDON)
        by_day = CUT_OFF <= local.time() < EVENING
        if by_day and self.is_school_day(authority, urn, local.date()):
            return received
        return max(received, at(self.day_for(authority, urn, received), MORNING))


def _school(row: dict[str, str]) -> School:
    columns = {"key_adult": "KeyAdultEmail", "deputy": "DeputyEmail", "head": "HeadEmail"}
    given = {role: row.get(column) or "" for role, column in columns.items()}
    made_up = {role: f"{role}.{row['URN']}@schools.invalid" for role in columns}
    addresses = given if any(given.values()) else made_up
    return School(
        urn=row["URN"],
        authority=row["LA_code"],
        is_open=row["Status"].startswith("Open"),
        successor=row.get("Successor") or None,
        addresses={role: address for role, address in addresses.items() if address},
    )


def _span(start: str, end: str) -> list[date]:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


def _terms(given: dict[str, Any]) -> Terms:
    closed = [day for span in given.get("holidays", ()) for day in _span(**span)]
    by_school = {
        urn: frozenset(map(date.fromisoformat, school.get("inset", ())))
        for urn, school in given.get("schools", {}).items()
    }
    inset = frozenset(map(date.fromisoformat, given.get("inset", ())))
    known = (min(closed), max(closed)) if closed else None
    return Terms(frozenset(closed), known, inset, by_school)


def _sheffield() -> Terms:
    read = json.loads((REFERENCE / "sheffield_term_dates.json").read_text("utf-8"))
    spans = [
        (span["start"], span["end"])
        for year in read["academic_years"]
        for span in year["school_holidays"]
    ]
    closed = frozenset(day for span in spans for day in _span(*span))
    inset = frozenset(map(date.fromisoformat, read["pd_days"]))
    return Terms(closed, (min(closed), max(closed)), inset)
