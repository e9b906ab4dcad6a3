"""What a mail says, to whoever reads it: the same facts, and no request that nobody can fulfil."""

from datetime import datetime, timedelta

import pytest

from services.school_alerts.domain.access import link_has_expired
from tests.services.school_alerts.builders import (
    INTAKE,
    MONDAY_7,
    a_child,
    a_part,
    a_withdrawal,
    alert,
    amended,
    an_acknowledgement,
    london,
)
from tests.services.school_alerts.playing import Posted, a_room

SOON = MONDAY_7 + timedelta(minutes=5)
RULE = "-" * 68
DISOWN = "it then goes to the correct school"
CORRECTED = london("2026-11-27T10:00")
"""Eighteen days after the school was told."""
VIEWED = "Every view of an alert is recorded."


def box(posted: Posted) -> str:
    """The role whose mailbox a mail went to."""
    return posted.mail.to.partition("@")[0].partition(".")[0]


def test_a_rule_stands_on_a_line_of_its_own_in_every_mail() -> None:
    room = a_room(a_child("c1"), a_child("c2"), until=MONDAY_7)
    room.hear(amended(SOON, a_child("c1")))
    room.hear(a_withdrawal(at=SOON + timedelta(minutes=5), version=3))
    assert {posted.step for posted in room.posted} == {"first", "correction"}
    for posted in room.posted:
        lines = posted.mail.text.splitlines()
        assert [line for line in lines if RULE in line and line != RULE] == []
        assert lines.count(RULE) == len(posted.carries) + 1


def test_only_who_can_open_a_page_that_offers_it_is_asked_to_say_that_it_is_not_theirs() -> None:
    room = a_room(until=london("2026-11-09T10:15"))
    room.hear(a_withdrawal(at=london("2026-11-09T10:20")))
    asked = [(box(posted), posted.step) for posted in room.posted if DISOWN in posted.mail.text]
    assert asked == [("key_adult", "first"), ("deputy", "deputy"), ("head", "head")]
    [lead] = room.mails("authority_lead")
    assert VIEWED in lead.mail.text
    assert [posted for posted in room.mails("correction") if VIEWED in posted.mail.text] == []


def test_a_desk_is_not_asked_to_send_it_on_to_a_school_that_nobody_knows() -> None:
    [posted] = a_room(a_child(school="888888"), until=MONDAY_7).posted
    assert DISOWN not in posted.mail.text
    assert VIEWED in posted.mail.text


def test_what_was_acknowledged_before_a_correction_is_not_asked_for_again() -> None:
    room = a_room(a_child("c1"), a_child("c2"), until=MONDAY_7)
    room.hear(an_acknowledgement(alert(INTAKE, "c1"), INTAKE, SOON))
    changed = {ref: a_part(voice="She asked to stay.") for ref in ("c1", "c2")}
    at = SOON + timedelta(minutes=5)
    room.hear(amended(at, a_child("c1"), a_child("c2"), parts=changed))
    [posted] = room.mails("correction")
    asked = f"Please acknowledge: https://schools.onward.invalid/alerts/{alert(INTAKE, 'c2')}/"
    assert posted.mail.text.count("Please acknowledge:") == 1
    assert asked in posted.mail.text
    assert f"/alerts/{alert(INTAKE, 'c1')}/key_adult" in posted.mail.text


@pytest.mark.parametrize(
    ("words", "at", "expired"),
    [
        ("within 14 days of the first mail", None, False),
        ("after them", None, True),
        ("within 14 days of a correction", CORRECTED, False),
        ("after them too", CORRECTED, True),
    ],
)
def test_the_link_of_a_correction_opens_for_as_long_after_it(
    words: str, at: datetime | None, expired: bool
) -> None:
    room = a_room(until=MONDAY_7)
    if at:
        room.hear(amended(at, parts={"c1": a_part(voice="She asked to stay.")}))
    told = room.alerts.of(alert(INTAKE))
    assert told is not None
    days = timedelta(days=18 if expired else 13)
    assert link_has_expired(told, (at or MONDAY_7) + days, 14) is expired, words
