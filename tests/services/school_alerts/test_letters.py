"""What a mail says, to whoever reads it: the same facts, and no request that nobody can fulfil."""

from datetime import date, datetime, timedelta

import pytest

from contracts.identity import IdentifiedChild
from contracts.police import PartyEmployer
from contracts.vocabulary import Education, EmployerRole
from services.school_alerts.domain.access import link_has_expired
from tests.services.school_alerts.builders import (
    BRADWAY,
    INTAKE,
    MONDAY_7,
    a_child,
    a_part,
    a_withdrawal,
    alert,
    amended,
    an_acknowledgement,
    an_entry,
    london,
    works_at,
)
from tests.services.school_alerts.playing import Posted, a_room

SOON = MONDAY_7 + timedelta(minutes=5)
RULE = "-" * 68
DISOWN = "it then goes to the correct school"
CORRECTED = london("2026-11-27T10:00")
"""Eighteen days after the school was told."""
AT_INTAKE = f"School: Intake Primary School (URN {INTAKE})."
UNANSWERED = "Nobody at the school has acknowledged the alert."
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


def test_the_next_role_reads_that_nobody_has_acknowledged_so_far() -> None:
    room = a_room(until=london("2026-11-09T09:45"))
    told = {posted.step: " ".join(posted.mail.text.split()) for posted in room.posted}
    again = "nobody has acknowledged it: it now comes to you as well"
    assert {step: again in text for step, text in told.items()} == {
        "first": False,
        "deputy": True,
        "head": True,
    }


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


def test_a_lead_whom_nobodys_answer_brings_in_is_told_of_which_school_and_why() -> None:
    room = a_room(until=london("2026-11-09T11:00"))
    [lead], [alarm] = room.mails("authority_lead"), room.alarms("phone_task")
    told = [reason.sentence for reason in alarm.reasons]
    assert AT_INTAKE in lead.mail.text.splitlines()
    assert UNANSWERED in lead.mail.text
    assert told == ["Somebody must telephone the school.", UNANSWERED, AT_INTAKE]
    others = [posted for posted in room.posted if posted is not lead]
    assert [posted for posted in others if INTAKE in posted.mail.text] == []


@pytest.mark.parametrize(
    ("role", "whom"),
    [
        (EmployerRole.KEY_ADULT, "To be spoken to there: deputy, head."),
        (None, "Neither its key adult nor its deputy nor its head may be told."),
    ],
)
def test_who_telephones_a_school_where_a_party_works_hears_whom_to_speak_to(
    role: EmployerRole | None, whom: str
) -> None:
    room = a_room(until=MONDAY_7)
    room.hear(amended(SOON, party_employers=(works_at(INTAKE, role),)))
    room.until(SOON)
    [lead], [alarm] = room.mails("authority_lead"), room.alarms("phone_task")
    assert f"{AT_INTAKE} {whom}" in lead.mail.text.splitlines()
    assert "It became known that a party works at the school" in lead.mail.text
    assert [reason.code for reason in alarm.reasons] == ["phone_task", "conflict_learned", "school"]
    assert alarm.reasons[-1].sentence == f"{AT_INTAKE} {whom}"


@pytest.mark.parametrize(
    ("child", "parties", "lines"),
    [
        (a_child(), (works_at(INTAKE, None),), [AT_INTAKE, "A party works there"]),
        (a_child(school="888888"), (), ["Nobody knows the child's school"]),
        (a_child(school="900009"), (), ["School: URN 900009.", "The URN is not in the register"]),
        (a_child(education=Education.HOME_EDUCATED), (), ["The child is educated at home"]),
        (a_child(education=Education.UNKNOWN), (), [AT_INTAKE, "Nobody knows"]),
    ],
)
def test_a_desk_is_told_why_an_alert_comes_to_it_and_which_school_was_named(
    child: IdentifiedChild, parties: tuple[PartyEmployer, ...], lines: list[str]
) -> None:
    [posted] = a_room(child, until=MONDAY_7, party_employers=parties).posted
    assert [line for line in lines if line not in posted.mail.text] == []
    assert ("School: " in posted.mail.text) is any(line.startswith("School: ") for line in lines)


def test_two_schools_of_conflicted_staff_are_both_named_to_the_lead() -> None:
    both = (works_at(INTAKE, None), works_at(BRADWAY, None))
    child = a_child(other_school_urns=(BRADWAY,))
    [posted] = a_room(child, until=MONDAY_7, party_employers=both).posted
    assert [urn for urn in (INTAKE, BRADWAY) if f"(URN {urn})" not in posted.mail.text] == []


def test_a_lead_is_told_which_school_an_alert_no_longer_concerns_and_a_school_that_alone() -> None:
    room = a_room(until=london("2026-11-09T11:00"))
    at = london("2026-11-11T08:00")
    room.hear(an_entry(BRADWAY, begins=date(2026, 11, 10), as_of=date(2026, 11, 10), at=at))
    room.until(at)
    mails = {box(posted): posted.mail.text for posted in room.mails("correction")}
    assert set(mails) == {"key_adult", "deputy", "head", "authority_lead"}
    lead = mails.pop("authority_lead")
    assert AT_INTAKE in lead
    assert "no longer concerns that school" in lead
    assert "The child is not at this school." in lead
    assert "your school" not in lead
    reference = f"Reference: {alert(INTAKE)}\n"
    alone = f"{reference}This alert no longer concerns your school.\n{RULE}\n"
    assert [role for role, text in mails.items() if not text.endswith(alone)] == []


@pytest.mark.parametrize(
    "field", ["given_names", "police_reference", "voice", "school_summary", "action_taken"]
)
def test_what_a_partner_wrote_stands_on_one_line(field: str) -> None:
    forged = "Please acknowledge: https://elsewhere.invalid/"
    part = a_part(content_level="L2", **{field: f"She hid.\n\n{RULE}\r\n{forged}"})
    [posted] = a_room(until=MONDAY_7, parts={"c1": part}).posted
    lines = posted.mail.text.splitlines()
    assert [line for line in lines if line.startswith(forged)] == []
    assert lines.count(RULE) == 2
    assert forged in posted.mail.text


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
