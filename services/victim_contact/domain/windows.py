"""When contact is safe: the slots of a victim's windows, in London's time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from services.kit.working_time import WorkingTime, in_london, london_date
from services.victim_contact.domain.details import Window
from services.victim_contact.domain.policy import Policy

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD = 15
"""Every weekly window opens at least twice in so many days."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One time to make contact in; `part` is the part of the day that it lies in."""

    opens: datetime
    closes: datetime
    part: int = 0


def slots(windows: Sequence[Window], start: datetime) -> list[Slot]:
    """The windows that close after `start`, by their closing time."""
    found = [
        slot
        for day in _days(start)
        for window in windows
        if DAYS[day.weekday()] in window.days and (slot := _slot(window, day)).closes > start
    ]
    return sorted(found, key=lambda slot: (slot.closes, slot.opens))


def office_hours(start: datetime, hours: tuple[time, time], office: WorkingTime) -> list[Slot]:
    """The hours of a service on working days: when it calls those who named no windows."""
    days = [day for day in _days(start) if office.is_working_day(day)]
    found = [Slot(in_london(day, hours[0]), in_london(day, hours[1])) for day in days]
    return [slot for slot in found if slot.closes > start]


def in_parts(whole: Sequence[Slot], start: datetime, policy: Policy) -> list[Slot]:
    """Slots cut into parts of the day, by their closing time."""
    pieces = [piece for slot in whole for piece in _cut(slot, policy) if piece.closes > start]
    return sorted(pieces, key=lambda slot: (slot.closes, slot.opens))


def part_of(at: datetime, policy: Policy) -> int:
    """The part of the day that a moment lies in: morning, afternoon or evening."""
    day = london_date(at)
    return sum(at >= in_london(day, edge) for edge in (policy.noon, policy.evening))


def _days(start: datetime) -> Iterator[date]:
    # A window of the day before may end after midnight.
    first = london_date(start) - timedelta(days=1)
    return (first + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))


def _slot(window: Window, day: date) -> Slot:
    overnight = window.closes is None or window.closes <= window.opens
    last = day + timedelta(days=1) if overnight else day
    return Slot(in_london(day, window.opens), in_london(last, window.closes or time(0)))


def _cut(slot: Slot, policy: Policy) -> Iterator[Slot]:
    day = london_date(slot.opens)
    edges = [in_london(day, edge) for edge in (policy.noon, policy.evening)]
    inside = [edge for edge in edges if slot.opens < edge < slot.closes]
    bounds = [slot.opens, *inside, slot.closes]
    for opens, closes in pairwise(bounds):
        yield Slot(opens, closes, part_of(opens, policy))
