"""The words an invented town is made of: names by origin, nicknames, spellings, streets."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Origin:
    """Where a family's names come from, and how many of a hundred families do."""

    share: int
    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]

    def given(self, female: bool) -> tuple[str, ...]:
        """Given names; `|` stands between the parts of one."""
        return self.female if female else self.male


@cache
def _read() -> dict[str, Any]:
    text = (resources.files(__package__) / "names.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


@cache
def origins() -> dict[str, Origin]:
    """Every origin by its name."""
    return {name: _origin(told) for name, told in _read()["origins"].items()}


def _origin(told: dict[str, Any]) -> Origin:
    names = {part: tuple(told[part].split()) for part in ("female", "male", "family")}
    return Origin(share=told["share"], **names)


@cache
def streets() -> tuple[str, ...]:
    """Streets of the town."""
    return tuple(_read()["streets"])


@cache
def nicknames() -> dict[str, str]:
    """What somebody may be called instead."""
    return dict(_read()["nicknames"])


@cache
def spellings() -> tuple[tuple[str, str], ...]:
    """What is written in another way by another hand."""
    return tuple((one, other) for one, other in _read()["spellings"])
