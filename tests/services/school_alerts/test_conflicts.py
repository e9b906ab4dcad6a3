"""Domain 4, conflicts learned late: what waits is taken back, what was read is rung about."""

from datetime import timedelta

import pytest

from contracts.schools import AlertCorrected, AlertSent
from contracts.vocabulary import EmployerRole
from tests.services.school_alerts.builders import (
    INTAKE,
    MONDAY_7,
    a_child,
    a_part,
    alert,
    amended,
    an_incident,
    london,
    works_at,
)
from tests.services.school_alerts.playing import Room, a_room, on_its_way

KEY_ADULT = (works_at(INTAKE, EmployerRole.KEY_ADULT),)
CHANGED = {"c1": a_part(voice="She asked to stay at school.")}


def box(role: str) -> str:
    return f"{role}.{INTAKE}@schools.invalid"


def test_a_conflict_learned_while_the_mail_waits_sends_it_to_the_next_reader() -> None:
    room = Room(held_back=True)
    room.hear(an_incident(a_child("c1"), a_child("c2")))
    at = MONDAY_7 + timedelta(minutes=1)
    room.hear(amended(at, a_child("c1"), a_child("c2"), party_employers=KEY_ADULT, parts=CHANGED))
    room.release(at)
    room.until(at)
    [posted] = room.posted
    assert (posted.step, posted.mail.to, len(posted.carries)) == ("first", box("deputy"), 2)
    assert [said.recipient_role for said in room.of(AlertSent)] == ["deputy", "deputy"]
    assert room.alarms("phone_task") == []


def test_a_conflict_learned_while_a_step_waits_goes_to_the_next_reader_at_once() -> None:
    room = a_room(until=MONDAY_7)
    room.held_back = True
    at = london("2026-11-09T09:20")
    room.hear(amended(at, party_employers=(works_at(INTAKE, EmployerRole.DEPUTY),)))
    room.release(at)
    room.until(at)
    assert [posted.mail.to for posted in room.posted] == [box("key_adult"), box("head")]
    assert room.alarms("phone_task") == []


def test_a_conflict_learned_while_a_correction_waits_takes_it_back() -> None:
    room = a_room(until=MONDAY_7)
    room.held_back = True
    at = MONDAY_7 + timedelta(minutes=5)
    room.hear(amended(at, parts=CHANGED))
    room.hear(amended(at, version=3, parts=CHANGED, party_employers=KEY_ADULT))
    room.release(at)
    room.until(at)
    lead = "authority_lead@sheffield.invalid"
    assert [posted.mail.to for posted in room.posted] == [box("key_adult"), lead]
    assert len(room.alarms("phone_task")) == 1


def test_a_conflict_learned_while_the_mail_is_on_its_way_goes_to_the_lead() -> None:
    room = Room()
    on_its_way(room, an_incident())
    room._hear(amended(MONDAY_7, party_employers=KEY_ADULT), MONDAY_7)
    room.until(MONDAY_7 + timedelta(minutes=1))
    lead = "authority_lead@sheffield.invalid"
    assert [posted.mail.to for posted in room.posted] == [box("key_adult"), box("deputy"), lead]
    assert len(room.alarms("phone_task")) == 1


def test_a_conflict_learned_after_the_phone_task_is_told_to_the_lead_once() -> None:
    room = a_room(until=london("2026-11-09T11:00"))
    assert len(room.alarms("phone_task")) == 1
    for version, time in ((2, "11:00"), (3, "11:30")):
        at = london(f"2026-11-09T{time}")
        room.hear(amended(at, version=version, party_employers=KEY_ADULT))
    room.hear(amended(at, version=4, parts=CHANGED, party_employers=KEY_ADULT))
    room.until(at + timedelta(days=2))
    assert len(room.alarms("phone_task")) == 1
    [alarm] = room.alarms("conflict_learned")
    assert (alarm.to_role, alarm.about[0]) == ("authority_lead", alert(INTAKE))


@pytest.mark.parametrize(
    ("told_until", "party", "corrected"),
    [
        ("2026-11-09T07:00", EmployerRole.KEY_ADULT, "authority_lead"),
        ("2026-11-09T07:00", None, "authority_lead"),
        ("2026-11-09T09:20", EmployerRole.DEPUTY, "key_adult"),
        ("2026-11-09T09:20", EmployerRole.KEY_ADULT, "deputy"),
    ],
)
def test_a_correction_with_which_a_conflict_is_learned_is_said_of_who_is_told(
    told_until: str, party: EmployerRole | None, corrected: str
) -> None:
    room = a_room(until=london(told_until))
    parties = (works_at(INTAKE, party),)
    at = london(told_until) + timedelta(minutes=5)
    room.hear(amended(at, parts=CHANGED, party_employers=parties))
    room.until(at + timedelta(days=2))
    [said] = room.of(AlertCorrected)
    assert (said.content_version, said.recipient_role) == (2, corrected)
    assert [sent.content_version for sent in room.of(AlertSent)] == [1, 2]
    assert str(party) not in {str(sent.recipient_role) for sent in room.of(AlertSent)[1:]}


def test_a_correction_that_nobody_may_read_is_said_of_no_role() -> None:
    room = a_room(until=MONDAY_7)
    at = MONDAY_7 + timedelta(minutes=5)
    room.hear(amended(at, a_child("c2"), party_employers=KEY_ADULT))
    said = [each for each in room.of(AlertCorrected) if each.child_ref == "c1"]
    assert [each.recipient_role for each in said] == [None]
