"""Every story of up to nine events in a small world of contact: what may and never does follow."""

import argparse
import json
import sys
from collections.abc import Sequence
from time import perf_counter, process_time

from rich.console import Console

from services.victim_contact.domain.states import State
from tests.bench.contact_world.exploring import Exploration, Explored
from tests.bench.contact_world.happenings import Alphabet, alphabets
from tests.bench.contact_world.table import TABLE, Happening, Transition, written

LONG = 30
"""How many events a story drawn by chance has."""
console = Console(stderr=True)


def explored(chosen: Sequence[Alphabet], asked: argparse.Namespace) -> Explored:
    """Every alphabet's stories, as deep as was asked."""
    seen = Explored()
    for alphabet in chosen:
        depth, begun = min(alphabet.depth, asked.depth), perf_counter()
        before = seen.states
        with console.status(f"{alphabet.name}: stories of up to {depth} events"):
            Exploration(alphabet, seen, asked.twins, asked.seed).walk(depth)
        console.print(
            f"{alphabet.name}: {len(alphabet.letters)} happenings, up to {depth} events, "
            f"{seen.states - before:,} states, {perf_counter() - begun:.0f} s"
        )
    if asked.stories:
        with console.status(f"{asked.stories} stories of {LONG} events"):
            Exploration(chosen[0], seen, seed=asked.seed).wander(asked.stories, LONG)
    return seen


def possible() -> set[Transition]:
    """The transitions that the table has."""
    return {(cell, after) for cell, afters in TABLE.items() for after in afters}


def said_of(transition: Transition) -> str:
    """A transition in words."""
    (before, happening), after = transition
    return f"{before} -> {after} by {happening}"


def show(seen: Explored) -> None:
    """What was seen, for people."""
    found, table = set(seen.transitions), possible()
    people = Console()
    people.print(f"{seen.states:,} states visited in {seen.steps:,} steps.")
    people.print(f"{len(found & table)} of the table's {len(table)} transitions seen.")
    empty = len(State) * len(Happening) - len(TABLE)
    people.print(f"{empty} of its cells are empty: where nobody leads, no lead can tell.")
    for sentence in sorted(map(said_of, table - found)):
        people.print(f"seen in longer stories alone: {sentence}")
    for fault, count in seen.faults.items():
        people.print(f"[bold red]{fault}[/] {count} times, such as after: {seen.examples[fault]}")
    for each in sorted(found - table, key=said_of):
        story = seen.transitions[each]
        people.print(f"[bold red]not in the table[/]: {said_of(each)}, such as after: {story}")


def figures(seen: Explored, wall_seconds: float) -> dict[str, int | float]:
    """What was seen, for scripts."""
    found, table = set(seen.transitions), possible()
    return {
        "depth": seen.deepest,
        "states": seen.states,
        "steps": seen.steps,
        "twins_compared": seen.twins,
        "table_transitions": len(table),
        "table_seen": len(found & table),
        "coverage": round(len(found & table) / len(table), 4),
        "broken": sum(seen.faults.values()) + len(found - table),
        "cpu_seconds": round(process_time(), 1),
        "wall_seconds": round(wall_seconds, 1),
    }


def main() -> int:
    """Explore, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--depth", type=int, default=9, help="how many events a story may have")
    parser.add_argument("--only", help="one alphabet, by its name")
    parser.add_argument(
        "--twins", type=int, default=200, help="compare one pair in so many; 0 = none"
    )
    parser.add_argument("--stories", type=int, default=3000, help="long stories drawn by chance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", action="store_true", help="print the table as it was seen")
    asked = parser.parse_args()
    chosen = [each for each in alphabets() if asked.only in (None, each.name)]
    begun = perf_counter()
    seen = explored(chosen, asked)
    show(seen)
    if asked.table:
        console.print(written(seen.transitions), soft_wrap=True, highlight=False)
    told = figures(seen, perf_counter() - begun)
    print(json.dumps(told))  # noqa: T201
    return 1 if told["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
