"""Domain 8: what must never happen, by its number, as far as schools go."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.schools import AlertPlanned, AlertSent
from contracts.vocabulary import ContentLevel, Education, EmployerRole
from services.school_alerts.domain.content import Content
from tests.services.school_alerts.builders import (
    BRADWAY,
    FRIDAY_NIGHT,
    INTAKE,
    LYDGATE,
    MONDAY_7,
    MONDAY_830,
    a_child,
    a_part,
    a_school,
    a_withdrawal,
    alert,
    amended,
    an_entry,
    an_incident,
    london,
    person,
    some_alerts,
    works_at,
)
from tests.services.school_alerts.playing import Room

WEEK = timedelta(days=7)


def mailboxes(room: Room) -> set[str]:
    """Everybody who was written to."""
    return {posted.mail.to for posted in room.posted}


def test_never_event_01_a_message_to_a_number_or_address_shared_with_the_suspect() -> None:
    """Schools are written to at their registered mailboxes, whatever a report holds."""
    room = Room()
    room.hear(an_incident(parts={"c1": a_part(voice="Write to me at home.")}))
    room.until(MONDAY_7 + WEEK)
    assert all(
        box.endswith((f".{INTAKE}@schools.invalid", "@sheffield.invalid"))
        for box in mailboxes(room)
    )


@pytest.mark.parametrize("minutes_late", [1, 60, 3000])
def test_never_event_04_a_school_told_late_without_an_alarm(minutes_late: int) -> None:
    room = Room(held_back=True)
    room.hear(an_incident())
    released = MONDAY_830 + timedelta(minutes=minutes_late)
    room.until(released)
    room.release(released)
    room.until(released)
    [sent] = room.of(AlertSent)
    assert sent.late
    [alarm] = room.alarms("alert_overdue")
    assert alarm.about[0] == alert(INTAKE)


@pytest.mark.parametrize("seconds_early", [0, 1, 59])
def test_a_school_told_just_before_the_cut_off_is_not_overdue(seconds_early: int) -> None:
    room = Room(held_back=True)
    room.hear(an_incident())
    handed_over = MONDAY_830 - timedelta(seconds=seconds_early)
    room.until(MONDAY_830)
    room.release(handed_over)
    room.until(MONDAY_830 + WEEK)
    [sent] = room.of(AlertSent)
    assert (sent.late, sent.sent_at) == (False, handed_over)
    assert room.alarms("alert_overdue") == []


def test_a_school_told_at_the_very_cut_off_is_not_overdue() -> None:
    room, other = Room(), a_child("c2", BRADWAY)
    room.hear(an_incident(a_child(), other))
    room.hear(amended(FRIDAY_NIGHT + timedelta(minutes=5), other))
    room.until(MONDAY_830 - timedelta(minutes=1))
    room.hear(amended(MONDAY_830, a_child(), other, version=3))
    # The deadline's clock runs first, though it is the same moment.
    room._queue = [(at, -number, event) for at, number, event in room._queue]
    room.until(MONDAY_830 + WEEK)
    [sent] = [said for said in room.of(AlertSent) if said.child_ref == "c1"]
    assert (sent.late, sent.sent_at) == (False, MONDAY_830)
    assert room.alarms("alert_overdue") == []


def test_a_desk_told_just_before_the_cut_off_is_overdue_at_it() -> None:
    room = Room(held_back=True)
    room.hear(an_incident(a_child(school="888888")))
    room.until(MONDAY_830)
    assert len(room.alarms("alert_overdue")) == 1
    room.release(MONDAY_830 - timedelta(seconds=30))
    room.until(MONDAY_830 + WEEK)
    assert len(room.alarms("alert_overdue")) == 1


@pytest.mark.parametrize("role", [*EmployerRole, None])
@pytest.mark.parametrize("when", ["before", "between the steps"])
def test_never_event_05_a_conflicted_key_adult_told(role: Any, when: str) -> None:
    room, parties = Room(), (works_at(INTAKE, role),)
    if when == "before":
        room.hear(an_incident(party_employers=parties))
    else:
        room.hear(an_incident())
        at = london("2026-11-09T09:20")
        room.hear(
            an_incident(
                at=at, first_at=FRIDAY_NIGHT, version=2, party_employers=(works_at(INTAKE, role),)
            )
        )
    told_before = len(room.posted)
    room.until(MONDAY_7 + WEEK)
    boxes = {posted.mail.to for posted in room.posted[told_before:]}
    if role is None:
        assert boxes <= {"authority_lead@sheffield.invalid"}
    elif role is not EmployerRole.OTHER:
        assert f"{role}.{INTAKE}@schools.invalid" not in boxes


@pytest.mark.parametrize("news", [{}, {"parts": {"c1": a_part(voice="She is not sure.")}}])
def test_never_event_05_a_conflicted_key_adult_told_of_what_waits(news: dict[str, Any]) -> None:
    room, at = Room(held_back=True), MONDAY_7 + timedelta(minutes=5)
    room.hear(an_incident())
    parties = (works_at(INTAKE, EmployerRole.KEY_ADULT),)
    amended = an_incident(at=at, first_at=FRIDAY_NIGHT, version=2, party_employers=parties, **news)
    room.hear(amended)
    room.release(at)
    room.until(at)
    assert mailboxes(room) == {f"deputy.{INTAKE}@schools.invalid"}


def test_never_event_05_a_conflicted_key_adult_told_that_it_was_cancelled() -> None:
    room, parties = Room(), (works_at(INTAKE, EmployerRole.KEY_ADULT),)
    room.hear(an_incident())
    at = london("2026-11-09T09:01")
    room.hear(an_incident(at=at, first_at=FRIDAY_NIGHT, version=2, party_employers=parties))
    told_before = len(room.posted)
    room.hear(a_withdrawal(version=3, at=london("2026-11-09T10:00")))
    room.until(MONDAY_7 + WEEK)
    boxes = {posted.mail.to for posted in room.posted[told_before:]}
    assert boxes == {"authority_lead@sheffield.invalid"}


def test_never_event_06_the_wrong_twins_siblings_or_step_childs_school() -> None:
    twins = (a_child("c1", possibly_same_as=(person("c2"),)), a_child("c2", BRADWAY))
    room = Room()
    room.hear(an_entry(INTAKE, child="c1"))
    room.hear(an_entry(BRADWAY, child="c2"))
    room.hear(an_incident(*twins, a_child("c3", LYDGATE)))
    room.until(MONDAY_7)
    told = {alert_id: posted.mail.to for posted in room.posted for alert_id in posted.carries}
    assert told == {
        alert(INTAKE, "c1"): f"key_adult.{INTAKE}@schools.invalid",
        alert(BRADWAY, "c2"): f"key_adult.{BRADWAY}@schools.invalid",
        alert(LYDGATE, "c3"): f"key_adult.{LYDGATE}@schools.invalid",
    }


def test_never_event_06_children_of_two_names_share_no_mail() -> None:
    room = Room()
    parts = {"c1": a_part(), "c2": a_part(family_name="Otherwise", given_names="Brook")}
    room.hear(an_incident(a_child("c1"), a_child("c2"), a_child("victim"), parts=parts))
    room.until(MONDAY_7)
    assert [len(posted.carries) for posted in room.posted] == [1, 1, 1]
    assert sum("Alba" in posted.mail.text for posted in room.posted) == 2


def test_never_event_07_an_address_in_a_school_message() -> None:
    """Only the part's own fields reach a template, and none of them is an address."""
    held = set(Content.__dataclass_fields__)
    assert not {name for name in held if "address" in name or "phone" in name or "postcode" in name}
    room = Room()
    room.hear(an_incident(area="sheffield"))
    room.until(MONDAY_7)
    [posted] = room.posted
    for secret in ("MEDIUM", "risk", "MARAC", "victim", "suspect"):
        assert secret not in posted.mail.text
    assert "Alba" not in posted.mail.subject
    links = [line for line in posted.mail.text.splitlines() if "https://" in line]
    assert links and not any("alba" in link.casefold() for link in links)


