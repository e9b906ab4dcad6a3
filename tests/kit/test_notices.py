"""The notice of an alarm: what, by when on London's clocks, and about which report."""

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


def test_a_report_is_called_by_the_reference_of_whoever_sent_it_beside_its_id() -> None:
    mail = a_notice()
    assert "About: south-yorkshire-police/R1\n" in mail.text
    assert f"Reference: {CASE}\n" in mail.text
    assert mail.headers["X-Onward-Reference"] == str(CASE)


def test_what_is_about_no_report_names_none_and_a_reference_stays_on_its_line() -> None:
    assert "About:" not in a_notice(subject=str(CASE)).text
    assert "About: housing/A B\n" in a_notice(subject="housing/A\nB").text
