"""`onward simulate`: random worlds of the kit in one process; a broken one is told."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Annotated, Any

import typer

from services.kit.logging import set_up_logging
from services.ops.output import console, errors, figures
from services.ops.simulation.living import Wiring
from services.ops.simulation.plan import Outcome, Plan, plan_of, play
from services.ops.simulation.planted import PLANTED
from services.ops.simulation.shrinking import shrunk, story_of

TOLD = 3
"""Findings that are told whole; the others by their seed."""
app = typer.Typer(add_completion=False)
Seeds = Annotated[int, typer.Option(min=1, help="How many worlds, one a seed.")]
Seed = Annotated[int, typer.Option(min=0, help="The first seed.")]
Planted = Annotated[str | None, typer.Option(help="Put this bug in, to see that it is found.")]


@dataclass
class Explored:
    """What came of many worlds."""

    worlds: int = 0
    steps: int = 0
    faults: int = 0
    seconds: float = 0.0
    findings: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def count(self, outcome: Outcome) -> None:
        """One world more."""
        self.worlds += 1
        self.steps += outcome.steps
        self.faults += len(outcome.happened)


@app.command()
def simulate(seeds: Seeds = 1000, seed: Seed = 0, planted: Planted = None) -> None:
    """Explore random worlds; exit 1 where one broke a promise."""
    set_up_logging("simulate", "CRITICAL")
    if planted is not None and planted not in PLANTED:
        raise typer.BadParameter(f"one of {', '.join(PLANTED)}", param_hint="--planted")
    wiring = PLANTED[planted] if planted else Wiring()
    told = count(1)

    def tell(plan: Plan) -> None:
        if next(told) <= TOLD:
            _tell(plan, wiring)

    found = explore(range(seed, seed + seeds), wiring, broken=tell)
    figures(_figures(found))
    raise typer.Exit(1 if found.findings else 0)


def untold(plan: Plan) -> None:
    """A finding that is only counted."""


def explore(
    seeds: Iterable[int],
    wiring: Wiring,
    at_most: int | None = None,
    broken: Callable[[Plan], None] = untold,
) -> Explored:
    """Play the world of each seed; with `at_most`, stop at so many findings."""
    found = Explored()
    for seed in seeds:
        begun = time.process_time()
        plan = plan_of(seed)
        outcome = play(plan, wiring)
        found.seconds += time.process_time() - begun
        found.count(outcome)
        if outcome.broken:
            found.findings[seed] = outcome.broken
            broken(plan)
        if at_most is not None and len(found.findings) >= at_most:
            break
    return found


def _tell(plan: Plan, wiring: Wiring) -> None:
    errors.print(f"Seed {plan.seed} breaks a promise:", style="red", markup=False)
    smallest = shrunk(plan, wiring)
    for sentence in story_of(smallest, wiring):
        console.out(f"  {sentence}", highlight=False)
    for broken in play(smallest, wiring).broken:
        errors.print(f"  So: {broken}.", style="red", markup=False)


def _figures(found: Explored) -> dict[str, Any]:
    return {
        "worlds": found.worlds,
        "worlds_per_minute": round(found.worlds / max(found.seconds, 1e-9) * 60),
        "findings": len(found.findings),
        "steps": found.steps,
        "faults": found.faults,
        "cpu_seconds": round(found.seconds, 1),
        "seeds": list(found.findings)[:20],
    }
