"""Domain 4, "When": T, D, the cut-off and the time to send, on real calendars."""

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.working_time import LONDON
from services.school_alerts.domain.calendar import Calendar, SchoolTerms, Span, Terms, calendar_of
from services.school_alerts.domain.deadline import Slot, paced, slot_of
from services.school_alerts.domain.policy import AfterCutOff, InHolidays, Policy
from tests.services.school_alerts.builders import BROOM_VALLEY, INTAKE, london, the_book

POLICY = Policy()
ALSO = Policy(in_holidays=InHolidays.ALSO_IN_HOLIDAY)
NEXT_DAY = Policy(after_cut_off=AfterCutOff.NEXT_SCHOOL_DAY)
NINE = Policy(cut_off=time(9))


def calendar(urn: str = INTAKE) -> Calendar:
    """A school's calendar."""
    school = the_book().schools.of(urn)
    assert school is not None
    return the_book().calendar(school)


def slot(received_at: str, policy: Policy = POLICY, urn: str = INTAKE) -> Slot:
    """When an alert received then goes to a school."""
    return slot_of(london(received_at), calendar(urn), policy)


@pytest.mark.parametrize(
    ("words", "received", "sent", "due"),
    [
        ("a school day before the cut-off, by day", "2026-11-03T07:40", "2026-11-03T07:40", "3"),
        ("a school day before the cut-off, at night", "2026-11-03T02:10", "2026-11-03T07:00", "3"),
        ("one second before the cut-off", "2026-11-03T08:29:59", "2026-11-03T08:29:59", "3"),
        ("at the cut-off counts as after it", "2026-11-03T08:30", "2026-11-03T08:30", "4"),
        ("a school day after the cut-off: at once", "2026-11-03T11:00", "2026-11-03T11:00", "4"),
        ("one second before evening: at once", "2026-11-03T17:59:59", "2026-11-03T17:59:59", "4"),
        ("18:00 as evening", "2026-11-03T18:00", "2026-11-04T07:00", "4"),
        ("a school day at night", "2026-11-03T23:30", "2026-11-04T07:00", "4"),
        ("Friday after the cut-off: at once", "2026-11-06T12:00", "2026-11-06T12:00", "9"),
        ("Friday night", "2026-11-06T23:00", "2026-11-09T07:00", "9"),
        ("Saturday noon", "2026-11-07T12:00", "2026-11-09T07:00", "9"),
        ("Sunday night", "2026-11-08T23:59", "2026-11-09T07:00", "9"),
    ],
)
def test_when_an_alert_is_sent_and_due(words: str, received: str, sent: str, due: str) -> None:
    found = slot(received)
    assert found.send_at == london(sent), words
    assert found.due_by == london(f"2026-11-{int(due):02}T08:30"), words
    assert found.calendar_known


@pytest.mark.parametrize(
    ("words", "received", "day"),
    [
        ("half-term", "2026-10-23T19:00", "2026-11-02"),
        ("Christmas", "2026-12-18T15:00", "2027-01-04"),
        ("Easter with Good Friday and the clock change", "2027-03-25T20:00", "2027-04-12"),
        ("the early May bank holiday", "2027-04-30T20:00", "2027-05-04"),
        ("summer", "2027-07-21T16:00", "2027-09-01"),
    ],
)
def test_d_is_the_next_school_day_of_that_school(words: str, received: str, day: str) -> None:
    found = slot(received)
    assert found.day == date.fromisoformat(day), words
    assert found.due_by == london(f"{day}T08:30")
    assert found.calendar_known


@pytest.mark.parametrize(
    ("words", "received", "sent"),
    [
        ("a weekday of the holiday, by day", "2026-10-27T10:00", "2026-10-27T10:00"),
        ("a weekday of the holiday, early", "2026-10-27T05:00", "2026-10-27T07:00"),
        ("an evening of the holiday", "2026-10-27T19:00", "2026-10-28T07:00"),
        ("the evening before the holiday", "2026-10-23T18:00", "2026-10-26T07:00"),
        ("the evening before a weekend", "2026-11-06T18:00", "2026-11-09T07:00"),
        ("a Saturday of the holiday", "2026-10-24T10:00", "2026-10-26T07:00"),
        ("Christmas Day", "2026-12-25T10:00", "2026-12-29T07:00"),
        ("no holiday: a weekend", "2026-11-07T10:00", "2026-11-09T07:00"),
    ],
)
def test_in_holidays_policy_also_in_holiday(words: str, received: str, sent: str) -> None:
    assert slot(received, ALSO).send_at == london(sent), words
    assert slot(received, ALSO).due_by == slot(received).due_by


