"""What earlier incidents of the same persons make of one: greens, escalation, series."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.mash import IncidentScreened
from contracts.vocabulary import MaracCriterion, Pathway, Rag
from services.mash_screening.domain.policy import Policy
from services.mash_screening.working_set import Cases
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    STANDARD,
    a_withdrawal,
    an_incident,
    incident,
    london,
    person,
    said_of,
    screen,
    some_cases,
    withdraw,
)

DAY = timedelta(days=1)


def played(days: list[int], cases: Cases | None = None, **facts: Any) -> list[Any]:
    """The screenings of incidents of one victim, so many days after that Monday."""
    cases = cases or some_cases()
    found = []
    for number, day in enumerate(days, 1):
        event = an_incident(number, received_at=MONDAY_9 + day * DAY, **facts)
        found.append(screen(event, cases)[0])
    return found


def codes(screened: IncidentScreened) -> set[str]:
    """The codes of a screening's reasons."""
    return {reason.code for reason in screened.reasons}


@pytest.mark.parametrize(
    ("days", "rags"),
    [
        ([0, 1, 2], "GREEN GREEN AMBER"),
        ([0, 1, 2, 3], "GREEN GREEN AMBER AMBER"),
        ([0, 45, 90], "GREEN GREEN AMBER"),
        ([0, 45, 91], "GREEN GREEN GREEN"),
        ([0, 100, 150, 180], "GREEN GREEN GREEN AMBER"),
    ],
)
def test_the_third_green_within_90_days_and_any_after_it_is_amber(
    days: list[int], rags: str
) -> None:
    assert [str(screened.rag) for screened in played(days)] == rags.split()


def test_the_third_green_is_a_reason_and_starts_amber_from_its_own_receipt() -> None:
    *_, third = played([0, 1, 2])
    assert "third_green" in codes(third)
    assert third.due_at == london("2026-11-06T13:00")


def test_only_green_before_this_rule_counts_and_only_the_same_persons() -> None:
    cases = some_cases()
    for number, risk in enumerate([HIGH, STANDARD, MEDIUM, MEDIUM], 1):
        screen(an_incident(number, risk=risk, received_at=MONDAY_9 + number * DAY), cases)
    others = an_incident(5, received_at=MONDAY_9 + 5 * DAY, victim_id=person("other"))
    assert screen(others, cases)[0].rag is Rag.GREEN
    third = an_incident(6, received_at=MONDAY_9 + 6 * DAY)
    assert screen(third, cases)[0].rag is Rag.AMBER


def test_the_first_revision_places_an_incident_in_history() -> None:
    cases = some_cases()
    played([10, 20], cases)
    amended = an_incident(
        3, version=2, revision=2, received_at=MONDAY_9 + 30 * DAY, first_received_at=MONDAY_9
    )
    said = said_of(IncidentScreened, screen(amended, cases))
    assert {screened.incident_id: screened.rag for screened in said} == {
        incident(3): Rag.GREEN,
        incident(2): Rag.AMBER,
    }


def test_a_cancelled_incident_counts_no_more_and_what_changed_is_said() -> None:
    cases = some_cases()
    *_, third = played([0, 1, 2], cases)
    said = withdraw(a_withdrawal(1, received_at=MONDAY_9 + 3 * DAY), cases)
    [again] = said_of(IncidentScreened, said)
    assert (again.incident_id, again.rag, again.version) == (incident(3), Rag.GREEN, 2)
    assert again.due_at == third.due_at


def test_a_merge_counts_again_and_says_what_changed() -> None:
    cases = some_cases()
    played([0, 2], cases)
    moving = an_incident(3, received_at=MONDAY_9 + DAY, victim_id=person("other"))
    assert screen(moving, cases)[0].rag is Rag.GREEN
    merged = an_incident(3, version=2, received_at=MONDAY_9 + DAY)
    said = said_of(IncidentScreened, screen(merged, cases))
    assert [(one.incident_id, one.rag) for one in said] == [
        (incident(3), Rag.GREEN),
        (incident(2), Rag.AMBER),
    ]
    assert said[1].said_trail.correlation_id == incident(2)


def test_a_separation_counts_again_and_says_what_changed() -> None:
    cases = some_cases()
    played([0, 1, 2], cases)
    separated = an_incident(1, version=2, victim_id=person("other"))
    said = said_of(IncidentScreened, screen(separated, cases))
    assert {one.incident_id: one.rag for one in said} == {
        incident(1): Rag.GREEN,
        incident(2): Rag.GREEN,
        incident(3): Rag.GREEN,
    }
    assert "serial_suspect" in codes(said[1])


@pytest.mark.parametrize(
    ("day", "escalated"),
    [("2027-11-02T12:00", True), ("2027-11-03T00:00", False), ("2026-12-01T09:00", True)],
)
def test_three_events_in_12_months_are_an_escalation(day: str, escalated: bool) -> None:
    cases = some_cases()
    screen(an_incident(1, risk=STANDARD), cases)
    screen(an_incident(2, risk=STANDARD, received_at=MONDAY_9 + DAY), cases)
    third = screen(an_incident(3, risk=STANDARD, received_at=london(day)), cases)[0]
    assert ("escalation" in codes(third)) is escalated
    assert (Pathway.MARAC in third.pathways) is escalated
    assert (MaracCriterion.ESCALATION in third.marac_criteria) is escalated
    assert third.rag is Rag.BLUE


@pytest.mark.parametrize("events", [3, 4, 5])
def test_an_area_may_ask_for_three_to_five_events(events: int) -> None:
    cases = some_cases(Policy(escalation_events=events))
    screenings = played(list(range(5)), cases, risk=STANDARD)
    escalated = [MaracCriterion.ESCALATION in one.marac_criteria for one in screenings]
    assert escalated == [number >= events for number in range(1, 6)]


def test_the_same_suspect_with_two_victims_in_12_months_is_a_reason_by_ids_only() -> None:
    cases = some_cases()
    screen(an_incident(1), cases)
    at = MONDAY_9 + 100 * DAY
    second = screen(an_incident(2, victim_id=person("other"), received_at=at), cases)[0]
    [series] = [reason for reason in second.reasons if reason.code == "serial_suspect"]
    assert str(incident(1)) in series.sentence
    programmes = [n.reason.code for n in second.not_referred if n.pathway.startswith("perpet")]
    assert programmes == ["not_offered"]


def test_no_series_without_a_suspect_or_beyond_12_months() -> None:
    cases = some_cases()
    screen(an_incident(1), cases)
    late = MONDAY_9 + 400 * DAY
    for number, suspect in ((2, None), (3, person("suspect"))):
        event = an_incident(
            number, victim_id=person(f"v{number}"), suspect_id=suspect, received_at=late
        )
        assert "serial_suspect" not in codes(screen(event, cases)[0])


def test_where_the_area_has_a_programme_a_serial_suspect_is_referred() -> None:
    cases = some_cases(Policy(perpetrator_programme=True))
    screen(an_incident(1), cases)
    at = MONDAY_9 + DAY
    second = screen(an_incident(2, victim_id=person("other"), received_at=at), cases)[0]
    assert Pathway.PERPETRATOR_PROGRAMME in second.pathways
