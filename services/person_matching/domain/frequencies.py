"""How common a name is: whether a one-letter difference is a slip or another real name."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from math import log2

REAL = 50
"""Borne by so many in a million, a spelling is a name of its own."""
COMMON = 1000
"""Borne by so many in a million, two names of one family are two people."""


@cache
def _frequencies() -> Mapping[str, Mapping[str, int]]:
    text = (resources.files(__package__) / "names.json").read_text(encoding="utf-8")
    read = json.loads(text)
    return {part: _by_name(read[part]) for part in ("forenames", "surnames")}


def _by_name(lines: Mapping[str, str]) -> dict[str, int]:
    return {name: int(count) for count, names in lines.items() for name in names.split()}


def forename_per_million(name: str) -> int:
    """How many in a million bear this forename; 0 where it is not in the list."""
    return _frequencies()["forenames"].get(name, 0)


def surname_per_million(name: str) -> int:
    """How many in a million bear this surname; 0 where it is not in the list."""
    return _frequencies()["surnames"].get(name, 0)


def adjustment(per_million: int, average: float, least: float, most: float) -> float:
    """Bits that a name is worth beyond an average one; rare names prove more, within bounds."""
    if per_million <= 0:
        return 0.0
    return max(least, min(most, log2(average / per_million)))
