"""Reports taken in: accepted, amended, cancelled, refused, or nothing new."""

from typing import Any

import pytest

from contracts.police import (
    IncidentAmended,
    IncidentCancelled,
    IncidentReported,
    PoliceAlarm,
    PoliceIncident,
    ReportRefused,
)
from contracts.vocabulary import incident_id_of
from services.police_notifications.domain.reports import Outcome
from tests.services.police_notifications.builders import (
    SOURCE,
    Desk,
    a_child,
    a_form,
    a_suspect,
    a_victim,
    graded,
    mash_of,
    only,
)


def outcomes(desk: Desk) -> list[str]:
    """What became of each revision, in the order taken."""
    report = desk.reports.of(SOURCE, "R1")
    assert report is not None
    return [taken.outcome.value for taken in report.taken]


def codes(said: PoliceIncident) -> set[str]:
    """The codes of what was marked."""
    return {mark.code for mark in said.marks}


# First revisions


@pytest.mark.parametrize("revision", [1, 7])
def test_the_first_revision_accepted_is_reported_whatever_its_number(revision: int) -> None:
    desk = Desk()
    said = desk.told(a_form(revision))
    assert isinstance(said, IncidentReported)
    assert (said.revision, said.version) == (revision, 1)
    assert said.incident_id == incident_id_of(SOURCE, "R1")
    assert said.received_at == said.first_received_at == desk.now
    assert outcomes(desk) == ["accepted"]


def test_a_first_revision_that_cancels_is_said_and_nothing_follows() -> None:
    desk = Desk()
    [said] = desk.take(a_form(1, "cancelled", victim=None))
    assert isinstance(said, IncidentCancelled)
    assert (said.version, said.revision, said.area) == (1, 1, "rotherham")
    assert outcomes(desk) == ["cancelled"]


# Duplicates and conflicts


def test_the_same_revision_with_the_same_content_is_a_duplicate() -> None:
    desk = Desk()
    desk.take(a_form())
    assert desk.take(dict(reversed(a_form().items()))) == []
    assert outcomes(desk) == ["accepted"]


def test_the_same_revision_with_other_content_is_refused_at_revision() -> None:
    desk = Desk()
    desk.take(a_form())
    answers = desk.take(a_form(circumstances="Other words."))
    refused = only(ReportRefused, answers)
    assert [problem.path for problem in refused.problems] == ["/revision"]
    assert (refused.topic, refused.reference) == ("partner.incident-report.v1", f"{SOURCE}/R1")
    alarm = only(PoliceAlarm, answers)
    assert (alarm.to_role, alarm.code) == ("police", "revision_conflict")
    assert desk.take(a_form()) == []


def test_other_content_is_any_other_content_even_of_fields_nobody_knows() -> None:
    desk = Desk()
    desk.take(a_form())
    assert only(ReportRefused, desk.take(a_form(hobby="chess")))


def test_a_lower_revision_sent_again_is_judged_by_its_own_content() -> None:
    desk = Desk()
    desk.take(a_form(1))
    desk.take(a_form(2, circumstances="More words."))
    assert desk.take(a_form(1)) == []
    assert only(ReportRefused, desk.take(a_form(1, circumstances="Other words.")))


def test_a_refused_revision_leaves_its_number_free() -> None:
    desk = Desk()
    assert only(ReportRefused, desk.take(a_form(1, victim={"given_names": "N/A"})))
    assert isinstance(desk.told(a_form(1)), IncidentReported)


# Victims that are nobody


NOBODY: list[Any] = [
    None,
    {},
    {"given_names": "N/A", "family_name": "unknown", "date_of_birth": "1900-01-01"},
    {"sex": "female", "in_hospital": True},
    {"phones": [{"number": "N/A"}], "emails": ["none@none.com"]},
    {"address": {"lines": ["unknown"], "postcode": "ZZ99 3VZ"}},
]
SOMEBODY: list[Any] = [
    {"given_names": "Amina"},
    {"family_name": "Testcase"},
    {"known_as": ["Mina"]},
    {"date_of_birth": "1991-03-14"},
    {"nhs_number": "943 476 5919"},
    {"address": {"lines": ["1 Example Street"]}},
    {"address": {"postcode": "S60 2QU"}},
    {"previous_addresses": [{"postcode": "S60 2QU"}]},
    {"phones": [{"number": "07700 900123"}]},
    {"safe_contact": {"numbers": ["07700 900123"]}},
    {"emails": ["amina@example.test"]},
]


@pytest.mark.parametrize("victim", NOBODY)
def test_a_victim_of_placeholders_only_is_refused_at_victim(victim: Any) -> None:
    refused = only(ReportRefused, Desk().take(a_form(victim=victim)))
    assert [problem.path for problem in refused.problems] == ["/victim"]


@pytest.mark.parametrize("victim", SOMEBODY)
def test_anything_that_tells_her_from_nobody_is_enough(victim: Any) -> None:
    assert isinstance(Desk().told(a_form(victim=victim)), IncidentReported)


def test_a_cancellation_needs_no_victim() -> None:
    desk = Desk()
    desk.take(a_form())
    assert only(IncidentCancelled, desk.take(a_form(2, "cancelled", victim=None, suspect=None)))


def test_a_report_is_never_refused_for_a_missing_nicety_and_each_is_marked() -> None:
    form = a_form(
        victim={"given_names": "Amina"}, suspect=None, area=None, occurred_at=None,
        children=[{"education": "registered", "school_urn": "106845"}],
    )  # fmt: skip
    marked = codes(Desk().told(form))
    assert marked == {
        *("family_name_missing", "date_of_birth_missing", "address_missing", "suspect_missing"),
        *("area_missing", "occurred_at_missing", "risk_missing", "given_names_missing"),
        "voice_missing",
    }


