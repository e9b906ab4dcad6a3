"""Domain 4, the authority's register (`partner.pupil-enrolment.v1`) against the report."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.police import Risk
from contracts.schools import AlertPlanned
from contracts.vocabulary import AgeBand, Education, RiskLevel
from tests.services.school_alerts.builders import (
    BRADWAY,
    BRIGHTSIDE,
    INTAKE,
    LYDGATE,
    MONDAY_830,
    NURSERY,
    a_child,
    a_school,
    amended,
    an_entry,
    an_incident,
    london,
    person,
    some_alerts,
)
from tests.services.school_alerts.playing import Room, told

TEAM, OFFICER, HOME = "education_team", "authority_officer", Education.HOME_EDUCATED
CHILD = a_child()
DUAL = a_child(other_school_urns=(LYDGATE,))
TWIN = a_child(possibly_same_as=(person("twin"),))
AT_HOME = a_child(education=HOME)
MAYBE_HERS = an_entry(BRADWAY, child="twin", possibly_same_as=(person("c1"),))

CLOSED = a_school("900002", status="Closed", successor="900001")

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
    ("not in school, as a URN", [an_entry("999999")], DUAL, {OFFICER}),
    (
        "ended at the school that took over the reported one",
        [an_entry("900001", until=date(2026, 11, 1))],
        a_child(school="900002"),
        {TEAM},
    ),
    (
        "ended at the school that took over another one",
        [an_entry("900001", until=date(2026, 11, 1))],
        a_child(other_school_urns=("900002",)),
        {INTAKE},
    ),
    (
        "ended at the school that was taken over",
        [an_entry("900002", until=date(2026, 8, 31))],
        a_child(school="900001"),
        {"900001"},
    ),
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
    room = Room(some_alerts(a_school(), CLOSED))
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


GRADED = {"revision": 2, "risk": Risk(level=RiskLevel.MEDIUM)}


@pytest.mark.parametrize(
    ("words", "school", "entries", "graded"),
    [
        (
            "the child moved since",
            INTAKE,
            [
                an_entry(INTAKE, until=date(2026, 11, 11)),
                an_entry(BRADWAY, begins=date(2026, 11, 12)),
            ],
            "2026-11-13T12:00",
        ),
        (
            "the register is older now",
            INTAKE,
            [an_entry(BRADWAY, as_of=date(2026, 10, 5))],
            "2026-11-20T12:00",
        ),
        ("too old for that school after the summer", BRIGHTSIDE, [], "2027-09-10T12:00"),
    ],
)
def test_a_revision_of_the_grade_alone_tells_no_other_school(
    words: str, school: str, entries: list[Any], graded: str
) -> None:
    room, child = Room(), a_child(school=school)
    for event in (*entries, an_incident(child)):
        room.hear(event)
    room.until(london("2026-11-10T12:00"))
    first = [posted.mail.to for posted in room.posted if posted.step == "first"]
    planned = len(room.of(AlertPlanned))
    room.hear(amended(london(graded), child, **GRADED))
    room.until(london(graded) + timedelta(days=5))
    again = [posted.mail.to for posted in room.posted if posted.step == "first"]
    assert (again, len(room.of(AlertPlanned))) == (first, planned), words


def test_a_revision_that_names_another_school_tells_it() -> None:
    room = Room()
    room.hear(an_incident())
    room.until(london("2026-11-10T12:00"))
    room.hear(amended(london("2026-11-10T12:00"), a_child(school=BRADWAY)))
    room.until(london("2026-11-11T12:00"))
    first = [posted.mail.to for posted in room.posted if posted.step == "first"]
    assert first == [f"key_adult.{urn}@schools.invalid" for urn in (INTAKE, BRADWAY)]
