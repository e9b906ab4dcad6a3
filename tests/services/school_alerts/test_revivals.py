"""Domain 4, cancelled and revived: whoever was told has a new deadline and the steps again."""

from datetime import timedelta
from typing import Any

from tests.services.school_alerts.builders import (
    BRADWAY,
    INTAKE,
    MONDAY_7,
    a_child,
    a_withdrawal,
    alert,
    amended,
    an_acknowledgement,
    london,
)
from tests.services.school_alerts.playing import a_room

REVIVED = london("2026-11-10T12:00")


def revived(*children: Any) -> Any:
    """The police report it after all."""
    return amended(REVIVED, *children, version=3, revision=3)


def test_an_alert_that_was_revived_after_its_steps_has_its_steps_again() -> None:
    room = a_room(until=MONDAY_7)
    room.hear(a_withdrawal(at=london("2026-11-09T08:00")))
    room.hear(revived())
    room.until(REVIVED + timedelta(days=5))
    steps = [(posted.step, posted.at) for posted in room.posted if posted.at > REVIVED]
    assert steps == [
        ("deputy", london("2026-11-11T09:15")),
        ("head", london("2026-11-11T09:45")),
        ("authority_lead", london("2026-11-11T10:15")),
    ]
    assert [alarm.about[0] for alarm in room.alarms("phone_task")] == [alert(INTAKE)]
    assert room.alarms("alert_overdue") == []


def test_who_was_told_before_the_cancelling_is_skipped_and_those_after_move_up() -> None:
    room = a_room(until=london("2026-11-09T09:20"))
    room.hear(a_withdrawal(at=london("2026-11-09T09:20")))
    room.hear(revived())
    room.until(london("2026-11-11T10:15"))
    assert len(room.alarms("phone_task")) == 1
    room.until(REVIVED + timedelta(days=5))
    assert len(room.alarms("phone_task")) == 1
    steps = [(posted.step, posted.at) for posted in room.posted if posted.at > REVIVED]
    assert steps == [
        ("head", london("2026-11-11T09:15")),
        ("authority_lead", london("2026-11-11T09:45")),
    ]


def test_a_step_that_was_set_before_the_cancelling_is_not_taken_twice() -> None:
    room, at = a_room(until=MONDAY_7), london("2026-11-09T07:30")
    room.hear(a_withdrawal(at=at))
    room.hear(amended(at + timedelta(minutes=5), version=3, revision=3))
    room.until(at + timedelta(days=5))
    steps = [(posted.step, posted.at) for posted in room.posted if posted.step != "correction"]
    assert steps == [
        ("first", MONDAY_7),
        ("deputy", london("2026-11-09T09:15")),
        ("head", london("2026-11-09T09:45")),
        ("authority_lead", london("2026-11-09T10:15")),
    ]
    assert len(room.alarms("phone_task")) == 1


def test_a_desk_that_was_told_and_is_revived_has_its_deadline_again() -> None:
    room = a_room(a_child(school="888888"), until=MONDAY_7)
    room.hear(a_withdrawal(at=london("2026-11-09T08:00")))
    room.hear(revived(a_child(school="888888")))
    room.until(REVIVED + timedelta(days=5))
    [alarm] = room.alarms("alert_overdue")
    assert alarm.due_at == london("2026-11-11T08:30")


def test_who_acknowledged_before_the_cancelling_is_not_asked_again() -> None:
    room = a_room(until=MONDAY_7)
    room.hear(an_acknowledgement(alert(INTAKE), INTAKE, london("2026-11-09T07:30")))
    room.hear(a_withdrawal(at=london("2026-11-09T08:00")))
    room.hear(revived())
    room.until(REVIVED + timedelta(days=5))
    assert {posted.step for posted in room.posted} == {"first", "correction"}


def test_who_was_told_before_the_child_moved_hears_of_the_cancelling_once() -> None:
    room = a_room(until=MONDAY_7)
    moved = london("2026-11-09T07:30")
    room.hear(amended(moved, a_child(school=BRADWAY)))
    room.hear(a_withdrawal(version=3, at=london("2026-11-10T12:00")))
    room.hear(a_withdrawal(version=4, at=london("2026-11-10T13:00")))
    room.until(REVIVED + timedelta(days=5))
    at_intake = [
        posted.mail.text for posted in room.mails("correction") if INTAKE in posted.mail.to
    ]
    assert len(at_intake) == 2
    assert "cancelled" in at_intake[1]
