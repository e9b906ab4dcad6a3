"""When the first attempt is due: domain.md 5 and 6.7, fine print, in London's time."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.contact import AttemptDue, ContactAlarm, LeadGranted, LeadLapsed
from contracts.partner import ContactWindow
from contracts.vocabulary import Custody, Flag
from tests.services.victim_contact.builders import (
    HIGH,
    HOUR,
    MEDIUM,
    NOON,
    STANDARD,
    Town,
    a_listing,
    a_part,
    a_regrade,
    a_request,
    a_screening,
    only,
)

CLOCKS: list[tuple[str, dict[str, Any], datetime]] = [
    ("HIGH 24 h wall", {"risk": HIGH}, NOON + 24 * HOUR),
    (
        "4 h with strangulation and a suspect not in custody",
        {"risk": HIGH, "flags": (Flag.STRANGULATION,), "custody": Custody.UNKNOWN},
        NOON + 4 * HOUR,
    ),
    (
        "4 h with threats to kill and a suspect bailed",
        {"risk": HIGH, "flags": (Flag.THREATS_TO_KILL,), "custody": Custody.BAILED},
        NOON + 4 * HOUR,
    ),
    (
        "24 h with strangulation and the suspect in custody",
        {"risk": HIGH, "flags": (Flag.STRANGULATION,), "custody": Custody.IN_CUSTODY},
        NOON + 24 * HOUR,
    ),
    ("MEDIUM 48 h", {"risk": MEDIUM, "flags": (Flag.STRANGULATION,)}, NOON + 48 * HOUR),
    (
        "STANDARD 18:00 on the fifth working day after",
        {"risk": STANDARD},
        datetime(2026, 12, 1, 18, tzinfo=UTC),
    ),
    (
        "STANDARD over Christmas, Boxing Day on a Saturday and New Year",
        {"risk": STANDARD, "at": datetime(2026, 12, 23, 20, tzinfo=UTC)},
        datetime(2027, 1, 4, 18, tzinfo=UTC).replace(day=4),
    ),
    (
        "HIGH over the clock change of March: 24 hours pass, not a day",
        {"risk": HIGH, "at": datetime(2027, 3, 27, 20, tzinfo=UTC)},
        datetime(2027, 3, 28, 20, tzinfo=UTC),
    ),
    (
        "STANDARD over the clock change of October: 18:00 is London's",
        {"risk": STANDARD, "at": datetime(2027, 10, 28, 12, tzinfo=UTC)},
        datetime(2027, 11, 4, 18, tzinfo=UTC),
    ),
]


@pytest.mark.parametrize(("words", "facts", "due"), CLOCKS, ids=[words for words, _, _ in CLOCKS])
def test_the_first_attempt_is_due(words: str, facts: dict[str, Any], due: datetime) -> None:
    [granted] = only(Town().hears(a_screening(**facts)), LeadGranted)
    assert granted.first_attempt_due_at == due, words
    assert granted.expires_at == granted.first_attempt_due_at


REQUESTS: list[tuple[str, dict[str, Any], datetime]] = [
    ("requests alone as STANDARD", {}, datetime(2026, 12, 1, 18, tzinfo=UTC)),
    ("immediate threat as HIGH", {"urgency": "immediate_threat"}, NOON + 24 * HOUR),
]


@pytest.mark.parametrize(
    ("words", "facts", "due"), REQUESTS, ids=[words for words, _, _ in REQUESTS]
)
def test_requests_alone(words: str, facts: dict[str, Any], due: datetime) -> None:
    [granted] = only(Town().hears(a_request("health", part=a_part(), **facts)), LeadGranted)
    assert granted.first_attempt_due_at == due, words


def test_the_gravest_live_incident_of_the_group_counts() -> None:
    town = Town()
    town.hears(a_screening(1, risk=MEDIUM, contact_wanted_by=()))
    [granted] = only(town.hears(a_screening(2, risk=STANDARD, at=NOON + HOUR)), LeadGranted)
    assert granted.first_attempt_due_at == NOON + 49 * HOUR


def a_window(*days: str, opens: str, closes: str) -> ContactWindow:
    """A window said safe."""
    said = {"days": days, "from": opens, "to": closes}
    return ContactWindow.model_validate(said)


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
FRIDAY_EVENING = datetime(2026, 11, 27, 20, tzinfo=UTC)
WINDOWS: list[tuple[str, ContactWindow, datetime, datetime]] = [
    (
        "the end of the first window after the grant, where it is later than the clock",
        a_window(*WEEKDAYS, opens="09:30", closes="14:30"),
        FRIDAY_EVENING,
        datetime(2026, 11, 30, 14, 30, tzinfo=UTC),
    ),
    (
        "the clock, where the window ends before it",
        a_window("sat", opens="10:00", closes="12:00"),
        FRIDAY_EVENING,
        FRIDAY_EVENING + 48 * HOUR,
    ),
    (
        "a window that is open at the grant is the first",
        a_window("fri", opens="19:00", closes="21:00"),
        FRIDAY_EVENING,
        FRIDAY_EVENING + 48 * HOUR,
    ),
    (
        "a window over midnight ends the day after",
        a_window("sun", opens="22:00", closes="01:30"),
        FRIDAY_EVENING,
        datetime(2026, 11, 30, 1, 30, tzinfo=UTC),
    ),
    (
        "in summer 14:30 in London is 13:30 in Greenwich",
        a_window("mon", opens="09:30", closes="14:30"),
        datetime(2027, 7, 2, 20, tzinfo=UTC),
        datetime(2027, 7, 5, 13, 30, tzinfo=UTC),
    ),
]


@pytest.mark.parametrize(
    ("words", "window", "at", "due"), WINDOWS, ids=[words for words, _, _, _ in WINDOWS]
)
def test_an_attempt_is_due_only_inside_a_window_said_safe(
    words: str, window: ContactWindow, at: datetime, due: datetime
) -> None:
    [granted] = only(Town().hears(a_screening(part=a_part(windows=(window,)), at=at)), LeadGranted)
    assert granted.first_attempt_due_at == due, words
    which = "due_by_window" if due != at + 48 * HOUR else "due_by_clock"
    assert [reason.code for reason in granted.reasons][-1] == which


def test_the_lead_is_told_when_the_window_opens() -> None:
    town = Town()
    window = a_window("thu", opens="13:00", closes="15:00")
    assert only(town.hears(a_screening(part=a_part(windows=(window,)))), AttemptDue) == []
    opens = datetime(2026, 11, 26, 13, tzinfo=UTC)
    assert only(town.waits(opens - HOUR / 60), AttemptDue) == []
    [due] = only(town.waits(opens), AttemptDue)
    assert (due.attempt, due.channel, due.due_at) == (1, "call", opens + 2 * HOUR)


def test_windows_that_never_open_are_no_safe_way() -> None:
    never = ContactWindow(days=())
    said = Town().hears(a_screening(part=a_part(windows=(never,))))
    assert only(said, LeadGranted) == []


def test_something_graver_brings_the_attempt_forward_and_leaves_the_lease_as_told() -> None:
    town = Town()
    town.hears(a_screening(risk=HIGH))
    before = town.lead()
    said = town.hears(a_regrade(risk=HIGH, flags=(Flag.STRANGULATION,), at=NOON + HOUR))
    [due] = only(said, AttemptDue)
    assert (due.attempt, due.due_at) == (1, NOON + 5 * HOUR)
    assert town.hears(a_screening(2, risk=HIGH, at=NOON + 2 * HOUR))[0].lead_id == before.lead_id
    [hurried] = [timer for timer in town.timers if timer.at == NOON + 5 * HOUR]
    said = town.waits(NOON + 5 * HOUR)
    [alarm] = only(said, ContactAlarm)
    assert (alarm.code, alarm.due_at) == ("attempt_overdue", NOON + 5 * HOUR)
    assert only(said, LeadLapsed) == []
    assert only(town.hears(town.noted(hurried)), ContactAlarm) == []
    [lapsed] = only(town.waits(before.expires_at), LeadLapsed)
    assert lapsed.lead_id == before.lead_id


def test_an_attempt_brought_forward_and_made_alarms_nobody() -> None:
    town = Town()
    town.hears(a_screening(risk=HIGH))
    town.hears(a_regrade(risk=HIGH, flags=(Flag.STRANGULATION,), at=NOON + HOUR))
    town.tells("no_answer", at=NOON + 2 * HOUR)
    assert only(town.waits(NOON + 6 * HOUR), ContactAlarm) == []


def test_a_lead_granted_on_a_marac_listing_has_the_clock_of_high() -> None:
    town = Town()
    town.hears(a_screening(risk=STANDARD, contact_wanted_by=("victim_support",)))
    [granted] = only(town.hears(a_listing(at=NOON + HOUR)), LeadGranted)
    assert granted.agency == "idva"
    assert granted.first_attempt_due_at == NOON + 25 * HOUR
