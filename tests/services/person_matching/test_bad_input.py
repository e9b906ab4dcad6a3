"""Whatever is written on a form gets an outcome, never an exception."""

from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.identity import ReviewOpened
from contracts.partner import Address, Victim
from services.person_matching.domain.compare import compare
from services.person_matching.domain.features import (
    Features,
    Given,
    features_of,
    from_text,
    to_text,
)
from services.person_matching.domain.keys import keys_of
from tests.services.person_matching.builders import (
    World,
    a_child,
    a_suspect,
    a_victim,
    identified,
    of,
    phones,
)

TODAY = date(2026, 11, 25)
ODD: list[dict[str, Any]] = [
    {"given_names": None, "family_name": None},
    {"given_names": "L", "family_name": "H"},
    {"given_names": "x" * 1000, "family_name": "y" * 1000},
    {"given_names": "Лена 👩‍👧 王小明", "family_name": "Al-ʿAbbās"},
    {"given_names": "😀😀", "family_name": "🙂"},
    {"given_names": "\u202eenaeL\x00", "family_name": "<b>Hartshorn</b>"},
    {"date_of_birth": date(1900, 1, 1)},
    {"date_of_birth": date(2199, 1, 1)},
    {"date_of_birth": date(1066, 10, 14)},
    {"nhs_number": "123"},
    {"nhs_number": "0000000000"},
    {"phones": phones("", "999", "not known", "0" * 400, "+44 (0)7700 900 111")},
    {"emails": ("", "@", "nobody", "a@b")},
    {"address": Address()},
    {"address": Address(lines=("No fixed abode",), postcode="ZZ99 3VZ")},
    {"address": Address(lines=("",) * 50, postcode="not a postcode")},
]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_form_is_given_a_person_and_its_repeat_is_no_failure(odd: dict[str, Any]) -> None:
    world = World()
    world.report("R1", suspect=a_suspect(), children=(a_child(),))
    for reference in ("R2", "R3"):
        assert identified(world.report(reference, victim=a_victim(**odd))).victim_id


@pytest.mark.parametrize("filler", ["Unknown", "N/A", "not known", "test", "BABY", "n.a."])
def test_fillers_are_no_names(filler: str) -> None:
    told = features_of(Given(given_names=filler, family_name=filler), TODAY)
    assert told.call is None
    assert told.surname is None
    assert told.unsaid == ("given_names", "family_name")


def test_never_event_20_a_placeholder_birth_date_is_not_believed() -> None:
    for day in (date(1900, 1, 1), date(1970, 1, 1), date(2027, 1, 1), date(1910, 5, 5)):
        assert features_of(Given(date_of_birth=day), TODAY).birth is None


def test_a_number_that_many_give_proves_nothing_by_itself() -> None:
    world = World()
    for number in range(8):
        told = a_victim(
            given_names="Ann" + "abcdefgh"[number] * 3,
            family_name="Refuge" + "klmnopqr"[number] * 3,
            date_of_birth=None,
            address=None,
            phones=phones("07700 900500"),
        )
        world.report(f"R{number}", victim=told)
    known = identified(
        world.report("R9", victim=Victim(given_names="Annaaa", phones=phones("07700 900500")))
    )
    assert known.match.outcome != "same"


def test_a_child_with_nothing_said_is_somebody_new_and_nobody_asks() -> None:
    empty = a_child(given_names=None, family_name=None, date_of_birth=None, address=None)
    world = World()
    world.report("R1", children=(empty,))
    said = world.report("R2", victim=a_victim(), children=(empty,))
    assert identified(said).children[0].person_id
    assert of(ReviewOpened, said) == []


LINES = st.lists(st.text(max_size=30), max_size=3).map(tuple)
GIVEN = st.builds(
    Given,
    given_names=st.none() | st.text(max_size=60),
    family_name=st.none() | st.text(max_size=60),
    known_as=st.lists(st.text(max_size=30), max_size=3).map(tuple),
    date_of_birth=st.none() | st.dates(),
    sex=st.sampled_from([None, "female", "male", "other"]),
    nhs_number=st.none() | st.text(max_size=12),
    addresses=st.lists(
        st.tuples(
            st.lists(st.text(max_size=30), max_size=3).map(tuple), st.none() | st.text(max_size=9)
        ),
        max_size=2,
    ).map(tuple),
    phones=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    emails=st.lists(st.text(max_size=30), max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(GIVEN, GIVEN)
@example(Given(given_names="Æ"), Given(given_names="A0E"))
def test_anything_can_be_normalised_kept_and_compared_both_ways(one: Given, other: Given) -> None:
    mine, theirs = features_of(one, TODAY), features_of(other, TODAY)
    assert from_text(to_text(mine)) == mine
    assert keys_of(mine) == keys_of(from_text(to_text(mine)))
    assert compare(mine, theirs) == compare(theirs, mine)


@settings(max_examples=60, deadline=None)
@given(GIVEN)
def test_a_record_agrees_with_itself(one: Given) -> None:
    mine = features_of(one, TODAY)
    levels = compare(mine, mine)
    assert not {"differ", "two_names"} & set(levels)


def test_features_of_nothing_are_void() -> None:
    assert Features().is_void
    assert features_of(Given(), TODAY).is_void
