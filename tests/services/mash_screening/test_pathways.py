"""The pathways of domain 3, who wants to contact, and why others were not taken."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.mash import IncidentScreened, MashAlarm
from contracts.vocabulary import AgeBand, Consent, Flag, Pathway, RiskLevel
from services.kit.timers import Later
from services.mash_screening.domain.policy import Policy
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    STANDARD,
    a_child,
    a_decision,
    an_incident,
    decide,
    ring,
    said_of,
    screen,
    some_cases,
)

HOUR = timedelta(hours=1)
ADULT, OLDER = AgeBand.EIGHTEEN_TO_FIFTY_NINE, AgeBand.SIXTY_AND_OVER
UNDER_13 = (AgeBand.UNDER_1, AgeBand.ONE, AgeBand.TWO_TO_SIX, AgeBand.SEVEN_TO_TWELVE)


def screened(risk: RiskLevel = MEDIUM, policy: Policy | None = None, **facts: Any) -> Any:
    """The screening of one incident."""
    return screen(an_incident(risk=risk, **facts), some_cases(policy))[0]


def words(screening: IncidentScreened) -> set[str]:
    """Its pathways as words."""
    return {pathway.value for pathway in screening.pathways}


def why_not(screening: IncidentScreened) -> dict[str, str]:
    """The pathways not taken, with the reason's code."""
    return {not_taken.pathway.value: not_taken.reason.code for not_taken in screening.not_referred}


@pytest.mark.parametrize(
    ("risk", "consent", "pathways", "wanted"),
    [
        (HIGH, Consent.GIVEN, "marac idva", "idva"),
        (HIGH, Consent.NOT_ASKED, "marac idva", "idva"),
        (HIGH, Consent.REFUSED, "marac idva", "idva"),
        (MEDIUM, Consent.GIVEN, "outreach victim_support", "outreach victim_support"),
        (MEDIUM, Consent.NOT_ASKED, "victim_support", "victim_support"),
        (MEDIUM, Consent.REFUSED, "record_only", ""),
        (STANDARD, Consent.GIVEN, "outreach victim_support", "outreach victim_support"),
        (STANDARD, Consent.NOT_ASKED, "victim_support", "victim_support"),
        (STANDARD, Consent.REFUSED, "record_only", ""),
    ],
)
def test_adults_by_risk_and_consent(
    risk: RiskLevel, consent: Consent, pathways: str, wanted: str
) -> None:
    for age in (ADULT, OLDER):
        screening = screened(risk, consent=consent, victim_age_band=age)
        assert words(screening) == set(pathways.split())
        assert list(screening.contact_wanted_by) == wanted.split()


def test_outreach_without_asking_only_where_area_policy_says_so() -> None:
    assert "outreach" not in words(screened(consent=Consent.NOT_ASKED))
    policy = Policy(outreach_when_not_asked=True)
    assert "outreach" in words(screened(policy=policy, consent=Consent.NOT_ASKED))
    assert "outreach" not in words(screened(policy=policy, consent=Consent.REFUSED))


@pytest.mark.parametrize("risk", [HIGH, MEDIUM, STANDARD])
@pytest.mark.parametrize("consent", list(Consent))
def test_at_16_to_17_the_ypva_stands_for_all_at_any_grade(
    risk: RiskLevel, consent: Consent
) -> None:
    screening = screened(risk, victim_age_band=AgeBand.SIXTEEN_TO_SEVENTEEN, consent=consent)
    assert screening.contact_wanted_by == ("ypva",)
    assert ("marac" in words(screening)) is (risk is HIGH)
    assert words(screening) & {"mash_section_47", "mash_section_17", "early_help"}
    assert why_not(screening)["victim_support"] == "ypva_instead"


@pytest.mark.parametrize("risk", [HIGH, MEDIUM, STANDARD])
def test_13_to_15_child_safeguarding_and_a_ypva_advises_never_marac_no_adult_lead(
    risk: RiskLevel,
) -> None:
    screening = screened(risk, victim_age_band=AgeBand.THIRTEEN_TO_FIFTEEN, consent=Consent.GIVEN)
    assert "ypva" in words(screening)
    assert not words(screening) & {"marac", "idva", "outreach", "victim_support"}
    assert screening.contact_wanted_by == ()
    assert why_not(screening)["marac"] == "under_16"


@pytest.mark.parametrize("age", UNDER_13)
@pytest.mark.parametrize("risk", [HIGH, MEDIUM, STANDARD])
def test_under_13_child_safeguarding_only(age: AgeBand, risk: RiskLevel) -> None:
    screening = screened(
        risk,
        victim_age_band=age,
        flags=(Flag.STALKING,),
        care_needs=True,
        in_hospital=True,
        consent=Consent.GIVEN,
    )
    assert words(screening) <= {"mash_section_47", "mash_section_17", "early_help"}
    assert words(screening)
    assert screening.contact_wanted_by == ()