def test_never_event_10_a_second_send_on_replay_redelivery_or_rebalance() -> None:
    room = Room()
    room.hear(an_incident())
    room.until(MONDAY_7)
    timers = list(room._queue)
    for version in (1, 1):
        room.hear(an_incident(at=MONDAY_7 + timedelta(minutes=1), version=version))
    room._queue += timers
    room.until(london("2026-11-09T09:20"))
    assert [posted.step for posted in room.posted] == ["first", "deputy"]
    assert len({posted.reference for posted in room.posted}) == len(room.posted)


def test_never_event_12_mail_to_a_closed_school() -> None:
    closed = a_school("900001", status="Closed", successor="900002")
    room = Room(some_alerts(closed, a_school("900002")))
    room.hear(an_incident(a_child(school="900001")))
    room.until(MONDAY_7 + WEEK)
    assert not any(".900001@" in box for box in mailboxes(room))
    assert "key_adult.900002@schools.invalid" in mailboxes(room)


@pytest.mark.parametrize(
    ("received", "sent", "due"),
    [
        ("2027-03-27T23:30", "2027-04-12T07:00", "2027-04-12T08:30"),
        ("2027-10-29T20:00", "2027-11-01T07:00", "2027-11-01T08:30"),
        ("2027-10-31T01:30", "2027-11-01T07:00", "2027-11-01T08:30"),
    ],
)
def test_never_event_13_an_hours_error_at_a_clock_change(
    received: str, sent: str, due: str
) -> None:
    room = Room()
    room.hear(an_incident(at=london(received)))
    [said] = room.of(AlertPlanned)
    assert (said.send_at, said.due_by) == (london(sent), london(due))