def test_in_holidays_policy_next_school_day_is_the_default() -> None:
    assert slot("2026-10-27T10:00").send_at == london("2026-11-02T07:00")


def test_after_the_cut_off_policy_may_wait_for_the_next_school_day() -> None:
    assert slot("2026-11-03T11:00", NEXT_DAY).send_at == london("2026-11-04T07:00")


def test_some_areas_have_the_cut_off_at_nine() -> None:
    assert slot("2026-11-03T08:45", NINE).due_by == london("2026-11-03T09:00")
    assert slot("2026-11-03T09:00", NINE).due_by == london("2026-11-04T09:00")


@pytest.mark.parametrize(
    ("received", "day"),
    [
        ("2026-12-25T10:00", "2026-12-29"),
        ("2027-03-25T20:00", "2027-03-30"),
        ("2027-08-27T20:00", "2027-08-31"),
    ],
)
def test_an_unknown_calendar_is_weekdays_less_bank_holidays_marked(received: str, day: str) -> None:
    found = slot(received, urn=BROOM_VALLEY)
    assert found.day == date.fromisoformat(day)
    assert not found.calendar_known


def test_dates_outside_the_known_term_dates_are_an_unknown_calendar() -> None:
    assert slot("2028-07-20T10:00").calendar_known
    assert not slot("2029-01-10T10:00").calendar_known
    assert slot("2029-01-12T20:00").day == date(2029, 1, 15)


def test_a_gap_in_the_calendar_is_unknown() -> None:
    spans = (
        Span(date(2026, 10, 24), date(2026, 11, 1)),
        Span(date(2027, 7, 22), date(2027, 8, 31)),
    )
    found = slot_of(london("2027-01-12T10:00"), Calendar(frozenset(), spans), POLICY)
    assert not found.calendar_known


@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
def test_the_hour_of_a_clock_change_moves_no_deadline(day: str) -> None:
    sunday = date.fromisoformat(day)
    weekdays = Calendar(frozenset())
    for hour in range(24):
        received = datetime.combine(sunday, time(hour, 30), tzinfo=LONDON)
        found = slot_of(received, weekdays, POLICY)
        local = found.due_by.astimezone(LONDON)
        assert (local.date(), local.time()) == (sunday + timedelta(days=1), time(8, 30))
        assert found.send_at.astimezone(LONDON).time() == time(7)


def test_inset_days_are_the_authoritys_and_each_schools_own() -> None:
    own = {INTAKE: SchoolTerms(frozenset({date(2026, 11, 10)}))}
    terms = Terms(calendar().holidays, frozenset({date(2026, 11, 9)}), own)
    friday = london("2026-11-06T20:00")
    at_intake = calendar_of(terms, frozenset(), INTAKE)
    elsewhere = calendar_of(terms, frozenset(), "107033")
    desk = calendar_of(terms, frozenset())
    days = [slot_of(friday, each, POLICY).day.day for each in (at_intake, elsewhere, desk)]
    assert days == [11, 10, 9]


def test_the_shipped_calendar_is_the_published_one() -> None:
    published: dict[str, Any] = json.loads(
        Path("deploy/reference/sheffield_term_dates.json").read_text("utf-8")
    )
    known = {date.fromisoformat(day) for day in published["all_schooldays"]}
    first, last = min(known), max(known)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert {day for day in days if calendar().is_school_day(day)} == known


@given(st.integers(min_value=0, max_value=950_000))
@settings(max_examples=200)
def test_every_alert_can_be_out_before_the_bell_of_a_school_day(minutes: int) -> None:
    received_at = london("2026-09-01T00:00") + timedelta(minutes=minutes)
    found = slot_of(received_at, calendar(), POLICY)
    assert received_at <= found.send_at <= found.due_by
    assert calendar().is_school_day(found.day)
    between = [received_at.date() + timedelta(days=n) for n in range(1, 60)]
    skipped = [d for d in between if d < found.day and calendar().is_school_day(d)]
    assert skipped == []


@pytest.mark.parametrize(("place", "earlier"), [(0, 0), (224_999, 0), (225_000, 1), (300_000, 26)])
def test_the_start_moves_earlier_when_a_morning_holds_too_many(place: int, earlier: int) -> None:
    seven, due = london("2026-11-09T07:00"), london("2026-11-09T08:30")
    policy = replace(POLICY, mails_a_minute=3000, margin_minutes=15)
    assert paced(seven, due, place, policy) == seven - timedelta(minutes=earlier)
