"""Domain 4, "Whom": the school, the desk or nobody, and never a guess."""

from datetime import date
from typing import Any

import pytest

from contracts.schools import AlertPlanned, AlertWithheld
from contracts.vocabulary import AgeBand, Education, RecipientRole
from services.school_alerts.domain.policy import Policy
from services.school_alerts.domain.schools import School
from tests.services.school_alerts.builders import (
    BRADWAY,
    BRIGHTSIDE,
    BROOM_VALLEY,
    FRIDAY_NIGHT,
    INTAKE,
    MONDAY_830,
    NURSERY,
    a_child,
    a_part,
    a_school,
    an_entry,
    an_incident,
    london,
    some_alerts,
)
from tests.services.school_alerts.playing import Room, planned, told

TEAM, OFFICER = "education_team", "authority_officer"
EARLY = Policy(early_years=True)


def beside_bradway(urn: str) -> Any:
    """A child with a school of its own beside what is said first."""
    return a_child(school=urn, other_school_urns=(BRADWAY,))


@pytest.mark.parametrize(
    ("words", "child", "whom"),
    [
        ("registered", a_child(education=Education.REGISTERED), {INTAKE}),
        ("nothing but a URN", a_child(), {INTAKE}),
        (
            "every school of a dual registration",
            a_child(other_school_urns=(BRADWAY,)),
            {INTAKE, BRADWAY},
        ),
        ("a pupil of a maintained nursery school", a_child(school=NURSERY), {NURSERY}),
        ("home-educated beats a URN", a_child(education=Education.HOME_EDUCATED), {OFFICER}),
        ("not in school beats a URN", a_child(education=Education.NOT_IN_SCHOOL), {OFFICER}),
        ("999999", a_child(school="999999"), {OFFICER}),
        ("999999 beside a school", beside_bradway("999999"), {OFFICER, BRADWAY}),
        ("888888 beside a school", beside_bradway("888888"), {TEAM, BRADWAY}),
        ("unknown beats a URN", a_child(education=Education.UNKNOWN), {TEAM}),
        ("888888", a_child(school="888888"), {TEAM}),
        ("a URN not in the register of schools", a_child(school="123456"), {TEAM}),
        ("registered without a URN", a_child(school=None, education=Education.REGISTERED), {TEAM}),
        ("nothing said", a_child(school=None), {TEAM}),
        ("nothing said, age unknown", a_child(school=None, age_band=AgeBand.UNKNOWN), {TEAM}),
        ("nothing said, two years old", a_child(school=None, age_band=AgeBand.TWO_TO_SIX), {TEAM}),
        ("under 2 with nothing said", a_child(school=None, age_band=AgeBand.ONE), set()),
        (
            "early years where policy does not include them",
            a_child(education=Education.EARLY_YEARS),
            set(),
        ),
        ("the unborn", a_child(school=None, age_band=AgeBand.UNBORN), set()),
        ("a victim under 18 is also such a child", a_child(ref="victim"), {INTAKE}),
        ("eighteen and over is no child", a_child(age_band=AgeBand.EIGHTEEN_TO_FIFTY_NINE), set()),
    ],
)
def test_whom_to_tell_by_the_report(words: str, child: Any, whom: set[str]) -> None:
    assert told(planned(child)) == whom, words


def test_a_desk_has_no_urn_and_the_key_of_its_authority() -> None:
    [said] = planned(a_child(school="888888")).of(AlertPlanned)
    assert (said.school_urn, said.key) == (None, "authority/373")
    assert said.recipient_role is RecipientRole.EDUCATION_TEAM
    assert said.due_by == MONDAY_830


def test_early_years_are_withheld_and_nothing_planned() -> None:
    room = planned(a_child(school=None, age_band=AgeBand.UNDER_1))
    [said] = room.of(AlertWithheld)
    assert (said.key, said.reason) == ("authority/373", "early_years_not_told")
    assert said.school_urn is None
    room.until(london("2026-11-20T12:00"))
    assert room.posted == []