@pytest.mark.parametrize(
    ("received", "day"),
    [
        ("2026-12-18T20:00", date(2027, 1, 4)),
        ("2027-04-30T20:00", date(2027, 5, 4)),
        ("2027-05-28T20:00", date(2027, 6, 7)),
    ],
)
def test_never_event_14_a_bank_holiday_inset_or_term_miscounted(received: str, day: date) -> None:
    room = Room()
    room.hear(an_incident(at=london(received)))
    [said] = room.of(AlertPlanned)
    assert said.due_by is not None and said.due_by.date() == day


@pytest.mark.parametrize("said_by", ["the report", "the register"])
def test_never_event_15_home_educated_childs_old_school_told(said_by: str) -> None:
    home, room = Education.HOME_EDUCATED, Room()
    if said_by == "the register":
        room.hear(an_entry(None, education=home))
        room.hear(an_incident(a_child(other_school_urns=(BRADWAY,))))
    else:
        room.hear(an_incident(a_child(education=home, other_school_urns=(BRADWAY,))))
    room.until(MONDAY_7 + WEEK)
    assert mailboxes(room) == {"authority_officer@sheffield.invalid"}


def test_never_event_16_a_child_who_moved_mid_term_the_old_school_told() -> None:
    room = Room()
    room.hear(an_entry(INTAKE, until=date(2026, 11, 5), reference="old"))
    room.hear(an_entry(BRADWAY, begins=date(2026, 11, 6), reference="new"))
    room.hear(an_incident())
    room.until(MONDAY_7 + WEEK)
    assert not any(f".{INTAKE}@" in box for box in mailboxes(room))
    assert f"key_adult.{BRADWAY}@schools.invalid" in mailboxes(room)


@pytest.mark.parametrize("news", ["amended", "cancelled"])
def test_never_event_19_amended_or_cancelled_after_notices_no_correction(news: str) -> None:
    room = Room()
    room.hear(an_incident())
    at = london("2026-11-09T10:20")
    room.until(at)
    told = mailboxes(room)
    part = {"c1": a_part(present=False)}
    amended = an_incident(at=at, first_at=FRIDAY_NIGHT, version=2, parts=part)
    room.hear(amended if news == "amended" else a_withdrawal(at=at))
    room.until(at + timedelta(minutes=1))
    assert {posted.mail.to for posted in room.mails("correction")} == told
    assert len(told) == 4


def test_never_event_20_a_placeholder_birth_date_believed() -> None:
    """A birth date that is unknown or impossible gives no age, so it confirms no school."""
    content = Content(ContentLevel.L1, date(2027, 7, 21))
    assert content.age_on(date(2027, 9, 1)) is None
    future = Content(ContentLevel.L1, date(2027, 7, 21), date_of_birth=date(2099, 1, 1))
    assert future.age_on(date(2027, 9, 1)) is None
