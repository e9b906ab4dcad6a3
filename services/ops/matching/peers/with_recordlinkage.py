"""The recordlinkage toolkit on the same records: its ECM classifier, learned without labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from services.ops.matching.febrl import NUMBER, FebrlSet, Flat, columns_of, tables_of
from services.ops.matching.pairs import Pair

NAME_LIKE = 0.85
"""Jaro-Winkler from which its own examples take two names to agree."""
LEAST = 1e-300


@dataclass(frozen=True)
class Plan:
    """What is compared how, and in which blocks."""

    exact: Sequence[str]
    near: Mapping[str, str]
    """By column, the method by which it may nearly agree."""
    blocks: Sequence[Sequence[str]]


def link_febrl(given: FebrlSet) -> list[Pair]:
    """The pairs of a FEBRL set."""
    return link(tables_of(given), febrl_plan(NUMBER in columns_of(given)))


def febrl_plan(with_number: bool) -> Plan:
    """Names and address nearly, birth date, state, postcode and number exactly."""
    exact = ["date_of_birth", "state", "postcode", "street_number", "suburb"]
    names = {"given_name": "jarowinkler", "surname": "jarowinkler"}
    single = ["given_name", "surname", "date_of_birth", "postcode"]
    return Plan(
        exact=[*exact, NUMBER] if with_number else exact,
        near={**names, "address_1": "levenshtein"},
        blocks=[[column] for column in ([*single, NUMBER] if with_number else single)],
    )


def link(tables: Sequence[Flat], plan: Plan) -> list[Pair]:
    """Learn without labels and score every blocked pair: within one table, or across two."""
    import recordlinkage

    frames = [_frame(table) for table in tables]
    indexer = recordlinkage.Index()
    for block in plan.blocks:
        indexer.block(list(block))
    compare = recordlinkage.Compare()
    for column in plan.exact:
        compare.exact(column, column, label=column)
    for column, method in plan.near.items():
        compare.string(column, column, method=method, threshold=NAME_LIKE, label=column)
    levels = compare.compute(indexer.index(*frames), *frames)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(levels)
    return [
        (_bits(float(chance)), *sorted(pair)) for pair, chance in classifier.prob(levels).items()
    ]


def _frame(table: Flat) -> Any:
    from pandas import DataFrame  # type: ignore[import-untyped]

    return DataFrame.from_dict({name: dict(row) for name, row in table.items()}, orient="index")


def _bits(chance: float) -> float:
    return log2(max(chance, LEAST)) - log2(max(1 - chance, LEAST))
