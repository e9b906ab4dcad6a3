"""Stories of an incident at MASH, from screening to the clock that ran out."""

from datetime import timedelta

from contracts.mash import (
    IncidentScreened,
    MashAlarm,
    ScreeningDue,
    ScreeningOverdue,
    ScreeningWithdrawn,
)
from contracts.sealed import SealedParts
from contracts.vocabulary import AgeBand, Flag, Pathway, Rag, ScreeningStatus
from services.kit.timers import Later
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    STANDARD,
    a_child,
    a_withdrawal,
    an_incident,
    incident,
    london,
    person,
    ring,
    said_of,
    screen,
    some_cases,
    withdraw,
)


def test_an_incident_is_screened_once_and_a_timer_is_set_for_its_clock() -> None:
    cases = some_cases()
    event = an_incident(risk=MEDIUM, children=(a_child(age=AgeBand.UNDER_1),))
    screened, timer = screen(event, cases)
    assert screened.rag is Rag.AMBER
    assert screened.version == 1
    assert screened.policy_version == "test-1"
    assert screened.status is ScreeningStatus.SUGGESTED
    assert (timer.at, timer.event.due_at) == (screened.due_at, screened.due_at)
    assert screen(event, cases) == []


def test_a_lower_version_changes_nothing() -> None:
    cases = some_cases()
    screen(an_incident(version=3, risk=HIGH), cases)
    assert screen(an_incident(version=2, risk=STANDARD), cases) == []


def test_a_version_that_changes_nothing_is_not_said_again() -> None:
    cases = some_cases()
    screen(an_incident(version=1), cases)
    assert screen(an_incident(version=2), cases) == []


def test_clocks_start_when_the_revision_was_received_not_when_it_is_handled() -> None:
    event = an_incident(risk=HIGH, children=(a_child(age=AgeBand.TWO_TO_SIX),))
    screened, *_ = screen(event, some_cases(), MONDAY_9 + timedelta(hours=9))
    assert screened.due_at == MONDAY_9 + timedelta(hours=4)


def test_parts_that_nobody_after_may_open_are_dropped_and_mash_keeps_its_own() -> None:
    cases = some_cases()
    parts = SealedParts(
        identity="i", mash="m", idva="v", contact="c", contact_unsafe="u", schools={"1": "s"}
    )
    screened, *_ = screen(an_incident(sealed=parts), cases)
    assert screened.sealed == SealedParts(idva="v", contact="c", contact_unsafe="u")
    [kept] = cases.files.changed()
    assert (kept.incident_id, kept.part) == (incident(1), "m")


def test_an_overdue_clock_is_announced_once_and_escalates() -> None:
    cases = some_cases()
    _, timer = screen(an_incident(), cases)
    assert ring(timer, cases, timer.at - timedelta(seconds=1)) == []
    overdue, alarm = ring(timer, cases)
    assert isinstance(overdue, ScreeningOverdue)
    assert (overdue.version, overdue.due_at, overdue.overdue_minutes) == (2, timer.at, 0)
    assert isinstance(alarm, MashAlarm)
    assert (alarm.code, alarm.due_at) == ("screening_overdue", timer.at)
    assert ring(timer, cases) == []


def test_a_timer_of_an_earlier_clock_finds_nothing_to_do() -> None:
    cases = some_cases()
    _, first = screen(an_incident(), cases)
    later_on = an_incident(version=2, revision=2, risk=HIGH, received_at=MONDAY_9)
    screen(later_on, cases)
    assert ring(first, cases) == []


def test_a_revision_may_bring_the_due_time_forward_never_back() -> None:
    cases = some_cases()
    first, *_ = screen(an_incident(risk=HIGH), cases)
    later_on = MONDAY_9 + timedelta(hours=3)
    lower = an_incident(version=2, revision=2, risk=MEDIUM, received_at=later_on)
    second, *_ = screen(lower, cases)
    assert (second.rag, second.due_at) == (Rag.GREEN, first.due_at)
    graver = an_incident(
        version=3,
        revision=3,
        risk=HIGH,
        received_at=later_on,
        children=(a_child(age=AgeBand.UNDER_1),),
    )
    third, timer, *_ = screen(graver, cases)
    assert (third.rag, third.due_at) == (Rag.RED, later_on + timedelta(hours=4))
    assert timer.at == third.due_at


def test_a_clock_once_set_stands_even_if_a_revision_makes_it_blue() -> None:
    cases = some_cases()
    first, timer = screen(an_incident(risk=MEDIUM), cases)
    blue = an_incident(version=2, revision=2, risk=STANDARD)
    second, *timers = screen(blue, cases)
    assert (second.rag, second.due_at, timers) == (Rag.BLUE, first.due_at, [])
    overdue, _ = ring(timer, cases)
    assert overdue.due_at == first.due_at


def test_blue_has_no_clock() -> None:
    [screened] = screen(an_incident(risk=STANDARD), some_cases())
    assert (screened.rag, screened.due_at) == (Rag.BLUE, None)


def test_a_cancelled_incident_is_withdrawn_and_its_clock_finds_nothing() -> None:
    cases = some_cases()
    _, timer = screen(an_incident(), cases)
    [withdrawn] = withdraw(a_withdrawal(), cases)
    assert isinstance(withdrawn, ScreeningWithdrawn)
    assert withdrawn.version == 2
    assert ring(timer, cases) == []
    assert withdraw(a_withdrawal(version=3), cases) == []


def test_a_cancellation_that_comes_first_leaves_the_earlier_version_unheard() -> None:
    cases = some_cases()
    assert withdraw(a_withdrawal(version=2), cases) == []
    assert screen(an_incident(version=1), cases) == []


def test_a_revival_starts_its_clocks_at_its_own_receipt() -> None:
    cases = some_cases()
    screen(an_incident(), cases)
    withdraw(a_withdrawal(), cases)
    later_on = london("2026-11-05T09:00")
    revived = an_incident(
        version=3, revision=3, received_at=later_on, first_received_at=MONDAY_9, risk=HIGH
    )
    screened, *_ = screen(revived, cases)
    assert (screened.version, screened.due_at) == (3, later_on + timedelta(hours=24))


def test_a_moved_incident_is_said_under_its_new_victim_and_its_clock_stands() -> None:
    cases = some_cases()
    first, *_ = screen(an_incident(), cases)
    moved = an_incident(version=2, victim_id=person("other"))
    [again] = screen(moved, cases)
    assert again.victim_id == person("other")
    assert (again.version, again.due_at) == (2, first.due_at)


def test_the_worker_of_an_open_child_is_told_at_once_and_once() -> None:
    cases = some_cases()
    child = a_child(open_to_social_care=True, injured=True)
    said = screen(an_incident(risk=STANDARD, children=(child,)), cases)
    [screened] = said_of(IncidentScreened, said)
    [alarm] = said_of(MashAlarm, said)
    assert (screened.rag, screened.child_rag) == (Rag.BLUE, {})
    assert Pathway.RECORD_ONLY in screened.pathways
    assert (alarm.to_role, alarm.code) == ("social_worker", "open_to_social_care")
    again = an_incident(
        version=2, revision=2, risk=STANDARD, children=(child,), flags=(Flag.ONLINE,)
    )
    assert said_of(MashAlarm, screen(again, cases)) == []


def test_timers_are_events_to_oneself() -> None:
    said = screen(an_incident(), some_cases())
    [timer] = said_of(Later, said)
    assert isinstance(timer.event, ScreeningDue)
