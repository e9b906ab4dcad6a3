"""The schools that children of the town go to."""

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

from services.ops.generate.times import REFERENCE

SAMPLE = REFERENCE / "gias_sample_rotherham_sheffield.csv"
AUTHORITIES = {"rotherham": "372", "sheffield": "373"}


@dataclass(frozen=True)
class School:
    """A school as the register has it."""

    urn: str
    authority: str
    ages: range


def read_schools(path: Path = SAMPLE) -> tuple[School, ...]:
    """The schools of the register that are open."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Status"].startswith("Open")]
    return tuple(_school(row) for row in rows)


def school_for(chance: Random, schools: tuple[School, ...], area: str, age: int) -> School | None:
    """A school of the area for that age; past the oldest class of the sample there is none."""
    fits = [
        school for school in schools if school.authority == AUTHORITIES[area] and age in school.ages
    ]
    return chance.choice(fits) if fits else None


def _school(row: dict[str, str]) -> School:
    ages = range(int(row["StatutoryLowAge"]), int(row["StatutoryHighAge"]))
    return School(row["URN"], row["LA_code"], ages)
