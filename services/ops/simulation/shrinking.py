"""From a world that breaks a promise to the smallest one found that still does."""

from collections.abc import Iterator
from dataclasses import replace

from services.ops.simulation.living import Wiring
from services.ops.simulation.plan import Outcome, Plan, play

SOONER = (1.0, 0.75, 0.5, 0.25, 1.0, 0.5)
"""With something taken away, what goes wrong may have to come sooner, or in another order."""
A_PRIME = 1_000_003
TRIES = 400


def shrunk(plan: Plan, wiring: Wiring) -> Plan:
    """Take faults and messages away, one at a time, as long as the same kind of promise breaks."""
    wanted = kinds_of(play(plan, wiring))
    tries = TRIES
    while tries > 0:
        for smaller in _smaller(plan):
            tries -= 1
            found = _still_breaks(smaller, wiring, wanted)
            if found is not None:
                plan = found
                break
        else:
            break
    return plan


def kinds_of(outcome: Outcome) -> set[str]:
    """The kinds of promises that were broken: lost, doubled, out of order, ..."""
    return {broken.partition(":")[0] for broken in outcome.broken}


def _smaller(plan: Plan) -> Iterator[Plan]:
    for place in range(len(plan.faults)):
        yield replace(plan, faults=plan.faults[:place] + plan.faults[place + 1 :])
    for place in reversed(range(len(plan.said))):
        yield replace(plan, said=plan.said[:place] + plan.said[place + 1 :])


def _still_breaks(plan: Plan, wiring: Wiring, wanted: set[str]) -> Plan | None:
    for order, sooner in enumerate(SOONER):
        faults = tuple(replace(fault, at=round(fault.at * sooner)) for fault in plan.faults)
        other = replace(plan, order=plan.order + order * A_PRIME, faults=faults)
        if wanted & kinds_of(play(other, wiring)):
            return other
    return None


def story_of(plan: Plan, wiring: Wiring) -> list[str]:
    """What happened in a world, in sentences."""
    story: list[str] = []
    play(plan, wiring, story)
    return story
