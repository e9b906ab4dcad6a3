"""Every order of nine events in a small world of contact: what may follow, and what never does.

A deck is nine of the things that may happen to two victims who may be one, their suspect and
three agencies. Each deck is explored whole: every order of every part of it, worlds that are the
same taken once, and each event once more as a duplicate.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from rich.console import Console
from rich.progress import track

from contracts.envelope import InputRefused
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.states import State, state_of
from tests.bench.contact_world.happenings import by_name, decks
from tests.bench.contact_world.promises import broken
from tests.bench.contact_world.table import TABLE, Cell
from tests.bench.contact_world.world import Happened, Step, World, step

DECK = 9
Path = tuple[str, ...]


@dataclass
class Explored:
    """What was seen."""

    states: int = 0
    steps: int = 0
    cells: dict[Cell, set[State]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Path] = field(default_factory=dict)


def explore(deck: Sequence[Happened], seen: Explored) -> None:
    """Every order of every part of a deck; each world once."""
    begin = World()
    known = {hash(begin.key)}
    waiting: list[tuple[World, Path]] = [(begin, ())]
    while waiting:
        world, path = waiting.pop()
        for taken in steps(world, deck):
            seen.steps += 1
            note(seen, taken, path)
            key = hash(taken.after.key)
            if key not in known:
                known.add(key)
                waiting.append((taken.after, (*path, taken.happened.name)))
    seen.states += len(known)


def steps(world: World, deck: Sequence[Happened]) -> Iterator[Step]:
    """Everything that may happen to a world next."""
    for happened in deck:
        if happened.name not in world.came:
            for event in world.events(happened):
                yield step(world, happened, event)


def note(seen: Explored, taken: Step, path: Path) -> None:
    """Keep what a step showed, and what it broke."""
    for cell, after in transitions(taken):
        seen.cells.setdefault(cell, set()).add(after)
    for fault in (*broken(taken), *repeated(taken)):
        seen.faults[fault] += 1
        seen.examples.setdefault(fault, (*path, taken.happened.name))


def transitions(taken: Step) -> Iterator[tuple[Cell, State]]:
    """From which state to which each group went that the step touched."""
    for before in taken.before.groups:
        for after in taken.after.groups:
            if before is not after and related(before, after, taken.after):
                yield (state_of(before), taken.happened.happening), state_of(after)


def related(before: Group, after: Group, world: World) -> bool:
    """Whether one came of the other."""
    kept = {alias.person_id: alias.kept_id for alias in world.aliases}
    return bool({kept.get(member, member) for member in before.members} & set(after.members))


def repeated(taken: Step) -> Iterator[str]:
    """The same event once more must change nothing; a refusal is only said again."""
    again = step(taken.after, taken.happened, taken.event)
    said = [each for each in again.said if not isinstance(each, InputRefused)]
    if said or again.after.groups != taken.after.groups:
        yield "the same event once more changed something"


def drawn(number: int, seed: int) -> Iterator[list[Happened]]:
    """Decks drawn by chance."""
    chance, everything = random.Random(seed), list(by_name().values())
    for _ in range(number):
        yield chance.sample(everything, DECK)


def coverage(seen: Explored) -> tuple[int, int]:
    """How many of the table's transitions were seen, and how many it has."""
    possible = {(cell, after) for cell, afters in TABLE.items() for after in afters}
    found = {(cell, after) for cell, afters in seen.cells.items() for after in afters}
    return len(possible & found), len(possible)


def unknown(seen: Explored) -> list[str]:
    """Transitions that the table does not know."""
    return [
        f"{before} -> {after} by {happening}"
        for (before, happening), afters in seen.cells.items()
        for after in afters - TABLE.get((before, happening), frozenset())
    ]


def show(seen: Explored) -> None:
    """What was seen, for people."""
    console = Console()
    covered, possible = coverage(seen)
    console.print(f"{seen.states:,} states visited in {seen.steps:,} steps.")
    console.print(f"{covered} of the table's {possible} transitions seen.")
    for fault, count in seen.faults.items():
        console.print(f"[bold red]{fault}[/] {count} times, such as after: {seen.examples[fault]}")
    for each in unknown(seen):
        console.print(f"[bold red]not in the table[/]: {each}")


def main() -> int:
    """Explore, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drawn", type=int, default=0, help="more decks, drawn by chance")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun, seen = perf_counter(), Explored()
    everything = [*decks(), *drawn(asked.drawn, asked.seed)]
    for deck in track(everything, "Exploring", console=Console(stderr=True), transient=True):
        explore(deck, seen)
    show(seen)
    covered, possible = coverage(seen)
    broken_promises = sum(seen.faults.values()) + len(unknown(seen))
    figures = {
        "decks": len(everything),
        "states": seen.states,
        "steps": seen.steps,
        "table_transitions": possible,
        "table_seen": covered,
        "coverage": round(covered / possible, 4),
        "broken": broken_promises,
        "wall_seconds": round(perf_counter() - begun, 1),
    }
    print(json.dumps(figures))  # noqa: T201
    return 1 if broken_promises or covered < possible else 0


if __name__ == "__main__":
    sys.exit(main())
