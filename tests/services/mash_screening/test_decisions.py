"""What practitioners decide: regrades, second approvers, and how long a decision stands."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.mash import IncidentScreened, MashAlarm, MashInputRefused, RiskRegraded
from contracts.police import RiskComponent
from contracts.vocabulary import (
    AgeBand,
    Flag,
    MaracCriterion,
    Pathway,
    Rag,
    RiskKind,
    RiskLevel,
    ScreeningChoice,
    ScreeningStatus,
)
from services.kit.timers import Later
from services.mash_screening.working_set import Cases
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    STANDARD,
    a_child,
    a_component,
    a_decision,
    a_withdrawal,
    an_incident,
    decide,
    incident,
    ring,
    said_of,
    screen,
    some_cases,
    withdraw,
)

HOUR = timedelta(hours=1)
CONFIRMED, SUGGESTED = ScreeningStatus.CONFIRMED, ScreeningStatus.SUGGESTED
TICKS_HIGH = a_component(level=HIGH, detail="15")
TICKS_MEDIUM = a_component(level=MEDIUM, detail="11")
OFFICER_HIGH = a_component(RiskKind.OFFICER_GRADE, HIGH, None)
JUDGED_HIGH = a_component(RiskKind.PROFESSIONAL_JUDGEMENT, HIGH, None)
EARLIER_HIGH = a_component(RiskKind.EARLIER_REVISION, HIGH, "1")
EARLIER_TICKS = EARLIER_HIGH.model_copy(update={"kinds": (RiskKind.TICKS,)})


def screened(risk: RiskLevel = MEDIUM, **facts: Any) -> Cases:
    """A working set with one incident screened."""
    cases = some_cases()
    screen(an_incident(risk=risk, **facts), cases)
    return cases


def paths(said: list[Any]) -> list[str]:
    """The fields that a refusal names."""
    [refused] = said_of(MashInputRefused, said)
    return [problem.path for problem in refused.problems]


def test_a_decision_confirms_and_stops_the_clock() -> None:
    cases = some_cases()
    first, timer = screen(an_incident(), cases)
    [confirmed] = decide(a_decision(), cases)
    assert isinstance(confirmed, IncidentScreened)
    assert (confirmed.status, confirmed.version) == (CONFIRMED, 2)
    assert confirmed.due_at == first.due_at
    assert ring(timer, cases) == []


def test_a_regrade_keeps_both_grades_and_is_said_as_such() -> None:
    cases = screened(MEDIUM)
    [regraded] = decide(a_decision(risk_level=HIGH), cases)
    assert isinstance(regraded, RiskRegraded)
    assert (regraded.risk_before, regraded.risk_after) == (MEDIUM, HIGH)
    assert regraded.risk.level is MEDIUM
    assert (regraded.rag, regraded.status) == (Rag.AMBER, CONFIRMED)
    assert regraded.pathways == (Pathway.MARAC, Pathway.IDVA)
    assert regraded.marac_criteria == (MaracCriterion.PROFESSIONAL_JUDGEMENT,)


def test_the_same_decision_again_says_nothing() -> None:
    cases = screened()
    decide(a_decision(risk_level=HIGH), cases)
    assert decide(a_decision(at=MONDAY_9 + HOUR, risk_level=HIGH), cases) == []


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"incident_id": "not-an-id"}, ["/incident_id"]),
        ({"incident_id": str(incident(99))}, ["/incident_id"]),
        ({"child_ref": "nobody"}, ["/child_ref"]),
        ({"rationale": "  "}, ["/rationale"]),
        ({"decided_by": " "}, ["/decided_by"]),
        ({"second_approver": " Practitioner-1 "}, ["/second_approver"]),
        ({"risk_level": STANDARD}, ["/second_approver"]),
        ({"risk_level": STANDARD, "second_approver": "practitioner-1"}, ["/second_approver"]),
        ({"child_ref": "nobody", "rationale": ""}, ["/child_ref", "/rationale"]),
    ],
)
def test_bad_input_is_refused_with_its_fields_and_changes_nothing(
    facts: dict[str, Any], fields: list[str]
) -> None:
    cases = screened(MEDIUM)
    before = cases.of(incident(1))
    assert paths(decide(a_decision(**facts), cases)) == fields
    assert cases.of(incident(1)) == before
    assert cases.rulings.changed() == []


def test_a_decision_on_a_cancelled_incident_is_refused() -> None:
    cases = screened()
    withdraw(a_withdrawal(), cases)
    assert paths(decide(a_decision(), cases)) == ["/incident_id"]


@pytest.mark.parametrize(
    ("components", "wanted", "approver", "accepted"),
    [
        ((TICKS_HIGH,), MEDIUM, None, False),
        ((TICKS_HIGH,), MEDIUM, "practitioner-2", True),
        ((TICKS_MEDIUM, OFFICER_HIGH), MEDIUM, None, True),
        ((TICKS_MEDIUM, OFFICER_HIGH), STANDARD, None, False),
        ((OFFICER_HIGH,), STANDARD, None, True),
        ((TICKS_MEDIUM, JUDGED_HIGH), MEDIUM, None, True),
        ((EARLIER_TICKS,), MEDIUM, None, False),
        ((EARLIER_TICKS,), MEDIUM, "practitioner-2", True),
        ((TICKS_MEDIUM, EARLIER_TICKS), MEDIUM, None, True),
        ((EARLIER_HIGH,), MEDIUM, None, True),
    ],
)
def test_lowering_needs_a_second_approver_only_below_the_tick_band(
    components: tuple[RiskComponent, ...],
    wanted: RiskLevel,
    approver: str | None,
    accepted: bool,
) -> None:
    cases = screened(HIGH, components=components)
    said = decide(a_decision(risk_level=wanted, second_approver=approver), cases)
    assert bool(said_of(RiskRegraded, said)) is accepted
    if accepted:
        assert said[0].risk_after is wanted
        assert Pathway.MARAC not in said[0].pathways


def test_a_lower_revision_leaves_the_grade_and_asks_mash_to_lower_it_once() -> None:
    cases = screened(HIGH)
    lower = (TICKS_MEDIUM, EARLIER_HIGH)
    said = screen(an_incident(version=2, revision=2, risk=HIGH, components=lower), cases)
    assert said[0].risk_after is HIGH
    assert said[0].marac_criteria == (MaracCriterion.VISIBLE_HIGH_RISK,)
    [asked] = said_of(MashAlarm, said)
    assert (asked.to_role, asked.code) == ("mash", "lower_grade_asked")
    again = an_incident(version=3, revision=3, risk=HIGH, components=lower, care_needs=True)
    assert said_of(MashAlarm, screen(again, cases)) == []


def test_a_lowering_stands_until_a_revision_brings_a_component_it_had_not_seen() -> None:
    cases = screened(HIGH, components=(TICKS_MEDIUM, OFFICER_HIGH))
    decide(a_decision(risk_level=MEDIUM), cases)
    same = an_incident(
        version=2, revision=2, risk=HIGH, components=(OFFICER_HIGH, TICKS_MEDIUM), care_needs=True
    )
    [kept] = said_of(IncidentScreened, screen(same, cases))
    assert (kept.risk_after, kept.status) == (MEDIUM, CONFIRMED)
    new = an_incident(
        version=3, revision=3, risk=HIGH, components=(OFFICER_HIGH, TICKS_MEDIUM, JUDGED_HIGH)
    )
    [raised] = said_of(IncidentScreened, screen(new, cases))
    assert (raised.risk_before, raised.risk_after, raised.status) == (MEDIUM, HIGH, SUGGESTED)


def test_a_late_graver_revision_raises_what_mash_had_lowered() -> None:
    cases = screened(MEDIUM, components=(TICKS_MEDIUM,))
    decide(a_decision(risk_level=STANDARD, second_approver="practitioner-2"), cases)
    late = an_incident(version=2, risk=HIGH, components=(TICKS_MEDIUM, EARLIER_HIGH))
    [raised] = said_of(IncidentScreened, screen(late, cases))
    assert raised.risk_after is HIGH


def test_a_raising_is_never_lowered_by_a_revision() -> None:
    cases = screened(MEDIUM)
    decide(a_decision(risk_level=HIGH), cases)
    more_ticks = (a_component(level=MEDIUM, detail="12"),)
    later_on = an_incident(version=2, revision=2, risk=MEDIUM, components=more_ticks)
    [kept] = said_of(IncidentScreened, screen(later_on, cases))
    assert (kept.risk_after, kept.status) == (HIGH, CONFIRMED)


def test_mash_may_take_its_own_raising_back() -> None:
    cases = screened(MEDIUM)
    decide(a_decision(risk_level=HIGH), cases)
    [regraded] = decide(a_decision(at=MONDAY_9 + HOUR, risk_level=MEDIUM), cases)
    assert (regraded.risk_before, regraded.risk_after) == (HIGH, MEDIUM)


def test_never_event_17_regraded_to_high_victim_support_is_wanted_no_more() -> None:
    cases = some_cases()
    first, *_ = screen(an_incident(risk=MEDIUM), cases)
    assert first.contact_wanted_by == ("victim_support",)
    [regraded] = decide(a_decision(risk_level=HIGH), cases)
    assert regraded.contact_wanted_by == ("idva",)
    reasons = {n.pathway: n.reason.code for n in regraded.not_referred}
    assert reasons[Pathway.VICTIM_SUPPORT] == "idva_instead"


@pytest.mark.parametrize(
    ("choice", "pathway"),
    [
        (ScreeningChoice.SECTION_47, Pathway.MASH_SECTION_47),
        (ScreeningChoice.SECTION_17, Pathway.MASH_SECTION_17),
        (ScreeningChoice.EARLY_HELP, Pathway.EARLY_HELP),
        (ScreeningChoice.NO_FURTHER_ACTION, None),
        (ScreeningChoice.INFORMATION_ONLY, None),
    ],
)
def test_a_practitioners_choice_takes_the_place_of_the_suggestion(
    choice: ScreeningChoice, pathway: Pathway | None
) -> None:
    cases = screened(HIGH, children=(a_child("1", AgeBand.UNDER_1),))
    [confirmed] = decide(a_decision(decision=choice, child_ref="1"), cases)
    child = {Pathway.MASH_SECTION_47, Pathway.MASH_SECTION_17, Pathway.EARLY_HELP}
    assert child & set(confirmed.pathways) == ({pathway} if pathway else set())
    left = {n.pathway: n.reason.code for n in confirmed.not_referred}
    assert all(left[other] == "practitioner_decided" for other in child - {pathway})
    assert Pathway.IDVA in confirmed.pathways


def test_adult_pathways_of_a_high_do_not_wait_for_a_decision() -> None:
    cases = some_cases()
    suggested = screen(an_incident(risk=HIGH), cases)[0]
    assert suggested.status is SUGGESTED
    assert suggested.contact_wanted_by == ("idva",)


def test_with_two_children_the_case_waits_until_both_are_decided() -> None:
    children = (a_child("a", AgeBand.UNDER_1), a_child("b", AgeBand.TWO_TO_SIX))
    cases = screened(MEDIUM, children=children)
    [half] = decide(a_decision(child_ref="a", decision=ScreeningChoice.SECTION_47), cases)
    assert half.status is SUGGESTED
    assert set(half.pathways) >= {Pathway.MASH_SECTION_47, Pathway.MASH_SECTION_17}
    [whole] = decide(a_decision(child_ref="b", at=MONDAY_9 + HOUR), cases)
    assert whole.status is CONFIRMED
    assert Pathway.MASH_SECTION_17 not in whole.pathways


def test_a_child_who_comes_later_waits_for_a_decision_of_their_own() -> None:
    cases = screened(MEDIUM, children=(a_child("a", AgeBand.UNDER_1),))
    decide(a_decision(), cases)
    children = (a_child("a", AgeBand.UNDER_1), a_child("b", AgeBand.SEVEN_TO_TWELVE, present=True))
    said = screen(an_incident(version=2, revision=2, risk=MEDIUM, children=children), cases)
    assert said[0].status is SUGGESTED


def left_of(said: Any) -> dict[Pathway, str]:
    """Why each pathway was not taken."""
    return {n.pathway: n.reason.code for n in said.not_referred}


def test_a_decision_for_the_whole_is_none_for_a_child_named_later() -> None:
    known = a_child("k", AgeBand.TWO_TO_SIX)
    cases = screened(MEDIUM, children=(known,))
    decide(a_decision(), cases)
    later_on = a_child("k2", AgeBand.SEVEN_TO_TWELVE, present=True)
    news = an_incident(version=2, revision=2, risk=MEDIUM, children=(known, later_on))
    said = screen(news, cases)[0]
    assert Pathway.EARLY_HELP in said.pathways
    assert Pathway.MASH_SECTION_17 not in said.pathways
    left = left_of(said)
    assert left[Pathway.MASH_SECTION_17] == "practitioner_decided"
    assert left[Pathway.MASH_SECTION_47] == "other_priority"
    [confirmed] = decide(a_decision(at=MONDAY_9 + HOUR), cases)
    assert (confirmed.status, Pathway.EARLY_HELP in confirmed.pathways) == (CONFIRMED, False)
    assert left_of(confirmed)[Pathway.EARLY_HELP] == "practitioner_decided"


@pytest.mark.parametrize(
    ("child", "pathway", "why"),
    [
        (a_child("k", AgeBand.SEVEN_TO_TWELVE, present=True), Pathway.EARLY_HELP, "other_priority"),
        (a_child("k", AgeBand.SEVEN_TO_TWELVE), None, "no_child_counts"),
        (a_child("k", AgeBand.ONE, open_to_social_care=True), None, "already_open"),
    ],
)
def test_a_decision_made_when_no_child_was_known_decides_for_none(
    child: Any, pathway: Pathway | None, why: str
) -> None:
    cases = screened(MEDIUM)
    decide(a_decision(), cases)
    said = screen(an_incident(version=2, revision=2, risk=MEDIUM, children=(child,)), cases)[0]
    child_pathways = {Pathway.MASH_SECTION_47, Pathway.MASH_SECTION_17, Pathway.EARLY_HELP}
    assert child_pathways & set(said.pathways) == ({pathway} if pathway else set())
    assert left_of(said)[Pathway.MASH_SECTION_47] == why


def test_a_victim_learned_to_be_15_after_a_decision_gets_a_suggestion_of_her_own() -> None:
    cases = screened(HIGH, victim_age_band=AgeBand.UNKNOWN)
    decide(a_decision(), cases)
    aged: dict[str, Any] = {"victim_age_band": AgeBand.THIRTEEN_TO_FIFTEEN}
    said = screen(an_incident(version=2, revision=2, risk=HIGH, **aged), cases)[0]
    assert said.status is SUGGESTED
    assert Pathway.MASH_SECTION_17 in said.pathways


@pytest.mark.parametrize("child_ref", [None, "k"])
def test_a_pregnancy_told_after_a_decision_waits_for_one_of_its_own(child_ref: str | None) -> None:
    known = a_child("k", AgeBand.TWO_TO_SIX)
    cases = screened(MEDIUM, children=(known,))
    decide(a_decision(child_ref=child_ref), cases)
    flagged: dict[str, Any] = {"children": (known,), "flags": (Flag.PREGNANCY,)}
    said = screen(an_incident(version=2, revision=2, risk=MEDIUM, **flagged), cases)[0]
    assert said.status is SUGGESTED
    assert Pathway.MASH_SECTION_17 in said.pathways
    [confirmed] = decide(a_decision(at=MONDAY_9 + HOUR), cases)
    assert confirmed.status is CONFIRMED
    assert Pathway.MASH_SECTION_17 not in confirmed.pathways


def test_a_pregnancy_known_when_each_child_is_decided_is_decided_with_them() -> None:
    known = a_child("k", AgeBand.TWO_TO_SIX)
    cases = screened(MEDIUM, children=(known,), flags=(Flag.PREGNANCY,))
    [confirmed] = decide(a_decision(child_ref="k"), cases)
    assert confirmed.status is CONFIRMED


def test_graver_news_after_a_decision_starts_a_clock_of_its_own() -> None:
    cases = some_cases()
    first, *_ = screen(an_incident(risk=HIGH), cases)
    decide(a_decision(), cases)
    at = first.due_at + HOUR
    child = (a_child("1", AgeBand.UNDER_1),)
    graver = an_incident(
        version=2,
        revision=2,
        risk=HIGH,
        received_at=at,
        first_received_at=MONDAY_9,
        children=child,
    )
    again, timer = screen(graver, cases)
    assert (again.rag, again.status) == (Rag.RED, SUGGESTED)
    assert again.due_at == at + timedelta(hours=4) == timer.at
    overdue, _ = ring(timer, cases)
    assert overdue.due_at == timer.at


def test_news_that_is_not_graver_leaves_a_decision_standing() -> None:
    cases = screened(HIGH)
    decide(a_decision(), cases)
    said = screen(an_incident(version=2, revision=2, risk=HIGH, care_needs=True), cases)
    assert said[0].status is CONFIRMED
    assert said_of(Later, said) == []


def test_a_regrade_counts_again_in_the_victims_history() -> None:
    cases = some_cases()
    for number in (1, 2, 3):
        screen(an_incident(number, received_at=MONDAY_9 + number * HOUR), cases)
    regraded, again = decide(a_decision(1, at=MONDAY_9 + 5 * HOUR, risk_level=HIGH), cases)
    assert (regraded.incident_id, again.incident_id) == (incident(1), incident(3))
    assert again.rag is Rag.GREEN


def test_the_rationale_is_kept_and_travels_nowhere() -> None:
    cases = screened()
    [confirmed] = decide(a_decision(rationale="Her sister was told."), cases)
    [kept] = cases.rulings.changed()
    assert kept.ruling.rationale == "Her sister was told."
    assert "sister" not in confirmed.model_dump_json()
    assert "practitioner-1" not in confirmed.model_dump_json()
