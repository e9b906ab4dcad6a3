"""Pairs that somebody scored, judged: at a threshold, at the best one, and with none wrong."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from math import inf

Pair = tuple[float, str, str]
"""Bits that speak for the two being one person, and their names in order."""
Truth = AbstractSet[tuple[str, str]]


@dataclass(frozen=True)
class Linked:
    """How well pairs were found."""

    precision: float
    recall: float
    f1: float
    best_f1: float
    """At whatever threshold suits best, which only the labels tell."""
    recall_without_false: float
    """Of the true pairs, those scored higher than any false one."""

    def as_json(self) -> dict[str, float]:
        """The figures by name."""
        return {name: round(value, 5) for name, value in vars(self).items()}


def judged(pairs: Iterable[Pair], truth: Truth, at_least: float = -inf) -> Linked:
    """The figures of pairs, of which those from so many bits are linked."""
    told = list(pairs)
    steps = list(_steps(told, truth))
    taken = [step for step in steps if step.bits >= at_least]
    right, linked = (taken[-1].right, taken[-1].linked) if taken else (0, 0)
    none_wrong = [step.right for step in steps if step.right == step.linked]
    return Linked(
        precision=right / max(linked, 1),
        recall=right / len(truth),
        f1=_f1(right, linked, len(truth)),
        best_f1=max((_f1(step.right, step.linked, len(truth)) for step in steps), default=0.0),
        recall_without_false=max(none_wrong, default=0) / len(truth),
    )


@dataclass(frozen=True)
class _Step:
    """All pairs from so many bits: how many, and how many of them are right."""

    bits: float
    linked: int
    right: int


def _steps(pairs: Iterable[Pair], truth: Truth) -> Iterator[_Step]:
    linked = right = 0
    for bits, group in groupby(sorted(pairs, reverse=True), key=lambda pair: pair[0]):
        found = [(one, other) in truth for _, one, other in group]
        linked, right = linked + len(found), right + sum(found)
        yield _Step(bits, linked, right)


def _f1(right: int, linked: int, true: int) -> float:
    return 2 * right / max(linked + true, 1)


def best_of_each_other(pairs: Sequence[Pair]) -> list[Pair]:
    """Of the pairs, those in which each is the other's best."""
    best: dict[str, Pair] = {}
    for pair in pairs:
        for name in pair[1:]:
            best[name] = max(best.get(name, pair), pair)
    return [pair for pair in pairs if best[pair[1]] == pair == best[pair[2]]]