def test_a_full_report_is_marked_with_nothing() -> None:
    child = a_child(voice="It was loud.")
    assert Desk().told(a_form(risk=graded("HIGH"), children=[child])).marks == ()


def test_a_missing_postcode_is_marked() -> None:
    victim = a_victim(address={"lines": ["1 Example Street"]})
    assert "postcode_missing" in codes(Desk().told(a_form(victim=victim)))


def test_marks_name_whose_field_it_is_and_hold_nothing_personal() -> None:
    said = Desk().told(a_form(suspect=a_suspect(date_of_birth="1900-01-01")))
    sentences = [mark.sentence for mark in said.marks]
    assert "The suspect's date of birth: a placeholder, kept out." in sentences
    assert "Testcase" not in str(sentences)


# Areas


@pytest.mark.parametrize(
    ("named", "area", "code"),
    [
        ("sheffield", "sheffield", None),
        ("atlantis", "rotherham", "area_unknown"),
        (None, "rotherham", "area_missing"),
        ("unknown", "rotherham", "area_missing"),
    ],
)
def test_an_unknown_or_absent_area_is_marked_and_the_senders_first_applies(
    named: str | None, area: str, code: str | None
) -> None:
    said = Desk().told(a_form(area=named))
    assert said.area == area
    assert {c for c in codes(said) if c.startswith("area")} >= ({code} if code else set())


def test_every_decision_carries_the_version_of_its_areas_policy() -> None:
    desk = Desk()
    assert desk.told(a_form()).policy_version == "r-1"
    assert only(IncidentCancelled, desk.take(a_form(2, "cancelled"))).policy_version == "r-1"


def test_a_cancellation_without_an_area_is_about_the_area_it_was_in() -> None:
    desk = Desk()
    desk.take(a_form(area="sheffield"))
    assert only(IncidentCancelled, desk.take(a_form(2, "cancelled", area=None))).area == "sheffield"


@pytest.mark.parametrize("urn", ["000000", "888888", "999999", "a-closed-one"])
def test_an_unknown_or_closed_school_is_no_reason_to_refuse(urn: str) -> None:
    said = Desk().told(a_form(children=[a_child(school_urn=urn)]))
    assert said.children[0].school_urn == urn


# Amendments, cancellations and revivals


def test_a_higher_revision_amends_and_versions_count_by_one() -> None:
    desk = Desk()
    first = desk.told(a_form(1))
    amended = desk.told(a_form(4, circumstances="More words."))
    assert isinstance(amended, IncidentAmended)
    assert (amended.revision, amended.version) == (4, 2)
    assert amended.first_received_at == first.received_at
    assert amended.received_at == desk.now > first.received_at
    assert mash_of(amended).circumstances == "More words."
    assert outcomes(desk) == ["accepted", "amended"]


def test_an_amendment_is_whole_what_it_leaves_out_is_gone() -> None:
    desk = Desk()
    desk.take(a_form(1, circumstances="Words.", flags=["weapon"]))
    amended = desk.told(a_form(2, suspect=None))
    assert mash_of(amended).circumstances is None
    assert (amended.flags, amended.suspect_known) == ((), False)


def test_a_cancelled_report_may_be_revived_and_its_clocks_begin_anew() -> None:
    desk = Desk()
    desk.take(a_form(1, children=[a_child(ref="z")]))
    cancelled = only(IncidentCancelled, desk.take(a_form(2, "cancelled")))
    revived = desk.told(a_form(3, children=[a_child(ref="z")]))
    assert isinstance(revived, IncidentAmended)
    assert (cancelled.version, revived.version) == (2, 3)
    assert revived.received_at == desk.now
    [child] = revived.children
    assert child.first_named_at == desk.now
    assert child.schools_named_at == {"106845": desk.now}
    assert outcomes(desk) == ["accepted", "cancelled", "amended"]


def test_a_revival_after_a_first_cancellation_is_an_amendment_too() -> None:
    desk = Desk()
    desk.take(a_form(1, "cancelled"))
    revived = desk.told(a_form(2))
    assert isinstance(revived, IncidentAmended)
    assert revived.version == 2


def test_a_late_lower_revision_of_a_cancelled_report_says_nothing() -> None:
    desk = Desk()
    desk.take(a_form(3, "cancelled"))
    assert desk.take(a_form(2, risk=graded("HIGH"))) == []
    assert outcomes(desk) == ["cancelled", "amended"]
    assert desk.told(a_form(4, risk=graded("STANDARD"))).risk.level == "HIGH"


def test_a_late_lower_cancellation_cancels_nothing() -> None:
    desk = Desk()
    desk.take(a_form(3))
    assert desk.take(a_form(2, "cancelled", risk=graded("HIGH"))) == []
    assert outcomes(desk) == ["accepted", "amended"]
    assert isinstance(desk.told(a_form(4)), IncidentAmended)


def test_every_revision_taken_is_remembered_with_its_outcome() -> None:
    desk = Desk()
    for form in (a_form(2), a_form(1), a_form(3, "cancelled"), a_form(4), a_form(2)):
        desk.take(form)
    assert outcomes(desk) == [
        Outcome.ACCEPTED, Outcome.AMENDED, Outcome.CANCELLED, Outcome.AMENDED,
    ]  # fmt: skip
