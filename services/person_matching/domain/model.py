"""The learned model: what each agreement is worth in bits, validated when it is read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from services.person_matching.domain.features import NORM_VERSION

LEVELS: Mapping[str, tuple[str, ...]] = {
    "forename": ("exact", "nickname", "typo", "two_names", "initial", "swapped", "differ"),
    "surname": ("exact", "alias", "typo", "differ"),
    "birth": ("exact", "swapped", "first_of_year", "digit", "year", "differ"),
    "address": ("number", "line", "postcode", "outcode", "differ"),
    "mobile": ("exact", "digit", "differ"),
    "landline": ("exact", "digit"),
    "email": ("exact", "household", "differ"),
    "nhs": ("exact", "differ"),
    "middle": ("exact", "differ"),
    "sex": ("exact", "differ"),
}
"""Every comparison and its levels; what is missing on a side weighs nothing."""
COMPARISONS = tuple(LEVELS)


class ModelWrong(Exception):  # noqa: N818
    """The model file cannot be used; the message names what is wrong with it."""


@dataclass(frozen=True, eq=False)
class Model:
    """Bits per level, thresholds, and what made them; a model is the same as itself only."""

    version: str
    norm_version: int
    bits: Mapping[str, Mapping[str, float]]
    same_from: float
    new_below: float
    looked_at_from: float
    """Bits below which nobody whom a key leads to is loaded, hint or no hint."""
    ahead_by: float
    least_known: int
    family: float
    family_at_home: float
    first_of_january: float
    child_and_adult: float
    hinted: float
    name_alone: float
    name_of_one_alone: float
    namesakes_expected: float
    most_namesakes: float
    forename_average: float
    surname_average: float
    most_adjustment: float
    most_reward: float
    checksum: str

    def of(self, comparison: str, level: str) -> float:
        """Bits of a level; one never seen in training weighs nothing."""
        return self.bits[comparison].get(level, 0.0)

    @property
    def unseen(self) -> tuple[str, ...]:
        """Levels that training never saw."""
        return tuple(
            f"{comparison}/{level}"
            for comparison, levels in LEVELS.items()
            for level in levels
            if level not in self.bits[comparison]
        )


def checksum_of(content: Mapping[str, Any]) -> str:
    """The checksum over everything but itself."""
    rest = {name: value for name, value in content.items() if name != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def read_model(path: Path | None = None) -> Model:
    """The model of a file, by default the one shipped; ModelWrong where it is at fault."""
    text = path.read_text(encoding="utf-8") if path else _shipped()
    try:
        content = json.loads(text)
    except json.JSONDecodeError as fault:
        raise ModelWrong(f"the model is not JSON: {fault}") from fault
    _check(content)
    settings = {name: content[name] for name in content if name != "about"}
    try:
        return Model(**settings)
    except TypeError as fault:
        raise ModelWrong(f"the model's fields are not those expected: {fault}") from fault


@cache
def shipped_model() -> Model:
    """The model that the service runs with."""
    return read_model()


def _shipped() -> str:
    return (resources.files(__package__) / "model.json").read_text(encoding="utf-8")


def _check(content: Any) -> None:
    if not isinstance(content, dict) or "bits" not in content:
        raise ModelWrong("the model has no bits")
    if content.get("checksum") != checksum_of(content):
        raise ModelWrong("the model's checksum does not fit its content")
    if content.get("norm_version") != NORM_VERSION:
        raise ModelWrong(f"the model was learned with another normalising than {NORM_VERSION}")
    unknown = set(content["bits"]) ^ set(LEVELS)
    if unknown:
        raise ModelWrong(f"the model's comparisons differ: {', '.join(sorted(unknown))}")
    for comparison, levels in content["bits"].items():
        strange = set(levels) - set(LEVELS[comparison])
        if strange:
            raise ModelWrong(f"{comparison} has unknown levels: {', '.join(sorted(strange))}")
