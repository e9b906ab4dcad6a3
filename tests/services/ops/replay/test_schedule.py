"""Lines are read strictly and played by time; steps fall on a grid and jump what is empty."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ops.replay.lines import Line, LinesWrong, read_lines
from services.ops.replay.schedule import RUN_ON, Schedule, end_of, on_grid

TOPIC = "partner.marac-meeting.v1"
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_line(seconds: float, place: int = 1) -> Line:
    return Line(NOON + timedelta(seconds=seconds), TOPIC, b"{}", None, place)


def written(folder: Path, *lines: object) -> Path:
    path = folder / "lines.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines))
    return path


def test_lines_are_played_by_time_and_then_by_place_in_the_file(tmp_path: Path) -> None:
    at = ["2026-11-27T12:00:00Z", "2026-11-27T11:00:00+00:00", "2026-11-27T13:00:00+01:00"]
    path = written(tmp_path, *({"at": t, "topic": TOPIC, "data": {}} for t in at))
    assert [line.place for line in read_lines(path, [TOPIC])] == [2, 1, 3]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "line 1: must have"),
        ({"at": "2026-11-27T12:00:00", "topic": TOPIC, "data": {}}, "line 1: at must be"),
        ({"at": "soon", "topic": TOPIC, "data": {}}, "line 1: at must be"),
        ({"at": "2026-11-27T12:00:00Z", "topic": "mash.x.v1", "data": {}}, "line 1: topic"),
    ],
)
def test_a_line_that_cannot_be_played_is_named(tmp_path: Path, line: object, fault: str) -> None:
    with pytest.raises(LinesWrong, match=fault):
        read_lines(written(tmp_path, line), [TOPIC, "mash.x.v1"])


def test_what_is_inside_data_is_not_judged_here(tmp_path: Path) -> None:
    odd = '{"at": "2026-11-27T12:00:00Z", "topic": "%s", "data": {"x": "\\ud800", "y": NaN}}'
    [line] = read_lines(written(tmp_path, odd % TOPIC), [TOPIC])
    assert b"ud800" in line.body


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from([1, 60, 300]))
def test_a_step_is_on_the_grid_and_never_before_what_it_holds(seconds: int, size: int) -> None:
    time, step = NOON + timedelta(seconds=seconds), timedelta(seconds=size)
    found = on_grid(time, step)
    assert time <= found < time + step
    assert on_grid(found, step) == found


def test_each_line_has_a_step_of_its_own_and_empty_time_is_jumped() -> None:
    """An acknowledgement that comes in the minute of the mail finds that it was sent."""
    schedule = Schedule([a_line(5), a_line(40), a_line(40), a_line(7200)], MINUTE, NOON + RUN_ON)
    played = []
    while (moment := schedule.next_step(None)) is not None:
        played.append((moment - NOON, len(schedule.lines_until(moment))))
    assert played == [(timedelta(seconds=n), lines) for n, lines in ((5, 1), (40, 2), (7200, 1))]


def test_on_a_coarser_grid_neighbours_share_a_step() -> None:
    schedule = Schedule([a_line(5), a_line(40), a_line(7200)], 5 * MINUTE, NOON + RUN_ON)
    first = schedule.next_step(NOON + timedelta(seconds=12))
    assert first == NOON + 5 * MINUTE
    assert len(schedule.lines_until(first)) == 2
    assert schedule.next_step(None) == NOON + timedelta(hours=2)


def test_a_due_time_before_the_next_line_comes_first() -> None:
    schedule = Schedule([a_line(7200)], MINUTE, NOON + RUN_ON)
    assert schedule.next_step(NOON + timedelta(seconds=61)) == NOON + 2 * MINUTE


def test_a_line_finds_handled_what_was_due_before_it_in_the_same_step() -> None:
    """A lease that ran out at twelve seconds has lapsed when the outcome comes at thirty."""
    schedule = Schedule([a_line(30)], MINUTE, NOON + RUN_ON)
    before = schedule.next_step(NOON + timedelta(seconds=12))
    assert before is not None
    assert NOON + timedelta(seconds=12) < before < NOON + timedelta(seconds=30)
    assert schedule.lines_until(before) == []
    assert schedule.next_step(None) == NOON + timedelta(seconds=30)


def test_a_line_comes_before_what_is_due_in_its_moment() -> None:
    schedule = Schedule([a_line(30)], MINUTE, NOON + RUN_ON)
    due = NOON + timedelta(seconds=30)
    assert schedule.next_step(due) == due
    assert len(schedule.lines_until(due)) == 1


def test_due_times_that_no_line_comes_after_share_their_step() -> None:
    schedule = Schedule([a_line(70)], MINUTE, NOON + RUN_ON)
    assert schedule.next_step(NOON + timedelta(seconds=12)) == NOON + MINUTE


def test_the_end_is_inclusive_and_nothing_happens_after_it() -> None:
    end = NOON + timedelta(seconds=90)
    schedule = Schedule([a_line(90), a_line(91)], MINUTE, end)
    assert schedule.next_step(None) == end
    assert len(schedule.lines_until(end)) == 1
    assert schedule.next_step(end + timedelta(seconds=1)) is None


def test_a_run_goes_on_for_14_days_after_the_last_line() -> None:
    assert end_of([a_line(0), a_line(60)], None) == NOON + timedelta(days=14, minutes=1)
