"""The quick look at stored fields leaves out exactly those whom the whole look leaves out."""

import json
from collections import defaultdict
from functools import cache
from itertools import combinations, product
from random import Random
from uuid import UUID

import pytest

from services.ops.matching.lines import parties_of
from services.ops.matching.worlds import a_world
from services.person_matching.domain.decide import is_another
from services.person_matching.domain.evidence import Candidate, Setting, weigh
from services.person_matching.domain.features import Features, to_text
from services.person_matching.domain.keys import keys_of
from services.person_matching.domain.model import shipped_model
from services.person_matching.domain.screen import Screen
from services.person_matching.domain.spelling import KEPT, spelling

KNOWN = UUID(int=1)


@cache
def a_town() -> list[Features]:
    """Everybody who comes in, as compared."""
    reports = parties_of(a_world(31, 1500).incoming)
    return [party.as_told for report in reports for party in report]


@cache
def met() -> dict[int, list[int]]:
    """By record: the others to whom a key leads."""
    led = defaultdict(set)
    for place, features in enumerate(a_town()):
        for key in keys_of(features):
            led[key].add(place)
    near: dict[int, set[int]] = defaultdict(set)
    for places in led.values():
        for one, other in combinations(sorted(places), 2):
            near[one].add(other)
            near[other].add(one)
    return {one: sorted(others) for one, others in near.items()}


def may_matter(record: Features, known: Candidate, setting: Setting) -> bool:
    """Whether a known person could still be the same or be asked about: the whole look."""
    weight = weigh(record, known, own=False, setting=setting).weight
    return weight >= setting.model.looked_at_from and not is_another(record, known)


def agrees(record: Features, theirs: list[Features], setting: Setting, screen: Screen) -> bool:
    """Whether both looks say the same of a person with these records, and what."""
    stored = [json.loads(to_text(each)) for each in theirs]
    whole = may_matter(record, Candidate(KNOWN, tuple(theirs)), setting)
    assert screen.lets_through(stored) is whole, (record, theirs)
    return whole


@pytest.mark.parametrize("known", [0, 1_000_000])
def test_a_person_of_one_record_is_let_through_exactly_where_they_may_matter(known: int) -> None:
    town, setting = a_town(), Setting(shipped_model(), known)
    said = []
    for one, others in met().items():
        screen = Screen(town[one], setting)
        said += [agrees(town[one], [town[other]], setting, screen) for other in others]
    assert 0.01 < sum(said) / len(said) < 0.9


def test_a_person_of_several_records_is_let_through_exactly_where_they_may_matter() -> None:
    town, setting, random = a_town(), Setting(shipped_model(), 1_000_000), Random(7)
    for one, others in met().items():
        screen = Screen(town[one], setting)
        for _ in range(3):
            theirs = random.sample(others, min(len(others), random.choice([2, 3])))
            agrees(town[one], [town[other] for other in theirs], setting, screen)


def test_anybody_at_all_is_let_through_exactly_where_they_may_matter() -> None:
    town, setting, random = a_town(), Setting(shipped_model(), 20_000), Random(8)
    for record in random.sample(town, 200):
        screen = Screen(record, setting)
        for other in random.sample(town, 60):
            agrees(record, [other], setting, screen)


def test_letters_that_tell_spellings_apart_early_are_in_a_name_and_its_spelling_alike() -> None:
    names = {name for one in a_town() for name in (one.call, one.joined, one.surname) if name}
    assert len(names) > 300
    for name in names | {"".join(pair) for pair in product("abcdefghijklmnopqrstuvwxyz", repeat=2)}:
        assert KEPT.intersection(name) == KEPT.intersection(spelling(name)), name
