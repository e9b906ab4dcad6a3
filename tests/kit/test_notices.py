"""The notice of an alarm: what, by when on London's clocks."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.mash import MashAlarm
from services.kit.notices import notice_of
from services.kit.sending import Mail

CASE, EVENT = UUID(int=1), UUID(int=2)
SUMMER = datetime(2027, 6, 16, 7, 30, tzinfo=UTC)


def a_notice(subject: str = "south-yorkshire-police/R1", **fields: Any) -> Mail:
    """The mail about an alarm."""
    told = {"to_role": "mash", "area": "rotherham", "code": "overdue", "about": (CASE,), **fields}
    return notice_of(MashAlarm(**told), EVENT, subject).message


def test_a_clock_is_told_as_london_reads_it() -> None:
    assert "Due: Wed 16 Jun 2027 08:30\n" in a_notice(due_at=SUMMER).text
