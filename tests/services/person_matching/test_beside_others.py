"""FEBRL and invented towns are judged alike for Onward and for others' matchers."""

from dataclasses import replace

import pytest

from services.ops.matching import town_peers
from services.ops.matching.beside import PEERS
from services.ops.matching.febrl import FebrlSet, febrl, person_of, tables_of
from services.ops.matching.judging import judge
from services.ops.matching.own import Own
from services.ops.matching.pairs import best_of_each_other, judged
from services.ops.matching.worlds import World, a_world


@pytest.fixture(scope="module")
def given() -> FebrlSet:
    return febrl(1)


@pytest.fixture(scope="module")
def own(given: FebrlSet) -> Own:
    """The records of the first hundred persons, without the number."""
    people = sorted({person_of(name) for name in given.rows})[:100]
    rows = {name: row for name, row in given.rows.items() if person_of(name) in people}
    return Own.of(replace(given, rows=rows).without_number())


def test_a_threshold_links_what_is_scored_so_high_and_the_best_one_needs_the_labels() -> None:
    pairs = [(9.0, "a", "b"), (5.0, "c", "d"), (1.0, "c", "x")]
    truth = {("a", "b"), ("c", "d")}
    assert judged(pairs, truth, at_least=6).recall == 0.5
    found = judged(pairs, truth)
    assert (found.precision, found.recall) == (2 / 3, 1.0)
    assert (found.best_f1, found.recall_without_false) == (1.0, 1.0)


def test_a_true_pair_scored_as_high_as_a_false_one_is_not_found_before_it() -> None:
    found = judged([(5.0, "a", "b"), (5.0, "c", "x")], {("a", "b")})
    assert found.recall_without_false == 0.0


def test_of_pairs_only_each_others_best_are_kept() -> None:
    pairs = [(9.0, "a", "b"), (5.0, "a", "c"), (4.0, "c", "d")]
    assert best_of_each_other(pairs) == [(9.0, "a", "b")]


def test_the_four_sets_hold_the_true_pairs_that_they_are_known_for() -> None:
    assert [len(febrl(which).truth) for which in (1, 2, 3, 4)] == [500, 1934, 6538, 5000]
    linking = febrl(4)
    assert [len(table) for table in tables_of(linking)] == [5000, 5000]
    assert not linking.may_pair(*sorted(linking.known)[:2])


def test_without_the_number_no_matcher_sees_it(own: Own) -> None:
    assert all("soc_sec_id" not in row for row in own.given.rows.values())
    assert all(told.nhs is None for told in own.features.values())


def test_febrl_decided_record_by_record_makes_no_two_people_one(own: Own) -> None:
    owners = {name: person_of(name) for name in own.given.rows}
    figures = judge([], own.decided(), owners, {})[""]
    assert figures.counts["again"] == 100
    assert figures.counts["false"] == 0
    assert figures.counts["joined"] > figures.counts["split"]


def test_every_pair_that_a_key_leads_to_is_weighed_once(own: Own) -> None:
    pairs = own.scored()
    assert len({pair[1:] for pair in pairs}) == len(pairs)
    assert judged(pairs, own.given.truth).best_f1 > 0.95


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_finds_most_pairs_of_the_same_set_without_labels(peer: str, given: FebrlSet) -> None:
    found = judged(PEERS[peer](given), given.truth, at_least=0.0)
    assert found.f1 > 0.95


def a_town_of_two() -> World:
    lines = [
        {"record_id": name, "role": "victim", "report": report}
        for name, report in (("k", "1"), ("a", "2"), ("b", "2"), ("c", "3"))
    ]
    truth = {"k": "p", "a": "p", "b": "q", "c": "r"}
    return World(known=lines[:1], incoming=lines[1:], truth=truth, origin={})


def test_a_peer_is_asked_for_the_best_earlier_record_of_another_report() -> None:
    pairs = [(20.0, "a", "b"), (9.0, "a", "k"), (8.0, "b", "k"), (3.0, "b", "c")]
    best = town_peers.best_earlier(a_town_of_two(), pairs)
    assert {name: found.other for name, found in best.items()} == {"a": "k", "b": "k", "c": "b"}


def test_a_peers_threshold_is_set_in_its_favour_where_nobody_is_joined_wrongly() -> None:
    pairs = [(9.0, "a", "k"), (8.0, "b", "k"), (3.0, "b", "c")]
    usual, none_wrong, asking = town_peers.judged(a_town_of_two(), pairs, split=0.0)
    assert (usual.figures.counts["false"], usual.figures.automatic) == (1, 1.0)
    assert (none_wrong.figures.counts["false"], none_wrong.figures.automatic) == (0, 1.0)
    assert asking.figures.human == 0.0


def test_a_town_is_flattened_to_the_columns_that_peers_compare() -> None:
    world = a_world(seed=4, records=50)
    told = town_peers.flat(replace(world, known=[]))
    assert len(told) == len(world.incoming)
    assert {frozenset(row) for row in told.values()} == {
        frozenset((*town_peers.COLUMNS, *town_peers.REACHED))
    }
