"""The MARAC criteria that an incident meets on its own facts."""

import pytest

from contracts.vocabulary import MaracCriterion, RiskKind, RiskLevel
from services.mash_screening.domain.facts import Component, Facts
from services.mash_screening.domain.marac import criteria
from services.mash_screening.domain.policy import Policy
from tests.services.mash_screening.builders import HIGH, MEDIUM, MONDAY_9, STANDARD

VISIBLE, JUDGED = MaracCriterion.VISIBLE_HIGH_RISK, MaracCriterion.PROFESSIONAL_JUDGEMENT
ESCALATION = MaracCriterion.ESCALATION
OFFICER = Component(RiskKind.OFFICER_GRADE, HIGH)
JUDGEMENT = Component(RiskKind.PROFESSIONAL_JUDGEMENT, HIGH)
FLOOR = Component(RiskKind.FLAG_FLOOR, MEDIUM, "strangulation")


def ticks(count: int) -> Component:
    """The component of so many ticks."""
    level = HIGH if count >= 14 else MEDIUM if count >= 10 else STANDARD
    return Component(RiskKind.TICKS, level, str(count))


def facts(*components: Component) -> Facts:
    """An incident graded by these components."""
    level = max((c.level for c in components), key=lambda level: level.rank, default=MEDIUM)
    return Facts(MONDAY_9, MONDAY_9, level, components=components)


@pytest.mark.parametrize(
    ("components", "found"),
    [
        ((ticks(14),), (VISIBLE,)),
        ((ticks(13),), ()),
        ((ticks(13), OFFICER), (JUDGED,)),
        ((OFFICER,), (JUDGED,)),
        ((ticks(14), OFFICER), (VISIBLE,)),
        ((ticks(3), JUDGEMENT), (JUDGED,)),
        ((ticks(20), JUDGEMENT), (VISIBLE, JUDGED)),
        ((FLOOR,), ()),
        ((), ()),
    ],
)
def test_visible_high_risk_and_professional_judgement(
    components: tuple[Component, ...], found: tuple[MaracCriterion, ...]
) -> None:
    given = facts(*components)
    assert criteria(given, given.level, False, Policy()) == found
    assert criteria(given, given.level, True, Policy()) == (*found, ESCALATION)


@pytest.mark.parametrize(
    ("threshold", "count", "visible"),
    [
        (10, 9, False),
        (10, 10, True),
        (14, 13, False),
        (14, 14, True),
        (17, 16, False),
        (17, 17, True),
    ],
)
def test_an_area_may_ask_for_10_14_or_17_ticks(threshold: int, count: int, visible: bool) -> None:
    given = facts(ticks(count))
    found = criteria(given, given.level, False, Policy(marac_ticks=threshold))
    assert (VISIBLE in found) is visible


@pytest.mark.parametrize(("level", "found"), [(HIGH, (JUDGED,)), (MEDIUM, ()), (STANDARD, ())])
def test_a_grade_that_mash_raised_is_professional_judgement_and_a_lowered_one_is_none(
    level: RiskLevel, found: tuple[MaracCriterion, ...]
) -> None:
    assert criteria(facts(ticks(11)), level, False, Policy()) == found


def test_a_grade_left_standing_by_an_earlier_revision_keeps_its_criterion() -> None:
    given = facts(ticks(5), Component(RiskKind.EARLIER_REVISION, HIGH, "1"))
    assert criteria(given, HIGH, False, Policy(), (JUDGED, ESCALATION)) == (JUDGED,)
    assert criteria(given, HIGH, False, Policy()) == (VISIBLE,)


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        ((RiskKind.OFFICER_GRADE,), JUDGED),
        ((RiskKind.PROFESSIONAL_JUDGEMENT,), JUDGED),
        ((RiskKind.TICKS, RiskKind.OFFICER_GRADE), VISIBLE),
    ],
)
def test_what_nobody_saw_of_an_earlier_revision_has_the_criterion_of_what_said_so(
    kinds: tuple[RiskKind, ...], found: MaracCriterion
) -> None:
    earlier = Component(RiskKind.EARLIER_REVISION, HIGH, "1", kinds)
    assert criteria(facts(ticks(5), earlier), HIGH, False, Policy()) == (found,)
