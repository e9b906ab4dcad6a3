"""The plain facts of an incident are said as the form has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.police import (
    PoliceIncident,
)
from tests.services.police_notifications.builders import (
    NOON,
    Desk,
    a_child,
    a_form,
    a_suspect,
    a_victim,
    identity_of,
    school_of,
)


def codes(said: PoliceIncident) -> set[str]:
    """The codes of what was marked."""
    return {mark.code for mark in said.marks}


def test_plain_facts_are_said_as_the_form_has_them() -> None:
    said = Desk().told(
        a_form(
            occurred_at="2026-07-01T00:30:00+01:00",
            reported_at="2026-07-01T02:00:00+01:00",
            victim=a_victim(
                in_hospital=True,
                care_needs=True,
                consent={"given": False},
                employer_urn="1",
                employer_role="head",
            ),
            suspect=a_suspect(custody="bailed", employer_urn="2"),
            lead_agency_engaged="idva",
        )
    )
    assert said.occurred_at == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert said.reported_at == datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
    assert (said.in_hospital, said.care_needs, said.custody) == (True, True, "bailed")
    assert (said.consent, said.lead_agency_engaged) == ("refused", "idva")
    assert [(e.urn, e.role) for e in said.party_employers] == [("1", "head"), ("2", None)]
    assert (said.victim_age_band, said.suspect_age_band) == ("18_to_59", "18_to_59")


@pytest.mark.parametrize(
    ("consent", "said"),
    [
        (None, "not_asked"),
        ({}, "not_asked"),
        ({"given": True}, "given"),
        ({"given": False}, "refused"),
    ],
)
def test_consent_absent_is_not_asked(consent: Any, said: str) -> None:
    assert Desk().told(a_form(victim=a_victim(consent=consent))).consent == said


@pytest.mark.parametrize(
    ("suspect", "known"),
    [
        (None, False),
        ({"anonymous": True}, False),
        (a_suspect(anonymous=True), False),
        ({"custody": "at_large"}, False),
        ({"phones": [{"number": "07700 900999"}]}, True),
        (a_suspect(), True),
    ],
)
def test_a_suspect_may_be_absent_or_anonymous(suspect: Any, known: bool) -> None:
    assert Desk().told(a_form(suspect=suspect)).suspect_known is known


def test_a_birth_date_after_the_incident_is_not_believed() -> None:
    child = a_child(date_of_birth="2027-05-05")
    said = Desk().told(a_form(children=[child]))
    assert said.children[0].age_band == "unknown"
    assert "date_of_birth_in_future" in codes(said)
    assert identity_of(said).children["1"].date_of_birth is None


def test_an_incident_after_its_report_was_received_is_marked() -> None:
    form = a_form(occurred_at=(NOON + timedelta(days=3)).isoformat())
    assert "occurred_at_in_future" in codes(Desk().told(form))


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("2026-11-28", "unknown"),
        ("2026-11-27", "under_1"),
        ("2025-11-28", "under_1"),
        ("2025-11-27", "1"),
        ("2024-11-28", "1"),
        ("2024-11-27", "2_to_6"),
        ("2019-11-28", "2_to_6"),
        ("2019-11-27", "7_to_12"),
        ("2013-11-28", "7_to_12"),
        ("2013-11-27", "13_to_15"),
        ("2010-11-28", "13_to_15"),
        ("2010-11-27", "16_to_17"),
        ("2008-11-28", "16_to_17"),
        ("2008-11-27", "18_to_59"),
        ("1966-11-28", "18_to_59"),
        ("1966-11-27", "60_and_over"),
        (None, "unknown"),
    ],
)
def test_ages_are_whole_years_on_the_day_of_the_incident(born: str | None, band: str) -> None:
    child = a_child(date_of_birth=born)
    assert Desk().told(a_form(children=[child])).children[0].age_band == band


def test_the_day_of_the_incident_is_londons() -> None:
    child = a_child(date_of_birth="2019-07-01")
    form = a_form(occurred_at="2026-06-30T23:30:00Z", children=[child])
    assert Desk().told(form).children[0].age_band == "7_to_12"


def test_without_a_time_of_the_incident_the_time_of_the_report_counts() -> None:
    child = a_child(date_of_birth="2019-11-20")
    reported = a_form(occurred_at=None, reported_at="2026-11-19T10:00:00Z", children=[child])
    assert Desk().told(reported).children[0].age_band == "2_to_6"
    received = a_form(occurred_at=None, children=[child])
    assert Desk().told(received).children[0].age_band == "7_to_12"


def test_an_amendment_without_a_time_of_the_incident_makes_nobody_older() -> None:
    desk, child = Desk(), a_child(date_of_birth="2019-11-20")
    first = desk.told(a_form(occurred_at=None, children=[child]), at=NOON)
    amended = desk.told(
        a_form(occurred_at=None, children=[child], revision=2), at=NOON + timedelta(days=365)
    )
    assert amended.children[0].age_band == first.children[0].age_band == "7_to_12"
    assert amended.happened_at == first.happened_at == NOON


@pytest.mark.parametrize("words", ["Jane at Women's Aid", "ring 0114 4960123", "x" * 41, "a\nb"])
def test_words_where_a_code_is_asked_are_marked_and_never_said_in_plain(words: str) -> None:
    form = a_form(
        lead_agency_engaged=words,
        victim=a_victim(employer_urn=words),
        children=[a_child(school_urn=words, other_school_urns=[words, "106845"])],
    )
    said = Desk().told(form)
    assert words not in str(said.model_dump(exclude={"sealed"}))
    assert (said.lead_agency_engaged, said.party_employers) == (None, ())
    assert (said.children[0].school_urn, said.children[0].other_school_urns) == (None, ("106845",))
    assert {"lead_agency_engaged_no_code", "employer_urn_no_code", "school_urn_no_code"} <= codes(
        said
    )


def test_never_event_20_a_placeholder_birth_date_believed() -> None:
    said = Desk().told(
        a_form(
            victim=a_victim(date_of_birth="1900-01-01"),
            suspect=a_suspect(date_of_birth="1970-01-01"),
            children=[a_child(date_of_birth="1901-01-01")],
        )
    )
    bands = (said.victim_age_band, said.suspect_age_band, said.children[0].age_band)
    assert bands == ("unknown",) * 3
    assert said.sealed.mash is not None
    assert "19" not in identity_of(said).model_dump_json(
        include={"victim": {"date_of_birth"}, "children": {"1": {"date_of_birth"}}}
    )


@pytest.mark.parametrize(
    ("occurred_at", "day"),
    [
        ("2027-03-28T00:30:00Z", "2027-03-28"),
        ("2027-03-27T23:30:00Z", "2027-03-27"),
        ("2027-03-28T23:30:00Z", "2027-03-29"),
        ("2027-10-30T23:30:00Z", "2027-10-31"),
        ("2027-10-31T00:30:00Z", "2027-10-31"),
        ("2027-10-31T23:30:00Z", "2027-10-31"),
    ],
)
def test_never_event_13_an_hours_error_at_a_clock_change(occurred_at: str, day: str) -> None:
    said = Desk().told(a_form(occurred_at=occurred_at, children=[a_child()]))
    assert school_of(said).incident_date.isoformat() == day
