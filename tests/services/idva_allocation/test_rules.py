"""The rules of domain 5 as tables: filters, points, queue, first attempt."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import Custody, Flag, RiskLevel
from services.idva_allocation.domain.advocates import (
    WEIGHTS,
    Advocate,
    Away,
    History,
    Moment,
    Need,
    choose,
    score,
    why_nobody,
    why_not,
)
from services.idva_allocation.domain.case import Allocation
from services.idva_allocation.domain.first_attempt import first_attempt_due, is_imminent
from services.idva_allocation.domain.policy import Policy
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    OFFICE,
    STANDARD,
    london,
)

DAY = timedelta(days=1)
MOMENT = Moment(MONDAY_9, MONDAY_9 + DAY)
NOBODY = History()
ADULT, YOUNG = Need(HIGH), Need(HIGH, young=True)


def an_advocate(advocate_id: str = "A1", **facts: Any) -> Advocate:
    """An IDVA of Rotherham with room."""
    stated = {"team": "idva", "area": "rotherham", "as_of": MONDAY_9, **facts}
    return Advocate(advocate_id, **stated)


@pytest.mark.parametrize(
    ("facts", "need", "history", "failed"),
    [
        ({}, ADULT, NOBODY, None),
        ({"active": False}, ADULT, NOBODY, "inactive"),
        ({"leave": (Away(date(2026, 11, 3), date(2026, 11, 3)),)}, ADULT, NOBODY, "on_leave"),
        ({"leave": (Away(date(2026, 11, 2), date(2026, 11, 2)),)}, ADULT, NOBODY, None),
        ({"leave": (Away(date(2026, 11, 4), date(2026, 11, 9)),)}, ADULT, NOBODY, None),
        ({"caseload": 24}, ADULT, NOBODY, None),
        ({"caseload": 25}, ADULT, NOBODY, "no_capacity"),
        ({"capacity": 30, "caseload": 29}, ADULT, NOBODY, None),
        ({"capacity": 99, "caseload": 30}, ADULT, NOBODY, "no_capacity"),
        ({}, ADULT, History(conflicted=frozenset({"A1"})), "conflict"),
        ({}, YOUNG, NOBODY, "other_team"),
        ({"team": "ypva"}, YOUNG, NOBODY, None),
        ({"team": "ypva"}, ADULT, NOBODY, "other_team"),
        ({"team": "hospital"}, ADULT, NOBODY, "other_team"),
        ({"team": "hospital"}, Need(HIGH, in_hospital=True), NOBODY, None),
        ({"team": "housing"}, ADULT, NOBODY, "other_team"),
    ],
)
def test_active_not_on_leave_at_the_due_time_below_capacity_no_conflict_ypva_for_13_to_17(
    facts: dict[str, Any], need: Need, history: History, failed: str | None
) -> None:
    assert why_not(an_advocate(**facts), need, history, MOMENT, Policy()) == failed


NEED = Need(HIGH, language="Polish", wants=("stalking", "older"))
KNOWN = History(worked_with=frozenset({"A1"}))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"caseload": 24}, {"languages": ("polish",), "specialisms": ("stalking", "older")}),
    ],
)
def test_who_has_worked_with_her_comes_before_everything_else(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    rivals = [an_advocate("A2", **worse), an_advocate("A1", **better)]
    chosen = choose(rivals, NEED, KNOWN, MOMENT, Policy())
    assert chosen and chosen.advocate.advocate_id == "A1"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"languages": ("POLISH",), "caseload": 24}, {"specialisms": ("stalking", "older")}),
        ({"specialisms": ("Stalking",), "caseload": 24}, {}),
        ({"specialisms": ("stalking", "older"), "caseload": 24}, {"specialisms": ("stalking",)}),
        ({"caseload": 3}, {"caseload": 4, "last_allocated_at": MONDAY_9 - 90 * DAY}),
        ({"last_allocated_at": MONDAY_9 - 2 * DAY}, {"last_allocated_at": MONDAY_9 - DAY}),
        ({}, {"last_allocated_at": MONDAY_9 - 90 * DAY}),
    ],
)
def test_language_then_specialism_then_free_capacity_then_least_recently_allocated(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    rivals = [an_advocate("A1", **worse), an_advocate("A2", **better)]
    chosen = choose(rivals, NEED, NOBODY, MOMENT, Policy())
    assert chosen and chosen.advocate.advocate_id == "A2"


ANYBODY = st.builds(
    an_advocate,
    st.integers(1, 99).map("A{:02}".format),
    languages=st.sampled_from([(), ("polish",)]),
    specialisms=st.sampled_from([(), ("older",), ("older", "stalking")]),
    capacity=st.integers(1, 30),
    caseload=st.integers(0, 30),
    last_allocated_at=st.none() | st.integers(0, 99).map(lambda days: MONDAY_9 - days * DAY),
)


@given(rivals=st.lists(ANYBODY, min_size=1, max_size=8, unique_by=lambda a: a.advocate_id))
@settings(max_examples=150, deadline=None)
def test_the_best_total_wins_and_an_earlier_part_outweighs_all_later_ones(
    rivals: list[Advocate],
) -> None:
    chosen = choose(rivals, NEED, KNOWN, MOMENT, Policy())
    able = [a for a in rivals if why_not(a, NEED, KNOWN, MOMENT, Policy()) is None]
    assert (chosen is None) is (not able)
    for rival in able:
        assert chosen is not None
        theirs = score(rival, NEED, KNOWN, 0.0, Policy())
        for part in list(WEIGHTS)[:-1]:
            if chosen.score[part] != theirs[part]:
                assert chosen.score[part] > theirs[part]
                break


@pytest.mark.parametrize(
    ("advocates", "reason"),
    [
        ([], "no_advocate"),
        ([an_advocate(team="ypva")], "no_advocate"),
        ([an_advocate(caseload=25), an_advocate("A2", active=False)], "no_capacity"),
        ([an_advocate(leave=(Away(date(2026, 11, 1), date(2026, 11, 9)),))], "on_leave"),
    ],
)
def test_nobody_fits_for_a_reason(advocates: list[Advocate], reason: str) -> None:
    assert why_nobody(advocates, ADULT, NOBODY, MOMENT, Policy()) == reason


def waiting(number: int, level: RiskLevel, since: datetime) -> Allocation:
    """A referral in the queue."""
    some = UUID(int=number)
    return Allocation(some, some, some, some, "rotherham", Need(level), since)


def test_queue_order_is_risk_then_time() -> None:
    queue = [
        waiting(1, STANDARD, MONDAY_9 - 9 * DAY),
        waiting(2, HIGH, MONDAY_9),
        waiting(3, MEDIUM, MONDAY_9 - DAY),
        waiting(4, HIGH, MONDAY_9 - DAY),
    ]
    ordered = sorted(queue, key=lambda allocation: allocation.turn)
    assert [allocation.allocation_id.int for allocation in ordered] == [4, 2, 3, 1]


@pytest.mark.parametrize(
    ("flags", "custody", "imminent"),
    [
        ((Flag.STRANGULATION,), Custody.AT_LARGE, True),
        ((Flag.THREATS_TO_KILL,), Custody.BAILED, True),
        ((Flag.STRANGULATION,), Custody.UNKNOWN, True),
        ((Flag.STRANGULATION, Flag.THREATS_TO_KILL), Custody.IN_CUSTODY, False),
        ((Flag.WEAPON,), Custody.AT_LARGE, False),
    ],
)
def test_imminent_is_strangulation_or_threats_to_kill_and_a_suspect_not_in_custody(
    flags: tuple[Flag, ...], custody: Custody, imminent: bool
) -> None:
    assert is_imminent(flags, custody) is imminent


@pytest.mark.parametrize(
    ("level", "imminent", "start", "due"),
    [
        (HIGH, False, "2026-11-06T17:00", "2026-11-07T17:00"),
        (HIGH, True, "2026-11-06T17:00", "2026-11-06T21:00"),
        (MEDIUM, True, "2026-11-06T17:00", "2026-11-08T17:00"),
        (STANDARD, False, "2026-11-06T17:00", "2026-11-13T18:00"),
        (STANDARD, False, "2026-12-23T09:00", "2027-01-04T18:00"),
    ],
)
def test_first_attempt_high_24_h_wall_4_h_imminent_medium_48_h_standard_5_working_days(
    level: RiskLevel, imminent: bool, start: str, due: str
) -> None:
    assert first_attempt_due(level, imminent, london(start), Policy(), OFFICE) == london(due)


def test_never_event_13_a_day_is_24_hours_across_a_clock_change() -> None:
    start = datetime(2027, 3, 27, 18, 0, tzinfo=UTC)
    assert first_attempt_due(HIGH, False, start, Policy(), OFFICE) - start == DAY
