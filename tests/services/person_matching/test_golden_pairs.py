"""Two hundred pairs of invented people, each with the outcome and weight it must have."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from contracts.vocabulary import ONWARD, MatchOutcome
from services.ops.matching.lines import party_of
from services.person_matching.domain.decide import Decision, Ties, decide
from services.person_matching.domain.evidence import Candidate, Setting
from services.person_matching.domain.features import Features
from services.person_matching.domain.keys import keys_of
from services.person_matching.domain.model import shipped_model

PAIRS = [
    json.loads(line)
    for line in Path(__file__).with_name("golden_pairs.jsonl").read_text("utf-8").splitlines()
]
SETTING = Setting(shipped_model(), 0)
KNOWN = UUID(int=1)
MORE: dict[str, Any] = {
    "nhs_number": "9434765919",
    "emails": ["only.hers@mail.example"],
}


def features(told: dict[str, Any]) -> Features:
    """A side of a pair as compared."""
    return party_of({"record_id": "1", "role": "victim", **told}).as_told


def decided(record: Features, *known: Features) -> Decision:
    """What is decided about a record where these are known, each a person."""
    candidates = [
        Candidate(uuid5(ONWARD, str(place)) if place else KNOWN, (other,))
        for place, other in enumerate(known)
    ]
    return decide(record, candidates, SETTING, Ties())


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["pair"])
def test_a_golden_pair_is_decided_as_it_must_be(pair: dict[str, Any]) -> None:
    found = decided(features(pair["other"]), features(pair["one"]))
    assert found.outcome == pair["outcome"]
    assert found.weight == pair["weight"]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["pair"])
def test_it_does_not_matter_which_of_a_pair_came_first(pair: dict[str, Any]) -> None:
    one, other = features(pair["one"]), features(pair["other"])
    assert decided(one, other).outcome is decided(other, one).outcome


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["pair"])
def test_more_evidence_for_a_true_pair_never_makes_it_new(pair: dict[str, Any]) -> None:
    if pair["outcome"] == "new":
        return
    one, other = features({**pair["one"], **MORE}), features({**pair["other"], **MORE})
    assert decided(one, other).outcome is not MatchOutcome.NEW


def test_whoever_may_be_the_same_shares_a_key() -> None:
    for pair in PAIRS:
        if pair["outcome"] != "new":
            shared = keys_of(features(pair["one"])) & keys_of(features(pair["other"]))
            assert shared, pair["pair"]


def test_a_rival_who_fits_nearly_as_well_leaves_it_to_a_human() -> None:
    pair = PAIRS[0]
    twice = features(pair["one"])
    assert decided(features(pair["other"]), twice).outcome is MatchOutcome.SAME
    assert decided(features(pair["other"]), twice, twice).outcome is MatchOutcome.REVIEW


def test_every_veto_is_met_by_some_pair_or_said_in_words() -> None:
    reasons = {
        ground.sentence
        for pair in PAIRS
        for ground in decided(features(pair["other"]), features(pair["one"])).grounds
    }
    assert len(reasons) >= 8
    assert all(sentence.endswith(".") for sentence in reasons)


def test_a_party_who_only_may_be_a_relative_does_not_stand_in_for_a_contact() -> None:
    namesake = features(
        {"given_names": "Philip", "family_name": "Ashdown", "date_of_birth": "2013-05-17"}
    )
    hinted = Setting(shipped_model(), 60_000, hinted=frozenset({KNOWN}))
    decision = decide(namesake, [Candidate(KNOWN, (namesake,))], hinted, Ties())
    assert decision.outcome is MatchOutcome.REVIEW
    assert "name_and_birth_alone" in {ground.code for ground in decision.grounds}