@pytest.mark.parametrize(
    ("child", "whom"),
    [
        (a_child(school=NURSERY, education=Education.EARLY_YEARS), {NURSERY}),
        (a_child(school="777777", education=Education.EARLY_YEARS), {TEAM}),
        (a_child(school=None, age_band=AgeBand.ONE), {TEAM}),
        (a_child(school=None, age_band=AgeBand.UNBORN), set()),
    ],
)
def test_other_early_years_where_area_policy_includes_them(child: Any, whom: set[str]) -> None:
    assert told(planned(child, policy=EARLY)) == whom


def test_an_area_may_leave_maintained_nurseries_out() -> None:
    policy = Policy(maintained_nurseries=False)
    assert told(planned(a_child(school=NURSERY), policy=policy)) == set()


def closed(urn: str, successor: str | None = None) -> School:
    """A closed school."""
    return a_school(urn, status="Closed", successor=successor)


@pytest.mark.parametrize(
    ("words", "schools", "whom"),
    [
        ("its successor", [closed("1", "2"), a_school("2")], {"2"}),
        ("its successor's successor", [closed("1", "2"), closed("2", "3"), a_school("3")], {"3"}),
        ("no successor", [closed("1")], {TEAM}),
        ("a successor nobody knows", [closed("1", "2")], {TEAM}),
        ("each the other's successor", [closed("1", "2"), closed("2", "1")], {TEAM}),
        (
            "open, but proposed to close",
            [a_school("1", status="Open, but proposed to close")],
            {"1"},
        ),
        ("proposed to open", [a_school("1", status="Proposed to open")], {TEAM}),
    ],
)
def test_a_closed_schools_alert(words: str, schools: list[School], whom: set[str]) -> None:
    assert told(planned(a_child(school="1"), *schools)) == whom, words


def held(born: date | None, school: str, *entries: Any) -> Room:
    """An alert of the last afternoon before the summer."""
    room = Room(some_alerts(policy=Policy(send_from=Policy().send_from, evening=Policy().cut_off)))
    for each in entries:
        room.hear(each)
    part = a_part(date_of_birth=born)
    child = a_child(school=school)
    room.hear(an_incident(child, at=london("2027-07-21T19:00"), parts={"c1": part}))
    return room


@pytest.mark.parametrize(
    ("words", "born", "school", "whom"),
    [
        ("age on D within the school's", date(2019, 5, 1), INTAKE, {INTAKE}),
        ("moved on to the next school", date(2016, 5, 1), INTAKE, {TEAM}),
        ("an infant who is a junior now", date(2020, 5, 1), BRIGHTSIDE, {TEAM}),
        ("an infant who becomes seven on D", date(2020, 9, 1), BRIGHTSIDE, {BRIGHTSIDE}),
        ("an infant who became seven the day before", date(2020, 8, 31), BRIGHTSIDE, {TEAM}),
        ("born after D", date(2027, 9, 2), INTAKE, {TEAM}),
        ("birth date unknown", None, INTAKE, {TEAM}),
    ],
)
def test_an_alert_held_over_31_august(
    words: str, born: date | None, school: str, whom: set[str]
) -> None:
    assert told(held(born, school)) == whom, words


def test_an_alert_held_over_31_august_goes_where_the_register_confirms_it() -> None:
    confirmed = an_entry(INTAKE, as_of=date(2027, 8, 1), at=london("2027-07-21T18:00"))
    assert told(held(date(2016, 5, 1), INTAKE, confirmed)) == {INTAKE}


def test_the_areas_desk_by_the_report_whatever_the_school() -> None:
    room = Room()
    room.hear(an_incident(a_child(school=BROOM_VALLEY), area="sheffield", at=FRIDAY_NIGHT))
    [said] = room.of(AlertPlanned)
    assert (said.key, said.authority) == (BROOM_VALLEY, "373")
    assert "calendar_unknown" in {reason.code for reason in said.reasons}