@pytest.mark.parametrize("age", [*UNDER_13, AgeBand.THIRTEEN_TO_FIFTEEN])
@pytest.mark.parametrize("events", [1, 3])
def test_never_event_09_under_16_is_never_on_the_way_to_marac(age: AgeBand, events: int) -> None:
    cases = some_cases()
    for number in range(1, events + 1):
        screening = screen(an_incident(number, risk=HIGH, victim_age_band=age), cases)[0]
    decision = a_decision(events, risk_level=HIGH, victim_16_or_over=True)
    for each in (screening, *said_of(IncidentScreened, decide(decision, cases))):
        assert Pathway.MARAC not in each.pathways
        assert each.marac_criteria == ()


def test_an_unknown_age_takes_the_adult_route_at_once_and_asks_within_4_hours() -> None:
    cases = some_cases()
    event = an_incident(risk=HIGH, victim_age_band=AgeBand.UNKNOWN)
    said = screen(event, cases)
    screening = said[0]
    assert words(screening) == {"idva"}
    assert why_not(screening)["marac"] == "age_not_confirmed"
    assert "age_unknown" in [alarm.code for alarm in said_of(MashAlarm, said)]
    question = said_of(Later, said)[-1]
    assert (question.at - MONDAY_9).total_seconds() == 4 * 3600
    [unanswered] = ring(question, cases)
    assert unanswered.code == "age_question_overdue"
    assert ring(question, cases) == []


def test_marac_once_a_human_has_confirmed_16_or_over() -> None:
    cases = some_cases()
    question = screen(an_incident(risk=HIGH, victim_age_band=AgeBand.UNKNOWN), cases)[-2]
    [confirmed] = said_of(IncidentScreened, decide(a_decision(victim_16_or_over=True), cases))
    assert words(confirmed) >= {"marac", "idva"}
    assert confirmed.age_confirmed
    assert not isinstance(question, Later) or ring(question, cases) == []


@pytest.mark.parametrize("answered", [1, 2])
def test_never_event_09_a_humans_16_or_over_ends_with_a_birth_date(answered: int) -> None:
    cases = some_cases()
    fifteen: dict[str, Any] = {"victim_age_band": AgeBand.THIRTEEN_TO_FIFTEEN}
    unknown: dict[str, Any] = {"victim_age_band": AgeBand.UNKNOWN}
    for version, facts in ((1, unknown), (2, fifteen)):
        screen(an_incident(version=version, revision=version, risk=HIGH, **facts), cases)
        if version == answered:
            decide(a_decision(victim_16_or_over=True), cases)
    said = screen(an_incident(version=3, revision=3, risk=HIGH, **unknown), cases)
    assert not said[0].age_confirmed
    assert "marac" not in words(said[0])
    assert why_not(said[0])["marac"] == "age_not_confirmed"
    assert [alarm.code for alarm in said_of(MashAlarm, said)] == ["age_unknown"]
    [unanswered] = ring(said_of(Later, said)[-1], cases)
    assert unanswered.code == "age_question_overdue"
    confirmed = decide(a_decision(at=MONDAY_9 + HOUR, victim_16_or_over=True), cases)
    assert "marac" in words(said_of(IncidentScreened, confirmed)[0])


def test_a_humans_16_or_over_stands_while_no_birth_date_is_given() -> None:
    cases = some_cases()
    unknown: dict[str, Any] = {"victim_age_band": AgeBand.UNKNOWN}
    screen(an_incident(risk=HIGH, **unknown), cases)
    decide(a_decision(victim_16_or_over=True), cases)
    said = screen(an_incident(version=2, revision=2, risk=HIGH, care_needs=True, **unknown), cases)
    assert "marac" in words(said[0])
    assert said_of(MashAlarm, said) == []


def test_an_answered_age_question_finds_nothing_to_do() -> None:
    cases = some_cases()
    said = screen(an_incident(risk=HIGH, victim_age_band=AgeBand.UNKNOWN), cases)
    question = said_of(Later, said)[-1]
    screen(an_incident(version=2, revision=2, risk=HIGH), cases)
    assert ring(question, cases) == []


@pytest.mark.parametrize(
    ("facts", "pathway"),
    [
        ({"children": (a_child(age=AgeBand.UNBORN),)}, "health"),
        ({"flags": (Flag.PREGNANCY,)}, "health"),
        ({"care_needs": True}, "adult_social_care"),
        ({"flags": (Flag.STALKING,)}, "stalking_advocate"),
    ],
)
def test_unborn_health_care_needs_social_care_stalking_an_advocate(
    facts: dict[str, Any], pathway: str
) -> None:
    assert pathway in words(screened(**facts))
    assert pathway not in words(screened())


