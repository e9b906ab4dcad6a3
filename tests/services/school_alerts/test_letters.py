"""What a mail says, to whoever reads it: the same facts, and no request that nobody can fulfil."""

from datetime import timedelta

from tests.services.school_alerts.builders import (
    MONDAY_7,
    a_child,
    a_withdrawal,
    amended,
)
from tests.services.school_alerts.playing import a_room

SOON = MONDAY_7 + timedelta(minutes=5)
RULE = "-" * 68


def test_a_rule_stands_on_a_line_of_its_own_in_every_mail() -> None:
    room = a_room(a_child("c1"), a_child("c2"), until=MONDAY_7)
    room.hear(amended(SOON, a_child("c1")))
    room.hear(a_withdrawal(at=SOON + timedelta(minutes=5), version=3))
    assert {posted.step for posted in room.posted} == {"first", "correction"}
    for posted in room.posted:
        lines = posted.mail.text.splitlines()
        assert [line for line in lines if RULE in line and line != RULE] == []
        assert lines.count(RULE) == len(posted.carries) + 1
