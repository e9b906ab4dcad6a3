"""Stories of one child, one school and the school morning."""

from datetime import timedelta

import pytest

from contracts.schools import (
    AlertAcknowledged,
    AlertEscalated,
    AlertPlanned,
    AlertSent,
)
from contracts.vocabulary import RecipientRole
from tests.services.school_alerts.builders import (
    INTAKE,
    MONDAY_7,
    MONDAY_830,
    a_child,
    alert,
    an_acknowledgement,
    an_incident,
    london,
)
from tests.services.school_alerts.playing import Room


def test_a_weekend_alert_goes_out_at_seven_on_monday_and_once() -> None:
    room = Room()
    room.hear(an_incident())
    [planned] = room.of(AlertPlanned)
    assert planned.alert_id == alert(INTAKE)
    assert (planned.send_at, planned.due_by) == (MONDAY_7, MONDAY_830)
    assert planned.school_urn == INTAKE
    assert planned.recipient_role is RecipientRole.KEY_ADULT
    assert room.posted == []
    room.until(MONDAY_830)
    [mail] = room.posted
    assert (mail.at, mail.step, mail.carries) == (MONDAY_7, "first", [alert(INTAKE)])
    assert mail.mail.to == f"key_adult.{INTAKE}@schools.invalid"
    [sent] = room.of(AlertSent)
    assert (sent.sent_at, sent.late, sent.content_version) == (MONDAY_7, False, 1)
    assert sent.version > planned.version


def test_a_redelivered_incident_is_planned_once() -> None:
    room = Room()
    room.hear(an_incident())
    assert room.hear(an_incident()) == []
    assert len(room.of(AlertPlanned)) == 1


def test_nobody_answers_and_each_step_is_taken_once() -> None:
    room = Room()
    room.hear(an_incident())
    room.until(MONDAY_7 + timedelta(days=5))
    steps = [(posted.step, posted.at) for posted in room.posted]
    assert steps == [
        ("first", MONDAY_7),
        ("deputy", london("2026-11-09T09:15")),
        ("head", london("2026-11-09T09:45")),
        ("authority_lead", london("2026-11-09T10:15")),
    ]
    told = [(said.recipient_role, said.reason) for said in room.of(AlertEscalated)]
    assert told == [
        (RecipientRole.DEPUTY, "no_acknowledgement"),
        (RecipientRole.HEAD, "no_acknowledgement"),
        (RecipientRole.AUTHORITY_LEAD, "no_acknowledgement"),
        (RecipientRole.AUTHORITY_LEAD, "phone_task"),
    ]
    assert [alarm.to_role for alarm in room.alarms("phone_task")] == ["authority_lead"]
    assert room.alarms("alert_overdue") == []


def test_an_acknowledgement_stops_the_ladder_and_counts_once() -> None:
    room = Room()
    room.hear(an_incident())
    at = london("2026-11-09T09:20")
    room.hear(an_acknowledgement(alert(INTAKE), INTAKE, at))
    room.hear(an_acknowledgement(alert(INTAKE), INTAKE, at + timedelta(minutes=1)))
    room.until(at + timedelta(days=5))
    assert len(room.of(AlertAcknowledged)) == 1
    assert [posted.step for posted in room.posted] == ["first", "deputy"]


def test_siblings_at_one_school_share_a_mail_and_have_a_record_each() -> None:
    room = Room()
    room.hear(an_incident(a_child("c1"), a_child("c2")))
    room.until(london("2026-11-09T09:20"))
    first, second = room.posted
    assert first.carries == second.carries
    assert set(first.carries) == {alert(INTAKE, "c1"), alert(INTAKE, "c2")}
    assert (first.step, second.step) == ("first", "deputy")
    assert first.mail.text.count("Reference: ") == 2
    assert len(room.of(AlertSent)) == 2


@pytest.mark.parametrize(
    ("role", "said"), [("key_adult", "key_adult"), ("deputy", "deputy"), ("secretary", "deputy")]
)
def test_an_acknowledgement_is_said_of_who_answered_not_of_who_was_asked_last(
    role: str, said: str
) -> None:
    """The deputy was asked at 09:15; of a role that nobody knows it is said as of them."""
    room = Room()
    room.hear(an_incident())
    at = london("2026-11-09T09:20")
    room.hear(an_acknowledgement(alert(INTAKE), INTAKE, at, role=role))
    [acknowledged] = room.of(AlertAcknowledged)
    assert acknowledged.recipient_role == said
