"""Domain 4, amended and cancelled: withheld before sending, corrected after, to all told."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.police import Risk
from contracts.schools import (
    AlertAcknowledged,
    AlertCorrected,
    AlertPlanned,
    AlertSent,
    AlertWithheld,
    PupilDisowned,
    SchoolsInputRefused,
)
from contracts.vocabulary import Education, EmployerRole, RecipientRole, RiskLevel
from services.kit.sending import Send
from tests.services.school_alerts.builders import (
    BRADWAY,
    INTAKE,
    MONDAY_7,
    POLICE,
    a_child,
    a_contact,
    a_part,
    a_school,
    a_withdrawal,
    alert,
    amended,
    an_acknowledgement,
    an_entry,
    an_incident,
    heard,
    incident,
    london,
    person,
    some_alerts,
    works_at,
)
from tests.services.school_alerts.playing import SATURDAY, Room, a_room, on_its_way

TOLD_TWO = london("2026-11-09T09:20")
"""The key adult and the deputy have been told."""


CHANGED = {"c1": a_part(voice="She asked to stay at school.")}


def test_amended_before_sending_the_school_is_told_the_newest_once() -> None:
    room = a_room()
    room.hear(amended(SATURDAY, parts=CHANGED))
    room.until(MONDAY_7)
    [posted] = room.posted
    assert "She asked to stay at school." in posted.mail.text
    assert room.of(AlertCorrected) == []
    assert len(room.of(AlertPlanned)) == 1


def test_amended_in_substance_after_sending_everybody_told_is_corrected() -> None:
    room = a_room(until=TOLD_TWO)
    room.hear(amended(TOLD_TWO, parts=CHANGED))
    room.until(TOLD_TWO + timedelta(minutes=1))
    [said] = room.of(AlertCorrected)
    assert (said.content_version, said.reason) == (2, "content_changed")
    corrections = room.mails("correction")
    assert [posted.mail.to.partition(".")[0] for posted in corrections] == ["key_adult", "deputy"]
    assert all("She asked to stay at school." in posted.mail.text for posted in corrections)
    assert [sent.content_version for sent in room.of(AlertSent)] == [1, 2]
    assert said.recipient_roles == ("key_adult", "deputy")
    assert [sent.recipient_roles for sent in room.of(AlertSent)] == [
        ("key_adult",),
        ("key_adult", "deputy"),
    ]
    room.until(TOLD_TWO + timedelta(days=1))
    assert [posted.step for posted in room.posted].count("head") == 1
    assert "She asked to stay" in room.mails("head")[0].mail.text


@pytest.mark.parametrize(
    ("words", "over"),
    [
        ("grade alone", {"risk": Risk(level=RiskLevel.HIGH)}),
        ("identity alone", {"victim_id": person("another"), "revision": 1}),
        ("another text that is left out", {"parts": {"c1": a_part(left_out=("voice_number",))}}),
    ],
)
def test_grade_rag_and_identity_alone_never(words: str, over: Any) -> None:
    room = a_room(until=TOLD_TWO)
    room.hear(amended(TOLD_TWO, **over))
    room.until(TOLD_TWO + timedelta(days=1))
    assert room.of(AlertCorrected) == [], words


def test_cancelled_before_sending_nothing_is_sent() -> None:
    room = a_room()
    room.hear(a_withdrawal(at=SATURDAY))
    room.until(MONDAY_7 + timedelta(days=3))
    [said] = room.of(AlertWithheld)
    assert said.reason == "incident_cancelled"
    assert room.posted == []
    assert room.alarms("alert_overdue") == []


def test_cancelled_after_sending_every_role_already_told_is_told_so() -> None:
    room = a_room(until=TOLD_TWO)
    room.hear(a_withdrawal(at=TOLD_TWO))
    room.until(TOLD_TWO + timedelta(days=3))
    corrections = room.mails("correction")
    assert [posted.mail.to.partition(".")[0] for posted in corrections] == ["key_adult", "deputy"]
    assert all("cancelled" in posted.mail.text for posted in corrections)
    assert all("Alba" not in posted.mail.text for posted in corrections)
    assert [posted.step for posted in room.posted] == [
        "first",
        "deputy",
        "correction",
        "correction",
    ]
    assert [said.reason for said in room.of(AlertCorrected)] == ["incident_cancelled"]


def test_cancelled_after_the_child_moved_the_school_that_was_told_is_told_so() -> None:
    room = a_room(until=TOLD_TWO)
    room.hear(a_withdrawal(at=TOLD_TWO))
    assert {posted.mail.to.split("@")[0].split(".")[1] for posted in room.posted} == {INTAKE}


def test_a_cancellation_while_the_mail_waits_takes_it_back() -> None:
    room = Room(held_back=True)
    room.hear(an_incident())
    room.hear(a_withdrawal(at=MONDAY_7 + timedelta(minutes=1)))
    room.release(MONDAY_7 + timedelta(minutes=2))
    room.until(MONDAY_7 + timedelta(days=2))
    assert room.posted == []
    assert [said.reason for said in room.of(AlertWithheld)] == ["incident_cancelled"]


def test_a_mail_that_could_not_be_taken_back_is_corrected() -> None:
    room = Room()
    on_its_way(room, an_incident())
    room._hear(a_withdrawal(at=MONDAY_7), MONDAY_7)
    room.until(MONDAY_7 + timedelta(days=2))
    assert [posted.step for posted in room.posted] == ["first", "correction"]
    assert len(room.of(AlertSent)) == 2


def test_amended_while_the_mail_waits_the_school_is_told_the_newest_once() -> None:
    room = Room(held_back=True)
    room.hear(an_incident())
    room.hear(amended(MONDAY_7 + timedelta(minutes=1), parts=CHANGED))
    room.release(MONDAY_7 + timedelta(minutes=2))
    room.until(MONDAY_7 + timedelta(hours=1))
    assert [posted.step for posted in room.posted] == ["first"]
    assert "She asked to stay at school." in room.posted[0].mail.text
    assert room.of(AlertCorrected) == []


def test_amended_while_the_mail_was_on_its_way_the_school_is_told_the_old_and_corrected() -> None:
    room = Room()
    on_its_way(room, an_incident())
    room._hear(amended(MONDAY_7, parts=CHANGED), MONDAY_7)
    room.until(MONDAY_7 + timedelta(hours=1))
    first, correction = room.posted
    assert "She asked to stay at school." not in first.mail.text
    assert "She asked to stay at school." in correction.mail.text
    assert len(room.of(AlertCorrected)) == 1
    assert [sent.content_version for sent in room.of(AlertSent)] == [1, 2]


def test_amended_and_restored_while_the_mail_was_on_its_way_nothing_is_corrected() -> None:
    room = Room()
    on_its_way(room, an_incident())
    room._hear(amended(MONDAY_7, parts=CHANGED), MONDAY_7)
    room._hear(amended(MONDAY_7, version=3), MONDAY_7)
    room.until(MONDAY_7 + timedelta(hours=1))
    assert [posted.step for posted in room.posted] == ["first"]
    assert room.of(AlertCorrected) == []


def test_siblings_at_two_schools_of_one_mailbox_share_no_mail() -> None:
    shared = a_contact(key_adult="key.adult@trust.invalid")
    schools = [a_school("900001", contacts=shared), a_school("900002", contacts=shared)]
    room = Room(some_alerts(*schools))
    room.hear(an_incident(a_child("c1", "900001"), a_child("c2", "900002")))
    room.until(MONDAY_7)
    assert [len(posted.carries) for posted in room.posted] == [1, 1]


def test_siblings_of_one_mail_are_corrected_where_one_is_left_out_and_one_changed() -> None:
    room = Room()
    on_its_way(room, an_incident(a_child("c1"), a_child("c2")))
    news = amended(MONDAY_7, a_child("c1"), parts=CHANGED)
    room._hear(news, MONDAY_7)
    room.until(MONDAY_7 + timedelta(hours=1))
    first, *corrections = room.posted
    assert len(first.carries) == 2
    assert "She asked to stay at school." not in first.mail.text
    assert {said.reason for said in room.of(AlertCorrected)} == {
        "child_left_out",
        "content_changed",
    }
    assert any("She asked to stay at school." in posted.mail.text for posted in corrections)


def test_revived_after_a_cancellation_the_school_is_told_again() -> None:
    room = a_room()
    room.hear(a_withdrawal(at=SATURDAY))
    again = amended(
        SATURDAY + timedelta(hours=1), version=3, first_at=SATURDAY + timedelta(hours=1)
    )
    room.hear(again)
    room.until(MONDAY_7)
    assert [posted.step for posted in room.posted] == ["first"]


def test_revived_after_the_school_was_told_of_the_cancellation_it_stands_again() -> None:
    room = a_room(until=TOLD_TWO)
    room.hear(a_withdrawal(at=TOLD_TWO))
    room.hear(amended(TOLD_TWO + timedelta(hours=1), version=3))
    room.until(TOLD_TWO + timedelta(days=1))
    assert [said.content_version for said in room.of(AlertCorrected)] == [2, 3]
    assert "Alba" in room.mails("correction")[-1].mail.text


def test_a_child_left_out_before_sending_is_withheld_and_mash_asked() -> None:
    room = a_room(a_child("c1"), a_child("c2"))
    room.hear(amended(SATURDAY, a_child("c1")))
    room.until(MONDAY_7)
    assert [said.child_ref for said in room.of(AlertWithheld)] == ["c2"]
    [alarm] = room.alarms("child_left_out")
    assert (alarm.to_role, alarm.about[0]) == ("mash", alert(INTAKE, "c2"))
    [posted] = room.posted
    assert posted.carries == [alert(INTAKE, "c1")]


def test_a_child_left_out_after_sending_is_corrected() -> None:
    room = a_room(a_child("c1"), a_child("c2"), until=MONDAY_7)
    room.hear(amended(MONDAY_7 + timedelta(minutes=5), a_child("c1")))
    [said] = room.of(AlertCorrected)
    assert (said.child_ref, said.reason) == ("c2", "child_left_out")
    [posted] = room.mails("correction")
    assert posted.carries == [alert(INTAKE, "c2")]


def test_a_child_reported_at_another_school_before_sending() -> None:
    room = a_room()
    moved = a_child(school=BRADWAY, schools_named_at={BRADWAY: SATURDAY})
    room.hear(amended(SATURDAY, moved))
    room.until(MONDAY_7)
    assert [posted.carries for posted in room.posted] == [[alert(BRADWAY)]]
    assert [said.reason for said in room.of(AlertWithheld)] == ["school_changed"]


def test_a_child_reported_at_another_school_after_sending() -> None:
    room = a_room(until=MONDAY_7)
    at = london("2026-11-09T09:00")
    room.hear(amended(at, a_child(school=BRADWAY, schools_named_at={BRADWAY: at})))
    room.until(at + timedelta(minutes=1))
    [correction] = room.mails("correction")
    assert correction.carries == [alert(INTAKE)]
    assert "no longer concerns" in correction.mail.text
    assert "Alba" not in correction.mail.text
    assert [(p.carries, p.at) for p in room.mails("first")][-1] == ([alert(BRADWAY)], at)
    assert room.of(AlertPlanned)[-1].due_by == london("2026-11-10T08:30")
    room.until(at + timedelta(days=3))
    stray = [p for p in room.posted if alert(INTAKE) in p.carries and p.at > at]
    assert stray == []


def test_a_register_entry_that_shows_the_wrong_school_was_told() -> None:
    room = a_room(until=MONDAY_7)
    at = london("2026-11-09T09:00")
    room.hear(an_entry(BRADWAY, at=at))
    room.until(at + timedelta(minutes=1))
    assert [p.carries for p in room.mails("correction")] == [[alert(INTAKE)]]
    assert room.mails("first")[-1].carries == [alert(BRADWAY)]
    assert not any(sent.late for sent in room.of(AlertSent))


def test_a_child_who_left_after_the_school_was_told() -> None:
    room = a_room(until=MONDAY_7)
    room.hear(an_acknowledgement(alert(INTAKE), INTAKE, MONDAY_7 + timedelta(minutes=30)))
    at = london("2026-11-23T11:00")
    room.hear(an_entry(BRADWAY, begins=date(2026, 11, 20), as_of=date(2026, 11, 22), at=at))
    room.until(at + timedelta(minutes=1))
    assert [p.carries for p in room.mails("correction")] == [[alert(INTAKE)]]
    assert [p.carries for p in room.mails("first")] == [[alert(INTAKE)]]


def test_a_doubtful_entry_after_sending_changes_nothing() -> None:
    room = a_room(until=MONDAY_7)
    before = len(room.said)
    room.hear(an_entry(BRADWAY, as_of=date(2026, 9, 5), at=london("2026-11-09T07:30")))
    assert len(room.said) == before


def test_the_education_team_resolves_the_unknown_and_the_alert_follows() -> None:
    room = a_room(a_child(school="888888"), until=MONDAY_7)
    at = london("2026-11-09T11:00")
    room.hear(an_entry(BRADWAY, at=at))
    room.until(at + timedelta(minutes=1))
    assert [p.carries for p in room.mails("first")] == [[alert("education_team")], [alert(BRADWAY)]]
    [relieved] = room.mails("correction")
    assert relieved.carries == [alert("education_team")]


def test_a_correction_does_not_reach_a_party_who_works_there() -> None:
    room = a_room(until=TOLD_TWO)
    party = works_at(INTAKE, EmployerRole.KEY_ADULT)
    room.hear(amended(TOLD_TWO, parts=CHANGED, party_employers=(party,)))
    room.until(TOLD_TWO + timedelta(minutes=1))
    assert [p.mail.to.partition(".")[0] for p in room.mails("correction")] == ["deputy"]


def test_corrections_of_siblings_share_a_mail() -> None:
    room = a_room(a_child("c1"), a_child("c2"), until=MONDAY_7)
    parts = {"c1": a_part(voice="One."), "c2": a_part(voice="Two.")}
    room.hear(amended(MONDAY_7 + timedelta(minutes=5), a_child("c1"), a_child("c2"), parts=parts))
    [posted] = room.mails("correction")
    assert set(posted.carries) == {alert(INTAKE, "c1"), alert(INTAKE, "c2")}


def test_a_correction_that_cannot_be_handed_over_raises_an_alarm() -> None:
    room = Room(outcome=lambda mail: "refused" if "correction" in mail.subject else "accepted")
    room.hear(an_incident())
    room.hear(a_withdrawal(at=MONDAY_7 + timedelta(minutes=5)))
    room.until(MONDAY_7 + timedelta(minutes=6))
    assert len(room.alarms("correction_failed")) == 1


def test_an_acknowledged_alert_is_corrected_without_a_ladder() -> None:
    room = a_room(until=MONDAY_7)
    at = MONDAY_7 + timedelta(minutes=30)
    room.hear(an_acknowledgement(alert(INTAKE), INTAKE, at))
    room.hear(amended(at + timedelta(minutes=1), parts=CHANGED))
    room.until(at + timedelta(days=3))
    assert [posted.step for posted in room.posted] == ["first", "correction"]


def test_a_desk_that_a_revision_brings_in_has_its_clock_from_that_revision() -> None:
    room = a_room(until=MONDAY_7)
    at = london("2026-11-09T10:00")
    room.hear(amended(at, a_child(school=None, education=Education.HOME_EDUCATED)))
    room.until(at + timedelta(hours=1))
    told = room.of(AlertSent)[-1]
    assert told.recipient_role is RecipientRole.AUTHORITY_OFFICER
    assert (told.due_by, told.late) == (london("2026-11-10T08:30"), False)
    assert room.alarms("alert_overdue") == []


def test_what_came_of_a_mail_is_about_the_report_whatever_caused_it() -> None:
    room = a_room(until=MONDAY_7)
    said = room.hear(an_entry(BRADWAY, at=london("2026-11-09T10:00")))
    answers = [each.answer for each in said if isinstance(each, Send) and each.answer]
    assert answers
    assert {answer.said_trail and answer.said_trail.subject for answer in answers} == {
        f"{POLICE}/R1"
    }


def test_not_our_pupil_goes_to_the_education_team_and_the_school_is_told_no_more() -> None:
    room = a_room(until=MONDAY_7)
    at = london("2026-11-09T09:00")
    disowned = PupilDisowned(alert_id=alert(INTAKE), incident_id=incident())
    room.hear(heard(disowned, "R1", at))
    room.hear(heard(disowned, "R1", at + timedelta(minutes=1)))
    room.until(at + timedelta(days=2))
    assert [p.mail.to for p in room.posted][-1] == "education_team@sheffield.invalid"
    assert [p.step for p in room.posted] == ["first", "correction", "first"]
    room.hear(amended(at + timedelta(days=2), parts=CHANGED))
    room.until(at + timedelta(days=3))
    assert sum(alert(INTAKE) in p.carries for p in room.posted) == 2


def test_who_acknowledges_an_alert_that_holds_no_more_is_told_so() -> None:
    room = a_room(until=MONDAY_7)
    room.hear(a_withdrawal(at=MONDAY_7 + timedelta(minutes=5)))
    room.hear(an_acknowledgement(alert(INTAKE), INTAKE, MONDAY_7 + timedelta(minutes=9)))
    [refused] = room.of(SchoolsInputRefused)
    assert [(p.path, p.code) for p in refused.problems] == [("/alert_id", "ended")]
    assert room.of(AlertAcknowledged) == []
