"""What a mail says, to whoever reads it: the same facts, and no request that nobody can fulfil."""

from datetime import timedelta

from tests.services.school_alerts.builders import (
    MONDAY_7,
    a_child,
    a_withdrawal,
    amended,
    london,
)
from tests.services.school_alerts.playing import Posted, a_room

SOON = MONDAY_7 + timedelta(minutes=5)
RULE = "-" * 68
DISOWN = "it then goes to the correct school"
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
