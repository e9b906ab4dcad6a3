"""Children of a report: who is who over its revisions, and since when each is named."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.police import PoliceIncident
from services.police_notifications.domain.children import NamedChild, pair
from tests.services.police_notifications.builders import (
    NOON,
    Desk,
    a_child,
    a_form,
    a_person,
    a_victim,
    identity_of,
)


def refs(said: PoliceIncident) -> list[str]:
    """The children's refs, in the order of the report."""
    return [child.child_ref for child in said.children]


def over_revisions(*lists: list[dict[str, Any]]) -> list[list[str]]:
    """The refs that each revision's children got."""
    desk = Desk()
    said = [desk.told(a_form(n, children=children)) for n, children in enumerate(lists, 1)]
    return [refs(one) for one in said]


ZED = a_child()
ANN = a_child(given_names="Ann", date_of_birth="2016-02-02")
TWIN_A = a_child(given_names="Bea", date_of_birth="2017-03-03")
TWIN_B = a_child(given_names="Cal", date_of_birth="2017-03-03")


def test_the_senders_ref_is_kept_and_without_one_the_place_from_1() -> None:
    assert over_revisions([a_child(ref="x-7"), ANN]) == [["x-7", "2"]]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([ZED, ANN], [ANN, ZED], [["1", "2"], ["2", "1"]]),
        ([ZED], [ANN, ZED], [["1"], ["2", "1"]]),
        ([ZED, ANN], [ANN], [["1", "2"], ["2"]]),
        ([TWIN_A, TWIN_B], [TWIN_B, TWIN_A], [["1", "2"], ["2", "1"]]),
        ([TWIN_A, TWIN_B], [TWIN_B], [["1", "2"], ["2"]]),
        ([ZED], [{**ZED, "date_of_birth": "2018-05-05"}], [["1"], ["1"]]),
        ([ZED], [{**ZED, "given_names": "Zedd"}], [["1"], ["1"]]),
        ([ZED], [{**ZED, "given_names": "zéd"}], [["1"], ["1"]]),
        ([ZED], [a_child(given_names="Eve", date_of_birth="2012-12-12")], [["1"], ["2"]]),
        ([{"school_urn": "1"}], [{"school_urn": "1"}], [["1"], ["1"]]),
        ([{"school_urn": "1"}] * 2, [{"school_urn": "1"}], [["1", "2"], ["3"]]),
    ],
)
def test_without_refs_children_are_paired_by_name_or_birth_date_and_never_by_position(
    first: list[Any], second: list[Any], expected: list[list[str]]
) -> None:
    assert over_revisions(first, second) == expected


def test_a_correction_that_is_taken_back_means_the_same_child() -> None:
    other = a_child(given_names="Zoe", date_of_birth="2011-11-11")
    half = {**other, "date_of_birth": ZED["date_of_birth"]}
    assert over_revisions([ZED, ANN], [half, ANN], [other, ANN], [ANN, ZED]) == [
        ["1", "2"],
        ["1", "2"],
        ["1", "2"],
        ["2", "1"],
    ]


def test_what_a_child_is_called_now_comes_before_what_another_was_called() -> None:
    renamed = {**ZED, "given_names": "Zoe"}
    sister = a_child(given_names=ZED["given_names"], date_of_birth="2019-09-09")
    assert over_revisions([ZED], [renamed], [sister, renamed], [renamed, sister]) == [
        ["1"],
        ["1"],
        ["2", "1"],
        ["1", "2"],
    ]


def test_a_child_who_agrees_with_two_others_is_a_new_one() -> None:
    nameless = {key: value for key, value in TWIN_A.items() if key != "given_names"}
    assert over_revisions([TWIN_A, TWIN_B], [nameless]) == [["1", "2"], ["3"]]


def test_two_children_who_agree_with_one_are_both_new() -> None:
    nameless = {key: value for key, value in TWIN_A.items() if key != "given_names"}
    assert over_revisions([TWIN_A], [nameless, nameless]) == [["1"], ["2", "3"]]


def test_refs_hold_whatever_else_changes() -> None:
    renamed = a_child(ref="z", given_names="Other", date_of_birth="2011-01-01")
    assert over_revisions([a_child(ref="z")], [{**ANN, "ref": "a"}, renamed])[1] == ["a", "z"]


def test_a_sender_that_begins_or_stops_to_give_refs_means_the_same_children() -> None:
    assert over_revisions([ZED], [{**ZED, "ref": "z"}], [{**ANN, "ref": "z"}]) == [["1"]] * 3
    assert over_revisions([{**ZED, "ref": "z"}], [ZED]) == [["z"]] * 2


def test_children_with_different_refs_are_different_however_alike() -> None:
    assert over_revisions([{**ZED, "ref": "a"}], [{**ZED, "ref": "b"}]) == [["a"], ["b"]]


def test_a_place_never_takes_anothers_ref() -> None:
    assert over_revisions([{**ZED, "ref": "2"}, ANN]) == [["2", "3"]]
    assert over_revisions([{**ZED, "ref": "z"}, {**ANN, "ref": "z"}]) == [["z", "2"]]


def test_no_child_takes_the_victims_place() -> None:
    said = Desk().told(
        a_form(victim=a_victim(date_of_birth="2012-01-01"), children=[{**ZED, "ref": "victim"}])
    )
    assert refs(said) == ["1", "victim"]


def test_a_left_out_child_that_comes_back_is_the_same_one() -> None:
    assert over_revisions([ZED, ANN], [ANN], [ANN, ZED]) == [["1", "2"], ["2"], ["2", "1"]]


