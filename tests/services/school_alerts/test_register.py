"""Domain 4, the authority's register (`partner.pupil-enrolment.v1`) against the report."""

from datetime import date
from typing import Any

import pytest

from contracts.schools import AlertPlanned
from contracts.vocabulary import AgeBand, Education
from tests.services.school_alerts.builders import (
    BRADWAY,
    INTAKE,
    LYDGATE,
    MONDAY_830,
    NURSERY,
    a_child,
    an_entry,
    an_incident,
    london,
    person,
)
from tests.services.school_alerts.playing import Room, told

TEAM, OFFICER, HOME = "education_team", "authority_officer", Education.HOME_EDUCATED
CHILD = a_child()
DUAL = a_child(other_school_urns=(LYDGATE,))
TWIN = a_child(possibly_same_as=(person("twin"),))
AT_HOME = a_child(education=HOME)
MAYBE_HERS = an_entry(BRADWAY, child="twin", possibly_same_as=(person("c1"),))

REGISTER: list[tuple[str, list[Any], Any, set[str]]] = [
    ("valid that day: wins", [an_entry(BRADWAY)], CHILD, {BRADWAY}),
    ("the same school", [an_entry(INTAKE)], CHILD, {INTAKE}),
    ("at most 40 days old", [an_entry(BRADWAY, as_of=date(2026, 9, 30))], CHILD, {BRADWAY}),
    ("an older one that differs", [an_entry(BRADWAY, as_of=date(2026, 9, 29))], CHILD, {TEAM}),
    ("an older one that agrees", [an_entry(INTAKE, as_of=date(2026, 9, 2))], CHILD, {INTAKE}),
    ("ends on the day of sending", [an_entry(BRADWAY, until=date(2026, 11, 9))], CHILD, {BRADWAY}),
    ("ended the day before", [an_entry(BRADWAY, until=date(2026, 11, 8))], CHILD, {INTAKE}),
    (
        "begins on the day of sending",
        [an_entry(BRADWAY, begins=date(2026, 11, 9))],
        CHILD,
        {BRADWAY},
    ),
    ("begins the day after", [an_entry(BRADWAY, begins=date(2026, 11, 10))], CHILD, {INTAKE}),
    (
        "never a school whose enrolment has ended",
        [an_entry(INTAKE, until=date(2026, 11, 8))],
        CHILD,
        {TEAM},
    ),
    ("home-educated", [an_entry(None, education=HOME)], CHILD, {OFFICER}),
    ("an entry beats `education`", [an_entry(BRADWAY)], AT_HOME, {BRADWAY}),
    (
        "two valid entries for two schools",
        [an_entry(BRADWAY), an_entry(INTAKE)],
        CHILD,
        {BRADWAY, INTAKE},
    ),
    ("the register resolves the unknown", [an_entry(BRADWAY)], a_child(school="888888"), {BRADWAY}),
    ("other schools stay", [an_entry(BRADWAY)], DUAL, {BRADWAY, LYDGATE}),
    (
        "unless an entry for that school has ended",
        [an_entry(LYDGATE, until=date(2026, 11, 1))],
        DUAL,
        {INTAKE},
    ),
    (
        "an old entry of the other school is no difference",
        [an_entry(LYDGATE, as_of=date(2026, 9, 2))],
        DUAL,
        {INTAKE, LYDGATE},
    ),
    ("one that differs of a possibly-same child", [an_entry(BRADWAY, child="twin")], TWIN, {TEAM}),
    ("one that agrees of a possibly-same child", [an_entry(INTAKE, child="twin")], TWIN, {INTAKE}),
    ("one of another child", [an_entry(BRADWAY, child="twin")], CHILD, {INTAKE}),
    ("the entry itself may be this child's", [MAYBE_HERS], CHILD, {TEAM}),
    (
        "her own fresh entry beside a twin's",
        [an_entry(INTAKE), an_entry(BRADWAY, child="twin")],
        TWIN,
        {INTAKE},
    ),
    (
        "under 2, and at a nursery by the register",
        [an_entry(NURSERY)],
        a_child(school=None, age_band=AgeBand.ONE),
        {NURSERY},
    ),
]


@pytest.mark.parametrize(("words", "entries", "child", "whom"), REGISTER)
@pytest.mark.parametrize("first", ["the register", "the report"])
def test_the_authoritys_register(
    words: str, entries: list[Any], child: Any, whom: set[str], first: str
) -> None:
    room = Room()
    news = (
        [*entries, an_incident(child)]
        if first == "the register"
        else [an_incident(child), *entries]
    )
    for event in news:
        room.hear(event)
    assert told(room) == whom, words


def test_the_difference_is_a_reason() -> None:
    room = Room()
    room.hear(an_entry(BRADWAY))
    room.hear(an_incident())
    [said] = room.of(AlertPlanned)
    assert "register_differs" in {reason.code for reason in said.reasons}


def test_the_highest_version_of_an_entry_holds() -> None:
    room = Room()
    room.hear(an_entry(BRADWAY, version=2, reference="P1"))
    room.hear(an_entry(LYDGATE, version=1, reference="P1"))
    room.hear(an_incident())
    assert told(room) == {BRADWAY}


def test_an_entry_that_moves_to_another_person_is_hers_no_more() -> None:
    room = Room()
    room.hear(an_entry(BRADWAY, reference="P1"))
    room.hear(an_incident())
    room.hear(an_entry(BRADWAY, child="other", version=2, reference="P1"))
    assert told(room) == {INTAKE}


def test_the_school_at_the_time_of_sending() -> None:
    room = Room()
    room.hear(an_incident())
    room.hear(an_entry(BRADWAY, at=london("2026-11-09T06:59")))
    room.until(MONDAY_830)
    assert [posted.mail.to for posted in room.posted] == [f"key_adult.{BRADWAY}@schools.invalid"]
