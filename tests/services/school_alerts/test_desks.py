"""Fine print, desks: by the report's area, also when a revision says another one."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.schools import AlertCorrected, AlertSent
from contracts.vocabulary import AgeBand, Education
from tests.services.school_alerts.builders import (
    BRADWAY,
    INTAKE,
    MONDAY_7,
    a_child,
    a_part,
    a_withdrawal,
    alert,
    amended,
    an_acknowledgement,
    an_entry,
    london,
)
from tests.services.school_alerts.playing import Room, a_room

MOVED = london("2026-11-09T12:00")
SOON = MONDAY_7 + timedelta(minutes=5)
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


@pytest.mark.parametrize(
    "news",
    [
        amended(london("2026-11-09T08:10"), a_child(school=INTAKE)),
        an_entry(INTAKE, at=london("2026-11-09T08:10")),
    ],
)
def test_a_desk_whose_school_is_named_is_concerned_no_more_and_not_overdue(news: Any) -> None:
    room = a_room(UNKNOWN, until=MONDAY_7)
    room.hear(news)
    room.until(MOVED + timedelta(days=5))
    [relieved] = room.mails("correction")
    assert (relieved.mail.to, relieved.carries) == (BEFORE, [DESK])
    assert "no longer concerns you, and you need do nothing more" in relieved.mail.text
    assert "Alba" not in relieved.mail.text
    assert [each.carries for each in room.mails("first")] == [[DESK], [alert(INTAKE)]]
    assert [each.reason for each in room.of(AlertCorrected)] == ["told_instead"]
    assert room.alarms("alert_overdue") == []


def test_a_desk_that_another_desk_relieves_hears_so() -> None:
    room = a_room(UNKNOWN, until=MONDAY_7)
    at = london("2026-11-09T08:10")
    room.hear(amended(at, a_child(school=None, education=Education.HOME_EDUCATED)))
    room.until(MOVED + timedelta(days=5))
    assert [(each.step, each.mail.to) for each in room.posted[1:]] == [
        ("correction", BEFORE),
        ("first", "authority_officer@sheffield.invalid"),
    ]
    assert [alarm.about[0] for alarm in room.alarms("alert_overdue")] == [
        alert("authority_officer")
    ]


def test_a_desk_whose_child_is_unknown_again_is_asked_again() -> None:
    room = a_room(UNKNOWN, until=MONDAY_7)
    at = london("2026-11-09T08:10")
    room.hear(amended(at, a_child(school=INTAKE)))
    later = london("2026-11-09T12:00")
    room.hear(amended(later, UNKNOWN, version=3))
    room.until(later + timedelta(days=5))
    assert [each.step for each in room.posted if each.mail.to == BEFORE] == [
        "first",
        "correction",
        "correction",
    ]
    assert "Alba" in [each for each in room.posted if each.mail.to == BEFORE][-1].mail.text
    [alarm] = room.alarms("alert_overdue")
    assert (alarm.about[0], alarm.due_at) == (DESK, london("2026-11-10T08:30"))


def test_a_desk_keeps_an_alert_while_a_school_that_is_found_is_told_by_nobody() -> None:
    room = a_room(a_child(school=INTAKE, other_school_urns=("900009",)), until=MONDAY_7)
    left = an_entry("900009", at=SOON, begins=date(2025, 9, 1), until=date(2026, 10, 30))
    for entry in (an_entry(INTAKE, at=SOON), an_entry(BRADWAY, at=SOON), left):
        room.hear(entry)
    room.until(MONDAY_7 + timedelta(days=5))
    assert [each.mail.to for each in room.mails("first")] == [
        f"key_adult.{INTAKE}@schools.invalid",
        BEFORE,
    ]
    assert room.mails("correction") == []
    assert [alarm.about[0] for alarm in room.alarms("alert_overdue")] == [DESK]


def test_a_desk_whose_child_is_grown_up_hears_that_it_is() -> None:
    room = a_room(UNKNOWN, until=MONDAY_7)
    grown = a_child(school="888888", age_band=AgeBand.EIGHTEEN_TO_FIFTY_NINE)
    room.hear(amended(london("2026-11-09T08:10"), grown))
    room.until(MOVED + timedelta(days=5))
    assert [(each.step, each.mail.to) for each in room.posted[1:]] == [("correction", BEFORE)]
    assert room.alarms("alert_overdue") == []
