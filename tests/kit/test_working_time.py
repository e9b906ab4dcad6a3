"""Working hours and days: weekends, bank holidays, nights and clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.working_time import (
    LONDON,
    WorkingTime,
    london_date,
    months_after,
    read_bank_holidays,
)

OFFICE = WorkingTime(read_bank_holidays())


def at(text: str) -> datetime:
    """A London wall-clock time as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-02T09:00", 4, "2026-11-02T13:00"),
        ("2026-11-02T09:00", 9, "2026-11-02T18:00"),
        ("2026-11-02T09:00", 24, "2026-11-04T13:00"),
        ("2026-11-06T17:00", 24, "2026-11-11T11:00"),
        ("2026-11-06T19:30", 24, "2026-11-11T12:00"),
        ("2026-11-07T03:00", 24, "2026-11-11T12:00"),
        ("2026-11-09T06:00", 72, "2026-11-18T10:00"),
        ("2026-12-24T16:00", 24, "2026-12-31T10:00"),
        ("2027-03-25T17:00", 24, "2027-04-01T11:00"),
        ("2026-11-02T18:00", 1, "2026-11-03T09:00"),
    ],
)
def test_working_hours_count_weekdays_from_8_to_18_less_bank_holidays(
    start: str, hours: int, end: str
) -> None:
    assert OFFICE.hours_after(at(start), hours) == at(end)


@pytest.mark.parametrize("change", ["2027-03-27T12:00", "2027-10-30T12:00"])
def test_never_event_13_a_clock_change_moves_no_working_hour(change: str) -> None:
    due = OFFICE.hours_after(at(change), 10).astimezone(LONDON)
    assert due.hour == 18


@pytest.mark.parametrize(
    ("start", "days", "day"),
    [
        ("2026-11-02T09:00", 5, "2026-11-09"),
        ("2026-11-06T23:30", 5, "2026-11-13"),
        ("2026-11-07T09:00", 1, "2026-11-09"),
        ("2026-12-23T09:00", 5, "2027-01-04"),
    ],
)
def test_never_event_14_working_days_leave_out_bank_holidays(
    start: str, days: int, day: str
) -> None:
    assert OFFICE.days_after(at(start), days) == date.fromisoformat(day)


def test_the_close_of_a_working_day_is_18_00_in_london_in_summer_too() -> None:
    assert OFFICE.close_of_day_after(at("2027-07-01T09:00"), 1) == at("2027-07-02T18:00")


@given(minutes=st.integers(0, 900 * 24 * 60), hours=st.integers(1, 80))
@settings(max_examples=150)
def test_a_due_time_is_always_within_working_hours_and_never_early(
    minutes: int, hours: int
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = OFFICE.hours_after(start, hours)
    local = due.astimezone(LONDON)
    assert due - start >= timedelta(hours=hours)
    assert OFFICE.is_working_day(local.date())
    assert OFFICE.opens < local.time() <= OFFICE.closes


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        ("2026-11-07", 12, "2027-11-07"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-11-07", -12, "2026-11-07"),
        ("2026-01-31", -1, "2025-12-31"),
    ],
)
def test_calendar_months_end_on_the_same_day_or_the_months_last(
    day: str, months: int, after: str
) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(after)


def test_the_day_of_a_moment_is_londons() -> None:
    assert london_date(datetime(2027, 7, 1, 23, 30, tzinfo=UTC)) == date(2027, 7, 2)