@pytest.mark.parametrize(
    ("risk", "age", "pathway"),
    [
        (HIGH, AgeBand.UNDER_1, "mash_section_47"),
        (STANDARD, AgeBand.UNDER_1, "mash_section_17"),
        (STANDARD, AgeBand.TWO_TO_SIX, "early_help"),
    ],
)
def test_red_section_47_amber_section_17_green_early_help_as_a_suggestion(
    risk: RiskLevel, age: AgeBand, pathway: str
) -> None:
    screening = screened(risk, children=(a_child(age=age),))
    assert pathway in words(screening)
    assert screening.status == "suggested"


def test_each_childs_priority_has_its_own_pathway() -> None:
    children = (a_child("a", AgeBand.UNDER_1), a_child("b", AgeBand.SEVEN_TO_TWELVE, present=True))
    assert words(screened(MEDIUM, children=children)) >= {"mash_section_17", "early_help"}


@pytest.mark.parametrize(("risk", "hospital"), [(HIGH, True), (MEDIUM, False), (STANDARD, False)])
def test_hospital_idva_if_high_and_in_hospital(risk: RiskLevel, hospital: bool) -> None:
    screening = screened(risk, in_hospital=True)
    assert ("hospital_idva" in words(screening)) is hospital
    assert ("hospital_idva" in screening.contact_wanted_by) is hospital
    assert hospital or why_not(screening)["hospital_idva"] == "below_high"


@pytest.mark.parametrize(
    ("risk", "facts", "expected"),
    [
        (HIGH, {}, {"outreach": "idva_instead", "victim_support": "idva_instead"}),
        (
            MEDIUM,
            {},
            {"marac": "no_criterion", "idva": "below_high", "outreach": "consent_not_asked"},
        ),
        (
            STANDARD,
            {"consent": Consent.REFUSED},
            {"outreach": "consent_refused", "victim_support": "consent_refused"},
        ),
        (MEDIUM, {"victim_age_band": OLDER}, {"adult_social_care": "no_care_needs"}),
        (
            HIGH,
            {"children": (a_child(open_to_social_care=True),)},
            {"mash_section_47": "already_open", "early_help": "already_open"},
        ),
        (HIGH, {"children": (a_child(),)}, {"mash_section_17": "no_child_counts"}),
        (
            HIGH,
            {"children": (a_child(age=AgeBand.ONE),)},
            {"mash_section_17": "other_priority", "early_help": "other_priority"},
        ),
    ],
)
def test_a_pathway_that_a_reader_would_expect_is_not_referred_with_a_reason(
    risk: RiskLevel, facts: dict[str, Any], expected: dict[str, str]
) -> None:
    assert why_not(screened(risk, **facts)).items() >= expected.items()


def test_the_one_chance_rule_is_named_for_honour_based_abuse_and_forced_marriage() -> None:
    for flag in (Flag.HONOUR_BASED, Flag.FORCED_MARRIAGE):
        codes = {reason.code for reason in screened(flags=(flag,)).reasons}
        assert "one_chance_rule" in codes
    assert "one_chance_rule" not in {reason.code for reason in screened().reasons}


def test_from_60_on_the_care_and_support_test_is_a_reason_and_marac_stays_open() -> None:
    screening = screened(HIGH, victim_age_band=OLDER)
    assert "older_person" in {reason.code for reason in screening.reasons}
    assert "marac" in words(screening)


def test_a_suspect_under_18_is_a_safeguarding_referral_of_their_own_said_once() -> None:
    cases = some_cases()
    young = AgeBand.THIRTEEN_TO_FIFTEEN
    alarms = said_of(MashAlarm, screen(an_incident(suspect_age_band=young), cases))
    assert [alarm.code for alarm in alarms] == ["suspect_under_18"]
    again = an_incident(version=2, revision=2, suspect_age_band=young)
    assert said_of(MashAlarm, screen(again, cases)) == []


INCIDENT = st.fixed_dictionaries(
    {
        "risk": st.sampled_from([HIGH, MEDIUM, STANDARD]),
        "victim_age_band": st.sampled_from(list(AgeBand)),
        "consent": st.sampled_from(list(Consent)),
        "in_hospital": st.booleans(),
        "care_needs": st.booleans(),
        "flags": st.lists(st.sampled_from(list(Flag)), max_size=4, unique=True).map(tuple),
        "children": st.lists(
            st.builds(
                a_child,
                age=st.sampled_from(list(AgeBand)),
                present=st.booleans(),
                injured=st.booleans(),
                open_to_social_care=st.booleans(),
            ),
            max_size=1,
        ).map(tuple),
    }
)


@given(facts=INCIDENT)
@settings(max_examples=200, deadline=None)
def test_every_adult_pathway_is_taken_or_has_a_reason_and_never_both(
    facts: dict[str, Any],
) -> None:
    screening = screened(**facts)
    taken, left = words(screening), set(why_not(screening))
    assert taken and not taken & left
    assert {"marac", "idva", "outreach", "victim_support"} <= taken | left
    assert set(screening.contact_wanted_by) <= taken
    if facts["children"]:
        assert {"mash_section_47", "mash_section_17", "early_help"} <= taken | left
