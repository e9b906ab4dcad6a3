"""Domain 4, "To whom in the school": roles in order, conflicts, addresses, the ladder."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.schools import AlertEscalated, AlertPlanned, AlertSent, AlertWithheld
from contracts.vocabulary import EmployerRole, RecipientRole
from services.school_alerts.domain.calendar import Calendar, SchoolHours
from services.school_alerts.domain.ladder import step_due
from services.school_alerts.domain.policy import Policy
from services.school_alerts.domain.readers import Employer, readers_at
from services.school_alerts.domain.schools import School, Schools
from tests.services.school_alerts.builders import (
    FRIDAY_NIGHT,
    INTAKE,
    MONDAY_7,
    MONDAY_830,
    a_child,
    a_contact,
    a_school,
    alert,
    an_acknowledgement,
    an_incident,
    london,
    some_alerts,
    the_book,
    works_at,
)
from tests.services.school_alerts.playing import Room

KEY, DEPUTY, HEAD, OTHER = EmployerRole
LEAD = "authority_lead"
ONE_BOX = a_contact(key_adult="k@s.test", deputy="K@s.test")
SHARED = a_contact(key_adult="k@s.test", deputy="k@s.test", head="h@s.test")
ALL = a_contact(key_adult="k@s.test", deputy="d@s.test", head="h@s.test")


def staff(*roles: EmployerRole | None) -> tuple[Employer, ...]:
    """Parties who work at the school."""
    return tuple(Employer("900001", role) for role in roles)


@pytest.mark.parametrize(
    ("words", "contacts", "roles", "order"),
    [
        ("the key adult, then deputy, then head", ALL, (), ["k", "d", "h"]),
        ("the role they hold is skipped", ALL, (KEY,), ["d", "h"]),
        ("another role is skipped", ALL, (HEAD,), ["k", "d"]),
        ("two parties, two roles", ALL, (KEY, DEPUTY), ["h"]),
        ("other skips nobody", ALL, (OTHER,), ["k", "d", "h"]),
        ("role unknown: nobody there", ALL, (None,), []),
        ("one known, one unknown: nobody there", ALL, (KEY, None), []),
        ("every role a party's", ALL, (KEY, DEPUTY, HEAD), []),
        ("no address: next role", a_contact(head="h@s.test"), (), ["h"]),
        ("roles that share an address are one", ONE_BOX, (), ["k"]),
        ("a skipped role's address is nobody's", SHARED, (KEY,), ["h"]),
        ("the only address is a party's", a_contact(key_adult="k@s.test"), (KEY,), []),
    ],
)
def test_who_at_a_school_may_be_told(
    words: str, contacts: Any, roles: tuple[EmployerRole | None, ...], order: list[str]
) -> None:
    school = a_school(contacts=contacts)
    found = readers_at(school, staff(*roles), Schools({school.urn: school}))
    assert [reader.address[0] for reader in found.readers] == order, words


def test_an_address_is_made_up_only_where_all_three_are_missing() -> None:
    found = readers_at(a_school(), (), Schools())
    assert [reader.address for reader in found.readers] == [
        "key_adult.900001@schools.invalid",
        "deputy.900001@schools.invalid",
        "head.900001@schools.invalid",
    ]


def test_staff_of_a_school_that_closed_are_staff_of_its_successor() -> None:
    old = a_school("1", status="Closed", successor="900001")
    found = readers_at(a_school(), (Employer("1", KEY),), Schools({"1": old, "900001": a_school()}))
    assert [reader.role for reader in found.readers] == [RecipientRole.DEPUTY, RecipientRole.HEAD]


STEPS: list[tuple[str, str, list[str]]] = [
    ("sent before D", "2026-11-06T16:00", ["09T09:15", "09T09:45", "09T10:15", "09T10:45"]),
    ("sent at 07:00 on D", "2026-11-09T07:00", ["09T09:15", "09T09:45", "09T10:15", "09T10:45"]),
    ("sent by 08:45 on D", "2026-11-09T08:45", ["09T09:15", "09T09:45", "09T10:15", "09T10:45"]),
    ("sent after 08:45", "2026-11-09T08:46", ["09T09:31", "09T10:16", "09T11:01", "09T11:46"]),
    ("late in the day", "2026-11-09T14:30", ["09T15:15", "10T09:15", "10T10:00", "10T10:45"]),
    ("just to the end", "2026-11-09T14:45", ["09T15:30", "10T09:30", "10T10:15", "10T11:00"]),
    ("in the evening", "2026-11-09T20:00", ["10T09:30", "10T10:15", "10T11:00", "10T11:45"]),
    ("over a weekend", "2026-11-13T15:20", ["16T09:20", "16T10:05", "16T10:50", "16T11:35"]),
]


@pytest.mark.parametrize(("words", "sent", "due"), STEPS)
def test_when_the_steps_are_taken(words: str, sent: str, due: list[str]) -> None:
    school = the_book().schools.of(INTAKE)
    assert school is not None
    hours = SchoolHours(the_book().calendar(school))
    found = [step_due(n, london(sent), MONDAY_830, hours, Policy()) for n in (1, 2, 3, 4)]
    assert found == [london(f"2026-11-{each}") for each in due], words


def test_school_hours_end_although_the_holidays_never_do() -> None:
    endless = Calendar(frozenset(range_of_days()))
    assert SchoolHours(endless).after(london("2026-11-09T10:00"), 45) > london("2026-11-09T10:00")


def range_of_days() -> list[Any]:
    """Every day of a year, each a bank holiday."""
    first = london("2026-11-09T12:00").date()
    return [first + timedelta(days=n) for n in range(300)]


def room_with(school: School | None = None, *roles: EmployerRole | None, **over: Any) -> Room:
    """A room that heard of a child at the school, where parties work in these roles."""
    known = [school] if school else []
    urn = school.urn if school else INTAKE
    room = Room(some_alerts(*known))
    parties = tuple(works_at(urn, role) for role in roles)
    room.hear(an_incident(a_child(school=urn), party_employers=parties, **over))
    return room


def steps_of(room: Room) -> list[tuple[str, str, str]]:
    """Who was written to, as what, when."""
    return [
        (posted.mail.to.partition("@")[0].partition(".")[0], posted.step, f"{posted.at:%H:%M}")
        for posted in room.posted
    ]


def test_where_a_role_is_skipped_those_after_it_move_up() -> None:
    room = room_with(None, KEY)
    room.until(MONDAY_7 + timedelta(days=3))
    assert steps_of(room) == [
        ("deputy", "first", "07:00"),
        ("head", "head", "09:15"),
        ("authority_lead", "authority_lead", "09:45"),
    ]
    assert [said.reason for said in room.of(AlertEscalated)][-1] == "phone_task"
    assert [alarm.about[0] for alarm in room.alarms("phone_task")] == [alert(INTAKE)]


def test_staff_of_an_unknown_role_make_the_authoritys_lead_the_desk() -> None:
    room = room_with(None, None)
    [said] = room.of(AlertPlanned)
    assert (said.alert_id, said.school_urn) == (alert(LEAD), None)
    assert (said.recipient_role, said.key) == (RecipientRole.AUTHORITY_LEAD, "authority/373")
    room.until(MONDAY_7 + timedelta(days=3))
    assert steps_of(room) == [("authority_lead", "first", "07:00")]


def test_a_desk_has_no_ladder_and_is_overdue_at_its_deadline() -> None:
    room = Room()
    room.hear(an_incident(a_child(school="888888")))
    room.until(MONDAY_7 + timedelta(days=3))
    assert steps_of(room) == [("education_team", "first", "07:00")]
    assert room.of(AlertEscalated) == []
    [alarm] = room.alarms("alert_overdue")
    assert (alarm.about[0], alarm.due_at) == (alert("education_team"), MONDAY_830)


def test_a_desk_that_answered_is_not_overdue() -> None:
    room = Room()
    room.hear(an_incident(a_child(school="888888")))
    answered = an_acknowledgement(
        alert("education_team"), "sheffield-council", london("2026-11-09T08:00")
    )
    room.hear(answered)
    room.until(MONDAY_7 + timedelta(days=3))
    assert room.alarms("alert_overdue") == []


def test_a_conflict_learned_before_sending_changes_the_reader() -> None:
    room = room_with()
    room.hear(an_incident(version=2, party_employers=(works_at(INTAKE, None),)))
    room.until(MONDAY_830)
    assert [said.school_urn for said in room.of(AlertWithheld)] == [INTAKE]
    assert steps_of(room) == [("authority_lead", "first", "07:00")]


@pytest.mark.parametrize("role", [KEY, None])
def test_a_conflict_learned_after_sending_goes_to_the_lead_with_a_phone_task(role: Any) -> None:
    room = room_with()
    at = london("2026-11-09T07:30")
    room.hear(
        an_incident(
            at=at, first_at=FRIDAY_NIGHT, version=2, party_employers=(works_at(INTAKE, role),)
        )
    )
    room.until(at + timedelta(days=3))
    assert steps_of(room) == [("key_adult", "first", "07:00"), ("authority_lead", LEAD, "07:30")]
    assert [said.reason for said in room.of(AlertEscalated)] == ["conflict_learned", "phone_task"]
    assert len(room.alarms("phone_task")) == 1


def test_a_conflict_of_a_role_not_yet_told_is_only_skipped() -> None:
    room = room_with()
    at = london("2026-11-09T07:30")
    room.hear(
        an_incident(
            at=at, first_at=FRIDAY_NIGHT, version=2, party_employers=(works_at(INTAKE, DEPUTY),)
        )
    )
    room.until(at + timedelta(days=3))
    assert [each[0] for each in steps_of(room)] == ["key_adult", "head", "authority_lead"]


def refusing(*roles: str) -> Any:
    """A server that does not know these mailboxes."""
    return lambda mail: "refused" if mail.to.startswith(roles) else "accepted"


def test_a_mail_that_is_not_accepted_goes_to_the_next_role_as_the_first() -> None:
    room = Room(outcome=refusing("key_adult"))
    room.hear(an_incident())
    room.until(MONDAY_830)
    assert steps_of(room) == [("deputy", "first", "07:00")]
    [sent] = room.of(AlertSent)
    assert (sent.recipient_role, sent.late) == (RecipientRole.DEPUTY, False)
    assert len(room.alarms("mail_failed")) == 1


def test_where_no_mailbox_takes_it_the_lead_gets_it_and_the_alarm_is_raised() -> None:
    room = Room(outcome=refusing("key_adult", "deputy", "head"))
    room.hear(an_incident())
    room.until(MONDAY_830)
    assert steps_of(room) == [("authority_lead", "first", "07:00")]
    assert len(room.of(AlertSent)) == 1
    assert len(room.alarms("mail_failed")) == 3


def test_where_nobody_at_all_takes_it_the_deadline_alarms() -> None:
    room = Room(outcome=lambda mail: "expired")
    room.hear(an_incident())
    room.until(MONDAY_7 + timedelta(days=1))
    assert room.posted == []
    assert len(room.alarms("alert_overdue")) == 1


def test_an_alert_acknowledged_by_another_school_is_refused() -> None:
    room = room_with()
    room.until(MONDAY_7)
    at: datetime = MONDAY_7 + timedelta(minutes=1)
    [refused] = room.hear(an_acknowledgement(alert(INTAKE), "107033", at))
    assert [p.path for p in refused.problems] == ["/source"]
    [refused] = room.hear(an_acknowledgement(alert(INTAKE), "sheffield-council", at))
    assert [p.path for p in refused.problems] == ["/source"]


def test_an_alert_that_was_not_sent_cannot_be_acknowledged() -> None:
    room = room_with()
    [refused] = room.hear(an_acknowledgement(alert(INTAKE), INTAKE, FRIDAY_NIGHT))
    assert [(p.path, p.code) for p in refused.problems] == [("/alert_id", "not_sent")]
