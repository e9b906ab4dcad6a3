"""Learning what each agreement is worth from records nobody labelled: u by chance, m by EM."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import combinations
from math import log2, prod
from pathlib import Path
from random import Random
from typing import Any

from services.person_matching.domain.compare import Levels, compare, is_somebody_else
from services.person_matching.domain.features import Features
from services.person_matching.domain.keys import keys_of
from services.person_matching.domain.model import COMPARISONS, LEVELS, checksum_of

Shares = dict[str, dict[str, float]]
"""By comparison and level: in what share of pairs it is seen, where neither side is silent."""
BY_CHANCE = 200_000
"""Random pairs, among which matches are too few to matter."""
ROUNDS = 40
SMALLEST = 1e-6
LARGEST_BLOCK = 60
FIRST_M = 0.9


@dataclass(frozen=True)
class Learned:
    """Shares among matches and by chance, and how many of the blocked pairs match."""

    m: Shares
    u: Shares
    matching: float

    @property
    def bits(self) -> dict[str, dict[str, float]]:
        """log2(m/u) of every level that was seen."""
        return {
            name: {
                level: round(log2(max(self.m[name][level], SMALLEST) / self.u[name][level]), 2)
                for level in LEVELS[name]
                if level in self.u[name] and level in self.m[name]
            }
            for name in COMPARISONS
        }


def learn(records: Sequence[Features], seed: int = 1) -> Learned:
    """Learn from unlabelled records."""
    u = shares(by_chance(records, seed))
    patterns = Counter(blocked(records))
    m: Shares = {name: _first_guess(LEVELS[name]) for name in COMPARISONS}
    matching = 0.1
    for _ in range(ROUNDS):
        m, matching = _round(patterns, m, u, matching)
    return Learned(m, u, matching)


def by_chance(records: Sequence[Features], seed: int) -> Counter[Levels]:
    """The levels of random pairs."""
    random = Random(seed)
    found: Counter[Levels] = Counter()
    for _ in range(min(BY_CHANCE, len(records) * len(records))):
        one, other = random.choice(records), random.choice(records)
        if one is not other:
            found[compare(one, other)] += 1
    return found


def blocked(records: Sequence[Features]) -> Iterable[Levels]:
    """The levels of every pair that a key leads to, once each; who is plainly another aside."""
    by_key: dict[int, list[int]] = defaultdict(list)
    for place, features in enumerate(records):
        for key in keys_of(features):
            by_key[key].append(place)
    blocks = (places for places in by_key.values() if len(places) <= LARGEST_BLOCK)
    pairs = {pair for places in blocks for pair in combinations(places, 2)}
    met = ((records[one], records[other]) for one, other in sorted(pairs))
    return (compare(one, other) for one, other in met if not is_somebody_else(one, other))


def shares(patterns: Mapping[Levels, float]) -> Shares:
    """The share of each level among the pairs in which both sides speak."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in COMPARISONS}
    for levels, times in patterns.items():
        for name, level in zip(COMPARISONS, levels, strict=True):
            if level is not None:
                counts[name][level] += times  # type: ignore[assignment]
    return {name: _smoothed(found, LEVELS[name]) for name, found in counts.items()}


def _smoothed(counts: Mapping[str, float], levels: Sequence[str]) -> dict[str, float]:
    total = sum(counts.values())
    if not total:
        return {}
    return {level: (counts.get(level, 0) + 0.1) / (total + 0.1 * len(levels)) for level in levels}


def _first_guess(levels: Sequence[str]) -> dict[str, float]:
    rest = (1 - FIRST_M) / max(len(levels) - 1, 1)
    return {level: FIRST_M if level == levels[0] else rest for level in levels}


def _round(
    patterns: Mapping[Levels, int], m: Shares, u: Shares, matching: float
) -> tuple[Shares, float]:
    weights: dict[Levels, float] = {}
    for levels, times in patterns.items():
        yes, no = matching * _likelihood(levels, m), (1 - matching) * _likelihood(levels, u)
        weights[levels] = times * yes / max(yes + no, 1e-300)
    found = shares(weights)
    kept = {name: found[name] or m[name] for name in COMPARISONS}
    return kept, sum(weights.values()) / max(sum(patterns.values()), 1)


def _likelihood(levels: Levels, shares: Shares) -> float:
    told = zip(COMPARISONS, levels, strict=True)
    return prod(shares[name].get(level, SMALLEST) for name, level in told if level is not None)


def write_model(learned: Learned, base: Mapping[str, Any], version: str, path: Path) -> None:
    """A model file with what was learned; thresholds stay those of the base."""
    content = {**base, "version": version, "bits": learned.bits}
    content["checksum"] = checksum_of(content)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def shipped_content() -> dict[str, Any]:
    """The model file that the service runs with, as it is written."""
    text = (resources.files("services.person_matching.domain") / "model.json").read_text("utf-8")
    content: dict[str, Any] = json.loads(text)
    return content
