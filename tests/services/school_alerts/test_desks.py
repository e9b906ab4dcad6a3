"""Fine print, desks: by the report's area, also when a revision says another one."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.schools import AlertCorrected, AlertSent
from tests.services.school_alerts.builders import (
    MONDAY_7,
    a_child,
    a_part,
    a_withdrawal,
    alert,
    amended,
    an_acknowledgement,
    london,
)
from tests.services.school_alerts.playing import Room, a_room

MOVED = london("2026-11-09T12:00")
DESK = alert("education_team")
UNKNOWN = a_child(school="888888")
BEFORE, NOW = "education_team@sheffield.invalid", "education_team@rotherham.invalid"


def moved(**over: Any) -> Room:
    """A desk was told, and a revision says that the incident was in the next area."""
    room = a_room(UNKNOWN, until=MONDAY_7)
    room.hear(amended(MOVED, UNKNOWN, **{"area": "rotherham", **over}))
    room.until(MOVED + timedelta(minutes=1))
    return room


@pytest.mark.parametrize("over", [{}, {"parts": {"c1": a_part(content_level="L0")}}])
def test_the_desk_of_the_area_is_told_and_the_one_before_hears_that_it_need_not(over: Any) -> None:
    room = moved(**over)
    first, correction, anew = room.posted
    assert (first.step, first.mail.to) == ("first", BEFORE)
    assert (correction.step, correction.mail.to) == ("correction", BEFORE)
    assert "no longer concerns your authority" in correction.mail.text
    assert "Alba" not in correction.mail.text
    assert (anew.step, anew.mail.to, anew.carries) == ("first", NOW, [DESK])
    assert "Alba" in anew.mail.text
    [said] = room.of(AlertCorrected)
    assert said.content_level == room.of(AlertSent)[-1].content_level
    assert (said.key, said.reason) == ("authority/372", "area_changed")
    assert [(sent.key, sent.content_version) for sent in room.of(AlertSent)] == [
        ("authority/373", 1),
        ("authority/372", 2),
    ]


def test_the_desk_that_is_told_anew_has_a_deadline_of_its_own() -> None:
    room = a_room(UNKNOWN, until=MONDAY_7)
    room.hear(an_acknowledgement(DESK, "sheffield-council", london("2026-11-09T08:00")))
    room.hear(amended(MOVED, UNKNOWN, area="rotherham"))
    room.until(MOVED + timedelta(days=5))
    [alarm] = room.alarms("alert_overdue")
    assert (alarm.area, alarm.due_at) == ("rotherham", london("2026-11-10T08:30"))


def test_the_desk_that_is_told_anew_answers_for_itself() -> None:
    room = moved()
    room.hear(an_acknowledgement(DESK, "rotherham-council", MOVED + timedelta(minutes=5)))
    room.until(MOVED + timedelta(days=5))
    assert [alarm.area for alarm in room.alarms("alert_overdue")] == ["sheffield"]


def test_news_after_it_goes_to_the_desk_of_the_area_alone() -> None:
    room = moved()
    later = MOVED + timedelta(hours=1)
    changed = {"c1": a_part(voice="She is not sure.")}
    room.hear(amended(later, UNKNOWN, area="rotherham", version=3, parts=changed))
    room.hear(a_withdrawal(version=4, at=later + timedelta(hours=1)))
    room.until(later + timedelta(days=5))
    assert [(each.step, each.mail.to) for each in room.posted[3:]] == [("correction", NOW)] * 2


def test_an_area_that_is_taken_back_tells_the_first_desk_again() -> None:
    room = moved()
    room.hear(amended(MOVED + timedelta(hours=1), UNKNOWN, version=3))
    room.until(MOVED + timedelta(hours=2))
    assert [(each.step, each.mail.to) for each in room.posted[3:]] == [
        ("correction", NOW),
        ("first", BEFORE),
    ]
    assert len({each.reference for each in room.posted}) == len(room.posted)
