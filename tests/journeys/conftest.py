"""Journeys that several tests look at, each played once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.ops.generate.town import weekend_of
from tests.journeys.playing import TWICE, WEEKENDS, Played, Weekend, play

INCIDENTS = 24
"""Few enough that the whole suite ends in minutes; `onward demo` plays hundreds."""
Towns = Callable[[Weekend], "Town"]


class Town:
    """A town's weekend, its truth, and the journey."""

    def __init__(self, weekend: Weekend, folder: Path, seed: int, bad: int = 0) -> None:
        sent = weekend_of(seed, INCIDENTS, *weekend.span, bad)
        self.lines = [line.as_json() for line in sent.lines]
        self.truth = folder / "truth.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        known = [json.dumps(identity.as_json()) for identity in sorted(sent.truth)]
        self.truth.write_text("\n".join(known) + "\n", "utf-8")
        self.folder = folder

    def play(self) -> Played:
        """Play it once."""
        return play(self.lines, self.folder)


@pytest.fixture(scope="session")
def in_term(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Played]:
    """A weekend in term, played once."""
    town = Town(WEEKENDS[0], tmp_path_factory.mktemp("term"), seed=41)
    return town, town.play()


@pytest.fixture(scope="session")
def in_term_twice(in_term: tuple[Town, Played], tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The same weekend with every record produced twice."""
    return play(in_term[0].lines, tmp_path_factory.mktemp("twice"), command=TWICE)
