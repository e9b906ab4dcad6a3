"""What must hold whoever is compared with whom, in whatever order their records come."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.partner import Address, Child, Phone, Suspect, Victim
from contracts.vocabulary import MatchOutcome, Sex
from services.person_matching.domain.features import Features, Given, Role, features_of
from tests.services.person_matching.builders import World, identified
from tests.services.person_matching.test_golden_pairs import PAIRS, decided, features

TODAY = date(2026, 11, 25)
OUTCOMES = {outcome.value for outcome in MatchOutcome}
NAMES = st.one_of(
    st.none(),
    st.sampled_from(["", " ", "L", "Unknown", "Baby", "😀", "Лена 王", "Mohammed Ali", "x" * 1000]),
    st.sampled_from(
        ["Leanne", "Leane", "Lee-Anne", "Hartshorn", "O'Neill", "Al-Abbās", "Nowakowska"]
    ),
    st.text(max_size=40),
)
DATES = st.one_of(
    st.none(),
    st.dates(),
    st.sampled_from([date(1900, 1, 1), date(1970, 1, 1), date(1991, 3, 14), date(1991, 1, 1)]),
)
NUMBERS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["07700 900111", "+447700900111", "999", "01709 382121", "0" * 400]),
)
ADDRESSES = st.builds(
    Address,
    lines=st.lists(
        st.one_of(st.text(max_size=30), st.sampled_from(["12 Clifton Lane", "Flat 2", "NFA"])),
        max_size=3,
    ).map(tuple),
    postcode=st.one_of(st.none(), st.text(max_size=9), st.sampled_from(["S65 1AB", "ZZ99 3VZ"])),
)
WRITTEN: dict[str, Any] = {
    "given_names": NAMES,
    "family_name": NAMES,
    "date_of_birth": DATES,
    "sex": st.none() | st.sampled_from(Sex),
    "address": st.none() | ADDRESSES,
    "nhs_number": st.none() | st.text(max_size=12) | st.just("9434765919"),
    "phones": st.lists(st.builds(Phone, number=NUMBERS), max_size=3).map(tuple),
    "emails": st.lists(st.text(max_size=30), max_size=2).map(tuple),
    "known_as": st.lists(st.text(max_size=30), max_size=2).map(tuple),
}


def form(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Whatever may be written on a form about somebody."""
    return st.fixed_dictionaries(WRITTEN).map(kind.model_validate)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(form(Victim), form(Suspect), form(Child)), min_size=1, max_size=3))
def test_whatever_is_written_everybody_gets_an_outcome(
    reports: Sequence[tuple[Victim, Suspect, Child]],
) -> None:
    world = World()
    for place, (victim, suspect, child) in enumerate([*reports, *reports]):
        told = child.model_copy(update={"ref": "c1"})
        said = identified(
            world.report(f"R{place}", victim=victim, suspect=suspect, children=(told,))
        )
        assert said.victim_id
        assert said.match.outcome in OUTCOMES
        assert said.children[0].person_id


GIVEN = st.builds(
    Given,
    given_names=NAMES,
    family_name=NAMES,
    date_of_birth=DATES,
    sex=st.sampled_from([None, "female", "male"]),
    nhs_number=st.sampled_from([None, "9434765919", "4010232137"]),
    addresses=st.sampled_from(
        [(), ((("12 Clifton Lane",), "S65 1AB"),), ((("3 Moorgate",), None),)]
    ),
    phones=st.lists(NUMBERS, max_size=2).map(tuple),
    emails=st.sampled_from([(), ("only.hers@mail.example",), ("hartshorn@mail.example",)]),
    role=st.sampled_from([Role.VICTIM, Role.SUSPECT, Role.OTHER]),
)


@settings(max_examples=300, deadline=None)
@given(GIVEN, GIVEN)
def test_who_is_compared_with_whom_changes_neither_outcome_nor_weight(
    one: Given, other: Given
) -> None:
    mine, theirs = features_of(one, TODAY), features_of(other, TODAY)
    there, back = decided(mine, theirs), decided(theirs, mine)
    assert there.outcome is back.outcome
    assert there.weight == back.weight


PEOPLE = list(
    {
        (pair["one"]["given_names"], pair["one"]["family_name"]): pair["one"]
        for pair in PAIRS
        if {"given_names", "family_name", "date_of_birth", "phones", "address"} <= set(pair["one"])
    }.values()
)


@settings(max_examples=40, deadline=None)
@given(st.permutations([place for place in range(min(len(PEOPLE), 6)) for _ in range(3)]))
def test_the_order_of_arrival_changes_nothing_for_exact_repeats(order: list[int]) -> None:
    world = World()
    found: Counter[tuple[int, str]] = Counter()
    persons = set()
    for place, who in enumerate(order):
        said = identified(world.report(f"R{place}", victim=Victim.model_validate(PEOPLE[who])))
        found[who, said.match.outcome] += 1
        persons.add(said.victim_id)
    assert len(persons) == len(set(order))
    assert found == Counter(
        {(who, outcome): n for who in set(order) for outcome, n in (("new", 1), ("same", 2))}
    )


MORE: dict[str, Any] = {
    "nhs_number": "9434765919",
    "emails": ["only.hers@mail.example"],
    "phones": [{"number": "07700 900999"}],
    "address": {"lines": ["77 Effingham Street"], "postcode": "S65 1BL"},
    "previous_family_names": ["Invented"],
}
MAYBE = [pair for pair in PAIRS if pair["outcome"] != "new"]
SAME = [pair for pair in PAIRS if pair["outcome"] == "same"]


def both(pair: dict[str, Any], more: dict[str, Any]) -> tuple[Features, Features]:
    """The sides of a pair, each with the same further evidence where it has none yet."""
    one, other = pair["one"], pair["other"]
    return features({**more, **one}), features({**more, **other})


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MAYBE), st.sets(st.sampled_from(sorted(MORE))))
def test_evidence_added_to_a_true_pair_never_makes_it_two_people(
    pair: dict[str, Any], more: set[str]
) -> None:
    one, other = both(pair, {name: MORE[name] for name in more})
    assert decided(one, other).outcome is not MatchOutcome.NEW


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SAME), st.sets(st.sampled_from(sorted(MORE)), min_size=1))
def test_evidence_added_on_one_side_alone_never_makes_a_joined_pair_new(
    pair: dict[str, Any], more: set[str]
) -> None:
    said = {name: MORE[name] for name in more if name not in pair["other"]}
    one, other = features({**said, **pair["one"]}), features(pair["other"])
    assert decided(other, one).outcome is not MatchOutcome.NEW
