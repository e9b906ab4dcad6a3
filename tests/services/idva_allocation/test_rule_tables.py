"""Rules of domain.md 2 and 5 that are a table there: each row by its own words."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.idva import AdvocateAllocated, AllocationQueued, IdvaInputRefused, MaracListed
from contracts.vocabulary import MaracCriterion, Pathway
from services.idva_allocation.domain.marac import flagged_until, is_repeat
from tests.services.idva_allocation.builders import (
    DAY,
    a_meeting,
    a_part,
    a_roster,
    a_screening,
    hear,
    some_referrals,
)
from tests.services.mash_screening.builders import HIGH, MONDAY_9, STANDARD, person, said_of

CRITERIA = [
    ("(1) visible high risk (threshold)", HIGH, MaracCriterion.VISIBLE_HIGH_RISK),
    ("(2) professional judgement, reasons given", HIGH, MaracCriterion.PROFESSIONAL_JUDGEMENT),
    ("(3) escalation: 3 or more DA events in 12 months", STANDARD, MaracCriterion.ESCALATION),
]
FLAGS = [
    (date(2026, 11, 27), date(2027, 11, 27)),
    (date(2027, 2, 28), date(2028, 2, 28)),
    (date(2028, 2, 29), date(2029, 2, 28)),
    (date(2026, 12, 31), date(2027, 12, 31)),
    (date(2026, 10, 25), date(2027, 10, 25)),
]
BAD_ROSTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"leave": [{"start": "2026-11-09", "end": "2026-11-02"}]}, ["/leave/0/end"]),
    (
        {
            "leave": [
                {"start": "2026-11-02", "end": "2026-11-02"},
                {"start": "2026-11-09", "end": "2026-11-08"},
                {"start": "2026-11-19", "end": "2026-11-08"},
            ]
        },
        ["/leave/1/end", "/leave/2/end"],
    ),
]


@pytest.mark.parametrize(
    ("words", "risk", "criterion"), CRITERIA, ids=[words for words, _, _ in CRITERIA]
)
def test_the_marac_criteria(words: str, risk: Any, criterion: MaracCriterion) -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    said = hear(
        a_screening(risk=risk, marac_criteria=(criterion,), pathways=(Pathway.MARAC,)), rows
    )
    assert [listed.criterion for listed in said_of(MaracListed, said)] == [criterion], words


def test_the_marac_criteria_4_repeat_whatever_the_score() -> None:
    rows = some_referrals()
    hear(a_meeting(days=10), rows)
    hear(a_screening(1), rows)
    hear(a_meeting("M2", days=40, at=MONDAY_9 + 20 * DAY), rows)
    again = a_screening(2, risk=STANDARD, received_at=MONDAY_9 + 20 * DAY)
    listed = said_of(MaracListed, hear(again, rows))
    assert [each.criterion for each in listed] == [MaracCriterion.REPEAT]


@pytest.mark.parametrize(("referred", "until"), FLAGS)
def test_victims_are_flagged_for_12_months_then_the_flag_lapses(
    referred: date, until: date
) -> None:
    at = datetime(referred.year, referred.month, referred.day, 12, tzinfo=UTC)
    assert flagged_until(at, 12) == until
    on_the_day = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
    assert is_repeat(at, on_the_day, 12)
    assert not is_repeat(at, on_the_day + DAY, 12)


@pytest.mark.parametrize(("area", "works"), [("rotherham", True), ("sheffield", False)])
def test_an_advocate_works_that_area(area: str, works: bool) -> None:
    rows = some_referrals()
    hear(a_roster(area=area), rows)
    said = hear(a_screening(), rows)
    assert bool(said_of(AdvocateAllocated, said)) is works
    assert bool(said_of(AllocationQueued, said)) is not works


@pytest.mark.parametrize(
    "specialism", ["hospital", "young_person", "minority_ethnic", "lgbt", "older", "stalking"]
)
def test_who_has_the_specialism_she_needs_comes_first(specialism: str) -> None:
    rows = some_referrals()
    hear(a_roster("A1"), rows)
    hear(a_roster("A2", specialisms=[specialism]), rows)
    sealed = a_part(wants_specialism=[specialism])
    [allocated] = said_of(AdvocateAllocated, hear(a_screening(sealed=sealed), rows))
    assert allocated.advocate_id == "A2"
    assert allocated.score["specialism"] > 0


@pytest.mark.parametrize(("bad", "paths"), BAD_ROSTERS)
def test_a_bad_roster_is_refused_with_its_fields_and_changes_nothing(
    bad: dict[str, Any], paths: list[str]
) -> None:
    rows = some_referrals()
    hear(a_roster(), rows)
    hear(a_screening(victim_id=person("victim")), rows)
    before = rows.advocates.get("A1")
    [refused] = hear(a_roster(at=MONDAY_9 + DAY, active=False, **bad), rows)
    assert isinstance(refused, IdvaInputRefused)
    assert [problem.path for problem in refused.problems] == paths
    assert rows.advocates.get("A1") == before


@pytest.mark.parametrize("closes", [10.01, 11, 400])
def test_a_bad_meeting_is_refused_with_its_field_and_changes_nothing(closes: float) -> None:
    rows = some_referrals()
    hear(a_meeting(), rows)
    before = list(rows.meetings)
    changed = a_meeting(at=MONDAY_9 + DAY, capacity=0, agenda_closes_at=MONDAY_9 + closes * DAY)
    [refused] = hear(changed, rows)
    assert isinstance(refused, IdvaInputRefused)
    assert [problem.path for problem in refused.problems] == ["/agenda_closes_at"]
    assert list(rows.meetings) == before
