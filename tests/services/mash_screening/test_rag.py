"""The RAG table of domain 3, cell by cell, and who counts."""

from typing import Any

import pytest

from contracts.vocabulary import AgeBand, Flag, Rag, RiskLevel
from services.mash_screening.domain.facts import Child, Facts
from services.mash_screening.domain.rag import child_rags, suggested_rag
from tests.services.mash_screening.builders import HIGH, MEDIUM, MONDAY_9, STANDARD

RED, AMBER, GREEN, BLUE = Rag.RED, Rag.AMBER, Rag.GREEN, Rag.BLUE
UNDER_1 = Child("1", AgeBand.UNDER_1)
UNBORN = Child("1", AgeBand.UNBORN)
UNDER_7 = Child("1", AgeBand.TWO_TO_SIX)
SPECIAL_NEEDS = Child("1", AgeBand.SEVEN_TO_TWELVE, special_needs=True)
OTHER_PRESENT = Child("1", AgeBand.SEVEN_TO_TWELVE, present=True)
OTHER_WITNESS = Child("1", AgeBand.THIRTEEN_TO_FIFTEEN, witnessed=True)


def facts(*children: Child, **more: Any) -> Facts:
    """An adult's incident with these children."""
    stated = {"victim_age": AgeBand.EIGHTEEN_TO_FIFTY_NINE, **more}
    return Facts(MONDAY_9, MONDAY_9, MEDIUM, children=children, **stated)


@pytest.mark.parametrize(
    ("adult_risk", "under_1_or_unborn", "under_7_or_special_needs", "other_child", "no_child"),
    [
        (HIGH, RED, RED, AMBER, AMBER),
        (MEDIUM, AMBER, AMBER, GREEN, GREEN),
        (STANDARD, AMBER, GREEN, GREEN, BLUE),
    ],
)
def test_the_suggested_rag_is_the_highest_of_the_childrens_and_the_adults_own(
    adult_risk: RiskLevel,
    under_1_or_unborn: Rag,
    under_7_or_special_needs: Rag,
    other_child: Rag,
    no_child: Rag,
) -> None:
    for child in (UNDER_1, UNBORN, Child("1", AgeBand.UNKNOWN, unborn=True)):
        assert suggested_rag(facts(child), adult_risk) is under_1_or_unborn
    for child in (UNDER_7, SPECIAL_NEEDS, Child("1", AgeBand.ONE)):
        assert suggested_rag(facts(child), adult_risk) is under_7_or_special_needs
    for child in (OTHER_PRESENT, OTHER_WITNESS):
        assert suggested_rag(facts(child), adult_risk) is other_child
    assert suggested_rag(facts(), adult_risk) is no_child
    assert suggested_rag(facts(flags=(Flag.PREGNANCY,)), adult_risk) is under_1_or_unborn


@pytest.mark.parametrize("risk", [HIGH, MEDIUM, STANDARD])
@pytest.mark.parametrize(
    "child",
    [
        Child("1", AgeBand.SEVEN_TO_TWELVE, injured=True),
        Child("1", AgeBand.UNDER_1, injured=True),
        Child("1", AgeBand.UNKNOWN, injured=True),
    ],
)
def test_an_injured_child_is_red_whatever_the_row(risk: RiskLevel, child: Child) -> None:
    assert suggested_rag(facts(child), risk) is RED


@pytest.mark.parametrize("risk", [HIGH, MEDIUM, STANDARD])
def test_a_threat_to_kill_children_is_red_only_where_a_child_counts(risk: RiskLevel) -> None:
    absent = Child("1", AgeBand.SEVEN_TO_TWELVE)
    for child in (UNDER_7, OTHER_PRESENT, UNBORN):
        assert suggested_rag(facts(child, threat_kill_children=True), risk) is RED
    pregnant = facts(threat_kill_children=True, flags=(Flag.PREGNANCY,))
    assert suggested_rag(pregnant, risk) is RED
    for nobody in (facts(threat_kill_children=True), facts(absent, threat_kill_children=True)):
        assert suggested_rag(nobody, risk) is suggested_rag(facts(), risk)


@pytest.mark.parametrize(
    "child",
    [
        Child("1", AgeBand.UNDER_1, present=False),
        Child("1", AgeBand.TWO_TO_SIX, present=False),
        Child("1", AgeBand.UNKNOWN, present=False),
        Child("1", AgeBand.THIRTEEN_TO_FIFTEEN, special_needs=True, present=False),
    ],
)
def test_under_1_under_7_unknown_age_and_special_needs_count_whether_present_or_not(
    child: Child,
) -> None:
    assert child_rags(facts(child), HIGH) == {"1": RED}


@pytest.mark.parametrize(
    ("band", "counts"),
    [
        (AgeBand.SEVEN_TO_TWELVE, False),
        (AgeBand.THIRTEEN_TO_FIFTEEN, False),
        (AgeBand.SIXTEEN_TO_SEVENTEEN, False),
    ],
)
def test_another_child_who_was_not_there_is_recorded_for_the_pattern(
    band: AgeBand, counts: bool
) -> None:
    assert child_rags(facts(Child("1", band)), HIGH) == {"1": BLUE}


def test_a_grown_up_child_does_not_count_even_if_injured() -> None:
    grown = Child("1", AgeBand.EIGHTEEN_TO_FIFTY_NINE, present=True, injured=True)
    assert suggested_rag(facts(grown), STANDARD) is BLUE


def test_a_child_already_open_to_social_care_is_not_screened_again() -> None:
    open_child = Child("1", AgeBand.UNDER_1, injured=True, open_to_social_care=True)
    assert child_rags(facts(open_child), HIGH) == {}
    assert suggested_rag(facts(open_child), STANDARD) is BLUE
    unborn = Child("1", AgeBand.UNBORN, open_to_social_care=True)
    assert suggested_rag(facts(unborn), STANDARD) is BLUE


@pytest.mark.parametrize(
    ("age", "risk", "rag"),
    [
        (AgeBand.SIXTEEN_TO_SEVENTEEN, HIGH, AMBER),
        (AgeBand.THIRTEEN_TO_FIFTEEN, MEDIUM, GREEN),
        (AgeBand.SEVEN_TO_TWELVE, STANDARD, GREEN),
        (AgeBand.TWO_TO_SIX, HIGH, RED),
    ],
)
def test_a_victim_under_18_counts_as_a_child_of_her_age_who_is_present(
    age: AgeBand, risk: RiskLevel, rag: Rag
) -> None:
    listed = facts(Child("victim", age), victim_age=age)
    unlisted = facts(victim_age=age)
    for incident in (listed, unlisted):
        assert suggested_rag(incident, risk) is rag
        assert child_rags(incident, risk) == {"victim": rag}


def test_each_child_has_a_priority_of_its_own() -> None:
    children = (Child("a", AgeBand.UNDER_1), Child("b", AgeBand.SEVEN_TO_TWELVE, present=True))
    assert child_rags(facts(*children), MEDIUM) == {"a": AMBER, "b": GREEN}
