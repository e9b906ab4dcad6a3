"""What happens in a world, drawn from its seed: who says what, and what goes wrong when."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Protocol
from uuid import UUID

from services.kit import saying, sendings
from services.ops.simulation.blows import STRIKES, Blow, Fault
from services.ops.simulation.contact_said import sayings
from services.ops.simulation.contact_world import ContactTown
from services.ops.simulation.living import Wiring
from services.ops.simulation.loop import running
from services.ops.simulation.trial_world import TrialTown, messages
from services.ops.simulation.world import Restless, World

UNTIL = 350
"""The step up to which something may go wrong."""
AWAY = (0.5, 8.0, 25.0, 45.0, 100.0, 100.0)
"""Seconds for which a process stays away or frozen: shorter and longer than every lease."""
MOST_FAULTS = 7
OFTEN = (Blow.KILLED, Blow.KILLED, Blow.FROZEN, Blow.ANSWER_LOST)


class Playable(Protocol):
    """A town that can be played, and asked what was broken."""

    def __init__(self, world: World, wiring: Wiring) -> None: ...

    def play(self, said: list[Any]) -> None:
        """Let everything happen."""

    def broken(self) -> Iterator[str]:
        """Every promise broken."""

    def end(self) -> None:
        """Let nothing of it run any more."""


TOWNS: dict[str, tuple[type[Playable], Any]] = {
    "trial": (TrialTown, messages),
    "contact": (ContactTown, sayings),
}
"""By name: the town, and how what is said in it is drawn."""
NAMING = (saying, sendings)
"""The modules that give events their ids."""
FIRST_ID = (1 << 120) + (7 << 76)
IN_TURN = ("trial", "trial", "contact")


@dataclass(frozen=True)
class Plan:
    """All that makes a world what it is."""

    seed: int
    order: int
    """The seed of the order in which steps happen."""
    town: str
    said: tuple[Any, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a world."""

    broken: tuple[str, ...]
    steps: int
    happened: tuple[Blow, ...]
    """What went wrong in it."""


def plan_of(seed: int) -> Plan:
    """The world of a seed."""
    chance = Random(seed)
    town = IN_TURN[seed % len(IN_TURN)]
    said = TOWNS[town][1](chance)
    return Plan(seed, seed, town, tuple(said), tuple(_faults(chance)))


def _faults(chance: Random) -> Iterator[Fault]:
    for _ in range(chance.randint(0, MOST_FAULTS)):
        blow = chance.choice((*Blow, *OFTEN))
        only = chance.choice((None, *sorted(STRIKES[blow])))
        yield Fault(chance.randint(1, UNTIL), blow, chance.choice(AWAY), only)


def play(plan: Plan, wiring: Wiring, story: list[str] | None = None) -> Outcome:
    """Let a world happen, from its beginning to its rest."""
    world = World(plan.order, plan.faults, story)
    with running(world.loop), _same_chance(plan.order):
        town = TOWNS[plan.town][0](world, wiring)
        try:
            town.play(list(plan.said))
            broken = [*world.broken, *town.broken()]
        except Restless as fault:
            broken = [f"never at rest: {fault}"]
        finally:
            town.end()
    return Outcome(tuple(dict.fromkeys(broken)), world.steps, tuple(world.happened))


@contextmanager
def _same_chance(seed: int) -> Iterator[None]:
    # The kit draws its waits between tries, and the ids of what it says, from the machine's chance.
    state, makers = random.getstate(), [vars(module)["uuid7"] for module in NAMING]
    random.seed(seed)
    ids = (UUID(int=FIRST_ID + number) for number in count())
    for module in NAMING:
        vars(module)["uuid7"] = lambda: next(ids)
    try:
        yield
    finally:
        random.setstate(state)
        for module, maker in zip(NAMING, makers, strict=True):
            vars(module)["uuid7"] = maker