def test_first_named_is_the_revision_that_first_named_the_child_and_its_school() -> None:
    desk = Desk()
    first, moved, back = (
        desk.told(a_form(n, children=[a_child(ref="z", school_urn=urn)]))
        for n, urn in enumerate(("111", "222", "111"), 1)
    )
    assert {child.first_named_at for said in (first, moved, back) for child in said.children} == {
        first.received_at
    }
    assert moved.children[0].schools_named_at == {"222": moved.received_at}
    assert back.children[0].schools_named_at == {"111": first.received_at}


def test_every_school_of_a_dually_registered_child_is_named() -> None:
    child = a_child(other_school_urns=["222", "106845"])
    said = Desk().told(a_form(children=[child]))
    assert set(said.children[0].schools_named_at) == {"106845", "222"}


def test_a_late_lower_revision_names_no_child() -> None:
    desk = Desk()
    desk.take(a_form(2, children=[ZED]))
    desk.take(a_form(1, children=[ANN], risk={"officer_grade": "HIGH"}))
    assert refs(desk.told(a_form(3, children=[ANN]))) == ["2"]


def test_a_present_revision_said_again_keeps_every_childs_ref() -> None:
    desk = Desk()
    twins = [{"date_of_birth": "2017-03-03"}] * 2
    first = desk.told(a_form(2, children=twins))
    again = desk.told(a_form(1, risk={"officer_grade": "HIGH"}))
    assert refs(again) == refs(first) == ["1", "2"]


# Victims under 18


def test_a_victim_under_18_is_one_more_child_who_is_present() -> None:
    victim = a_victim(date_of_birth="2011-01-01", education="registered", school_urn="333")
    said = Desk().told(a_form(victim=victim, children=[ZED]))
    zed, herself = said.children
    assert (zed.child_ref, herself.child_ref) == ("1", "victim")
    assert (herself.present, herself.age_band) == (True, "13_to_15")
    assert (herself.school_urn, herself.education) == ("333", "registered")
    assert herself.schools_named_at == {"333": said.received_at}
    assert said.victim_age_band == "13_to_15"
    assert set(identity_of(said).children) == {"1"}
    assert set(said.sealed.schools) == {"1", "victim"}


@pytest.mark.parametrize("born", ["2008-11-27", None])
def test_a_victim_of_18_or_of_unknown_age_is_no_child(born: str | None) -> None:
    assert refs(Desk().told(a_form(victim=a_victim(date_of_birth=born)))) == []


def test_an_other_party_under_18_is_the_child_of_the_second_incident() -> None:
    party = a_person(given_names="Tom", date_of_birth="2010-01-01", school_urn="444")
    first, second = Desk().take(a_form(suspect=None, other_party=party, children=[ZED]))
    assert isinstance(first, PoliceIncident)
    assert isinstance(second, PoliceIncident)
    assert (refs(first), refs(second)) == (["1"], ["victim"])
    assert second.children[0].school_urn == "444"


def test_an_unborn_child_is_said_to_be_one() -> None:
    said = Desk().told(a_form(children=[{"unborn": True}]))
    assert (said.children[0].age_band, said.children[0].unborn) == ("unborn", True)


def test_what_is_not_said_of_a_child_is_absent() -> None:
    child = Desk().told(a_form(children=[{}])).children[0]
    assert (child.present, child.witnessed, child.injured, child.education) == (None,) * 4
    assert child.age_band == "unknown"


NAMED = st.builds(
    NamedChild,
    place=st.just(0),
    ref=st.sampled_from([None, None, "a", "1", "2", "victim"]),
    given_names=st.sampled_from([None, "Zed", "Ann", "ann"]),
    date_of_birth=st.sampled_from([None, NOON.date(), NOON.date() - timedelta(days=9)]),
    schools=st.sampled_from([(), ("1",), ("1", "2")]),
)
LISTS = st.lists(st.lists(NAMED, max_size=4), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(LISTS)
def test_every_child_has_a_ref_of_its_own_whatever_is_sent(lists: list[list[NamedChild]]) -> None:
    known: Any = ()
    for number, named in enumerate(lists):
        placed = [NamedChild(n, c.ref, c.given_names, c.date_of_birth, c.schools)
                  for n, c in enumerate(named, 1)]  # fmt: skip
        pairing = pair(known, placed, NOON + timedelta(hours=number))
        assert len(set(pairing.refs)) == len(placed)
        assert "victim" not in pairing.refs
        assert {child.child_ref for child in known} <= {c.child_ref for c in pairing.known}
        known = pairing.known


def test_a_victim_of_unknown_age_is_told_apart_as_the_child_that_she_may_be() -> None:
    school = {"education": "registered", "school_urn": "333"}
    said = Desk().told(a_form(victim=a_victim(date_of_birth=None, **school)))
    herself = said.victim_if_child
    assert herself is not None
    assert (herself.child_ref, herself.age_band, herself.present) == ("victim", "unknown", True)
    assert (herself.education, herself.school_urn) == ("registered", "333")
    assert (refs(said), set(said.sealed.schools)) == ([], {"victim"})


@pytest.mark.parametrize("born", ["1991-03-14", "2011-01-01"])
def test_a_victim_whose_age_is_told_is_no_child_that_she_may_be(born: str) -> None:
    assert Desk().told(a_form(victim=a_victim(date_of_birth=born))).victim_if_child is None


def test_a_victim_of_unknown_age_keeps_her_time_until_a_revision_tells_her_age() -> None:
    desk = Desk()
    unknown = a_victim(date_of_birth=None, school_urn="333")
    first, second = (desk.told(a_form(number, victim=unknown)) for number in (1, 2))
    assert first.victim_if_child == second.victim_if_child
    told = desk.told(a_form(3, victim=unknown | {"date_of_birth": "2011-01-01"}))
    [herself] = told.children
    assert herself.first_named_at == told.received_at
    assert herself.schools_named_at == {"333": told.received_at}
