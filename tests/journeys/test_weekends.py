"""Unseen towns on several weekends hold every promise, judged by an independent checker."""

from pathlib import Path

import pytest

from tests.journeys.checker import findings
from tests.journeys.conftest import Town
from tests.journeys.playing import WEEKENDS, Played, Weekend, answered, differences, leaks, play

pytestmark = pytest.mark.timeout(600)


def judged(town: Town, played: Played) -> list[str]:
    """What is wrong with a journey."""
    assert played.report, played.said
    return findings(played.lines, played.folder, played.report, truth=town.truth)


def test_a_weekend_in_term_holds(in_term: tuple[Town, Played]) -> None:
    town, played = in_term
    assert judged(town, played) == []
    assert played.code == 0, played.said


@pytest.mark.parametrize("weekend", WEEKENDS[1:], ids=lambda weekend: weekend.name)
def test_an_unseen_weekend_holds(weekend: Weekend, tmp_path: Path) -> None:
    town = Town(weekend, tmp_path, seed=len(weekend.name))
    played = town.play()
    assert judged(town, played) == []
    assert played.code == 0, played.said


def test_a_town_that_answers_holds(in_term: tuple[Town, Played], tmp_path: Path) -> None:
    town, first = in_term
    played = play(answered(first), tmp_path)
    assert judged(town, played) == []
    assert played.code == 0, played.said


def test_redelivery_of_every_message_changes_no_outcome(
    in_term: tuple[Town, Played], in_term_twice: Played
) -> None:
    assert [one for one in in_term_twice.broken if not one.startswith("said twice")] == []
    assert differences(in_term[1].dump, in_term_twice.dump) == []


def test_what_comes_twice_came_twice(in_term: tuple[Town, Played], in_term_twice: Played) -> None:
    once = sum(len(events) for events in in_term[1].dump.topics.values())
    assert sum(len(events) for events in in_term_twice.dump.topics.values()) == 2 * once


def test_nothing_personal_is_printed_or_logged(in_term: tuple[Town, Played]) -> None:
    _, played = in_term
    assert leaks(played.said, played.lines) == set()


def test_bad_messages_are_refused_or_marked_and_cost_their_neighbours_nothing(
    tmp_path: Path,
) -> None:
    town = Town(WEEKENDS[0], tmp_path, seed=7, bad=25)
    played = town.play()
    assert judged(town, played) == []
    assert played.report["reports"]["refused"] > 0
