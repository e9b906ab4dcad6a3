"""Splink on the same records: Fellegi-Sunter on DuckDB, learned by EM without labels."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from services.ops.matching.febrl import NUMBER, FebrlSet, Flat, columns_of, tables_of
from services.ops.matching.pairs import Pair

SEED = 1
SAMPLED = 1e6


@dataclass(frozen=True)
class Plan:
    """What Splink must be told: comparisons, blocks to predict in and to learn in, sure rules."""

    comparisons: Sequence[Any]
    blocks: Sequence[Any]
    learn_in: Sequence[Any]
    sure: Sequence[Any]
    recall: float


def link_febrl(given: FebrlSet) -> list[Pair]:
    """The pairs of a FEBRL set, compared much as Splink's own examples for these sets do."""
    return link(tables_of(given), febrl_plan(NUMBER in columns_of(given)))


def febrl_plan(with_number: bool) -> Plan:
    """Names, birth date, street number and postcode; the number where it is given."""
    import splink.comparison_library as compare
    from splink import block_on

    turned = "l.given_name = r.surname and l.surname = r.given_name"
    number = [compare.DamerauLevenshteinAtThresholds(NUMBER, [1, 2])] if with_number else []
    by_number = [block_on(NUMBER)] if with_number else []
    return Plan(
        comparisons=[
            compare.NameComparison("given_name").configure(term_frequency_adjustments=True),
            compare.NameComparison("surname").configure(term_frequency_adjustments=True),
            compare.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            *number,
            compare.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            compare.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(
                term_frequency_adjustments=True
            ),
        ],
        blocks=[
            *by_number,
            *(block_on(column) for column in ("given_name", "surname", "date_of_birth")),
            block_on("postcode"),
            block_on("street_number", "address_1"),
            turned,
        ],
        learn_in=[block_on("date_of_birth"), block_on("postcode")],
        sure=[*by_number, block_on("given_name", "surname", "date_of_birth")],
        recall=0.8 if with_number else 0.5,
    )


def link(tables: Sequence[Flat], plan: Plan) -> list[Pair]:
    """Learn without labels and score every blocked pair: within one table, or across two."""
    from splink import DuckDBAPI, Linker, SettingsCreator

    api = DuckDBAPI()
    registered = [api.register(_listed(table)) for table in tables]
    kind: Literal["dedupe_only", "link_only"] = "dedupe_only" if len(tables) == 1 else "link_only"
    settings = SettingsCreator(
        link_type=kind,
        comparisons=list(plan.comparisons),
        blocking_rules_to_generate_predictions=list(plan.blocks),
        retain_matching_columns=False,
    )
    linker = Linker(registered, settings, log_level=logging.ERROR)
    training = linker.training
    training.estimate_probability_two_random_records_match(list(plan.sure), recall=plan.recall)
    training.estimate_u_using_random_sampling(max_pairs=SAMPLED, seed=SEED)
    for block in plan.learn_in:
        # Where a level hardly ever agrees its learning may underflow; other blocks tell then.
        with suppress(ValueError):
            training.estimate_parameters_using_expectation_maximisation(
                block, record_sample_proportion=1.0
            )
    return _pairs(linker.inference.predict())


def _listed(table: Flat) -> list[dict[str, str | None]]:
    return [{"unique_id": name, **row} for name, row in table.items()]


def _pairs(found: Any) -> list[Pair]:
    columns = found.as_dict()
    ids = zip(columns["unique_id_l"], columns["unique_id_r"], strict=True)
    weights = columns["match_weight"]
    return [(float(bits), *sorted(pair)) for bits, pair in zip(weights, ids, strict=True)]
