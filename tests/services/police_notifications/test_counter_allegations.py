"""A report in which each accuses the other tells of two incidents."""

from typing import Any

from contracts.police import (
    IncidentAmended,
    IncidentCancelled,
    IncidentReported,
    PoliceIncident,
)
from contracts.vocabulary import incident_id_of
from tests.services.police_notifications.builders import (
    SOURCE,
    Desk,
    a_child,
    a_form,
    a_person,
    a_suspect,
    graded,
    identity_of,
    mash_of,
)


def codes(said: PoliceIncident) -> set[str]:
    """The codes of what was marked."""
    return {mark.code for mark in said.marks}


def counter(revision: int = 1, **fields: Any) -> dict[str, Any]:
    """A report in which each accuses the other."""
    party = a_person(given_names="Tom", date_of_birth="1988-07-02", consent={"given": True})
    return a_form(revision, other_party=party) | fields


def both(answers: list[Any]) -> tuple[PoliceIncident, PoliceIncident]:
    """The two incidents that were said."""
    first, second = answers
    assert isinstance(first, PoliceIncident)
    assert isinstance(second, PoliceIncident)
    return first, second


def test_a_counter_allegation_is_a_second_incident_with_the_parties_exchanged() -> None:
    first, second = both(Desk().take(counter(suspect=None)))
    assert second.incident_id == incident_id_of(SOURCE, "R1", other_party=True)
    one, other = identity_of(first), identity_of(second)
    assert (one.victim_role, one.suspect_role) == ("victim", "other_party")
    assert (other.victim_role, other.suspect_role) == ("other_party", "victim")
    assert (other.victim.given_names, one.victim.given_names) == ("Tom", "Amina")
    assert other.suspect is not None
    assert other.suspect.given_names == "Amina"
    assert (first.version, second.version) == (1, 1)


def test_the_second_incident_has_no_risk_no_flags_no_custody_and_no_children() -> None:
    form = counter(
        risk=graded("HIGH"), flags=["weapon"], children=[a_child()], lead_agency_engaged="idva",
        suspect=a_suspect(custody="in_custody"),
    )  # fmt: skip
    first, second = both(Desk().take(form))
    assert (first.risk.level, first.flags, first.custody) == ("HIGH", ("weapon",), "in_custody")
    assert (second.risk.level, second.risk.components) == ("MEDIUM", ())
    assert "risk_missing" in codes(second)
    assert (second.flags, second.custody, second.children) == ((), "unknown", ())
    assert second.lead_agency_engaged is None
    assert (first.consent, second.consent) == ("not_asked", "given")
    assert mash_of(second).answers == {}
    assert mash_of(second).officer_grade is None


def test_the_second_incidents_marks_name_none_of_the_children() -> None:
    child = {"given_names": "Zed", "date_of_birth": "2099-01-01", "emails": "N/A"}
    desk = Desk()
    first, second = both(desk.take(counter(children=[child, None], occurred_at=None)))
    of_children = {
        "The child 1's voice: missing.",
        "The child 1's family name: missing.",
        "The child 1's emails: a placeholder, kept out.",
        "The child 1's date of birth: after the incident, kept out.",
        "Child 2: a placeholder, kept out.",
    }
    assert of_children < {mark.sentence for mark in first.marks}
    assert codes(second) == {"occurred_at_missing", "risk_missing"}
    first, second = both(desk.take(counter(2, children="N/A")))
    assert codes(first) - codes(second) == {"children_placeholder"}


def test_the_other_party_is_the_suspect_what_one_lacks_the_other_says() -> None:
    form = counter(other_party={"safe_contact": {"numbers": ["07700 900555"]}})
    first, second = both(Desk().take(form))
    assert identity_of(second).victim.family_name == "Testcase"
    suspect = identity_of(first).suspect
    assert suspect is not None
    assert suspect.given_names == "Tom"
    assert "07700 900555" not in identity_of(first).model_dump_json()


def test_an_other_party_of_placeholders_is_kept_out_and_marked() -> None:
    said = Desk().told(a_form(suspect=None, other_party={"given_names": "unknown"}))
    assert "other_party_missing" in codes(said)


def test_a_counter_allegation_added_later_is_reported_and_one_left_out_is_cancelled() -> None:
    desk = Desk()
    desk.take(a_form(1))
    first, second = both(desk.take(counter(2)))
    assert isinstance(first, IncidentAmended)
    assert isinstance(second, IncidentReported)
    assert second.first_received_at == desk.now
    amended, dropped = desk.take(a_form(3))
    assert isinstance(amended, IncidentAmended)
    assert isinstance(dropped, IncidentCancelled)
    assert (dropped.incident_id, dropped.version) == (second.incident_id, 2)
    _, again = both(desk.take(counter(4)))
    assert isinstance(again, IncidentAmended)
    assert again.version == 3


def test_a_cancelled_counter_allegation_cancels_both_incidents_once() -> None:
    desk = Desk()
    desk.take(counter(1))
    said = desk.take(a_form(2, "cancelled"))
    assert [type(one) for one in said] == [IncidentCancelled, IncidentCancelled]
    assert len({one.incident_id for one in said if isinstance(one, IncidentCancelled)}) == 2
    [once] = desk.take(a_form(3, "cancelled"))
    assert isinstance(once, IncidentCancelled)


def test_a_late_lower_revision_raises_the_first_incident_alone() -> None:
    desk = Desk()
    desk.take(counter(2, risk=graded("STANDARD")))
    [again] = desk.take(counter(1, risk=graded("HIGH")))
    assert isinstance(again, IncidentAmended)
    assert again.incident_id == incident_id_of(SOURCE, "R1")
