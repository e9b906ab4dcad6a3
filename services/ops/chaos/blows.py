"""What strikes when: a plan from a seed, so that a run can be had again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from services.ops.chaos.posts import BROKER, DATABASE, Post
from services.ops.platform import SERVICES

SHORTEST, LONGEST = 1.5, 4.5
"""Seconds between two blows: often the one before is not recovered from yet."""
KILLS_A_ROUND = 15
"""In each round of so many kills everything that can happen happens once or more."""


class Kind(StrEnum):
    """How a part is struck."""

    KILL = "kill"
    PAUSE = "pause"
    """SIGSTOP for longer than the session, then SIGCONT."""
    JOIN = "join"
    """One more member of a service's group."""
    LEAVE = "leave"
    """That member is told to stop."""
    RESTART = "restart of everything"
    """SIGKILL for every process, broker and database included."""


@dataclass(frozen=True)
class Blow:
    """One blow: what strikes whom, so many seconds after the one before."""

    kind: Kind
    target: str
    after: float

    @property
    def label(self) -> str:
        """Under which heading its recovery is counted."""
        if self.kind is not Kind.KILL or self.target in (BROKER, DATABASE):
            return f"{self.kind} {self.target}" if self.kind is Kind.KILL else str(self.kind)
        role = self.target.partition(".")[2].split(" ")[0]
        return f"kill {role}" if role else "kill service"


def plan(chance: Random, kills: int, posts: Sequence[Post]) -> list[Blow]:
    """So many kills in random order, with pauses, rebalances and full restarts among them."""
    victims = _bag(chance, [post.name for post in posts])
    pausable = [post.name for post in posts if post.consumes]
    found: list[tuple[Kind, str]] = []
    for start in range(0, kills, KILLS_A_ROUND):
        found += _round(chance, min(KILLS_A_ROUND, kills - start), victims, pausable)
    return [Blow(kind, target, chance.uniform(SHORTEST, LONGEST)) for kind, target in found]


def _round(
    chance: Random, kills: int, victims: Iterator[str], pausable: Sequence[str]
) -> list[tuple[Kind, str]]:
    struck = [BROKER, DATABASE][: max(0, kills - 1)]
    struck += [next(victims) for _ in range(kills - len(struck))]
    found = [(Kind.KILL, name) for name in struck]
    if kills < KILLS_A_ROUND:
        chance.shuffle(found)
        return found
    found += [(Kind.PAUSE, chance.choice(pausable)), (Kind.RESTART, "")]
    chance.shuffle(found)
    joins, leaves = sorted(chance.sample(range(len(found)), 2))
    joined = chance.choice(SERVICES)
    found.insert(leaves, (Kind.LEAVE, joined))
    found.insert(joins, (Kind.JOIN, joined))
    return found


def _bag(chance: Random, names: Sequence[str]) -> Iterator[str]:
    """Names for ever; each once before any comes again."""
    while True:
        yield from chance.sample(names, len(names))
