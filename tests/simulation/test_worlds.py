"""Random worlds of the kit: the sound one breaks no promise, each planted bug is found."""

import os
import subprocess
import sys

import pytest

from services.kit.logging import set_up_logging
from services.ops.simulation.blows import Blow
from services.ops.simulation.command import explore
from services.ops.simulation.living import Wiring
from services.ops.simulation.plan import plan_of, play
from services.ops.simulation.planted import PLANTED
from services.ops.simulation.shrinking import kinds_of, shrunk, story_of

WORLDS, SEEDS_FOR_A_BUG = 300, 900
RETELL = """
import hashlib
from services.kit.logging import set_up_logging
from services.ops.simulation.living import Wiring
from services.ops.simulation.plan import plan_of
from services.ops.simulation.shrinking import story_of
set_up_logging("simulate", "CRITICAL")
told = [line for seed in range(12) for line in story_of(plan_of(seed), Wiring())]
print(len(told), hashlib.sha256("".join(told).encode()).hexdigest())
"""


@pytest.fixture(autouse=True)
def _quiet() -> None:
    set_up_logging("simulate", "CRITICAL")


def test_the_sound_kit_breaks_no_promise() -> None:
    found = explore(range(WORLDS), Wiring())
    assert found.findings == {}
    assert found.worlds == WORLDS


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found(name: str) -> None:
    found = explore(range(SEEDS_FOR_A_BUG), PLANTED[name], at_most=1)
    assert found.findings, f"{name} is not found in {SEEDS_FOR_A_BUG} worlds"


def test_a_finding_is_told_as_a_short_story_that_still_ends_badly() -> None:
    wiring = PLANTED["timer-fires-twice"]
    [seed] = explore(range(SEEDS_FOR_A_BUG), wiring, at_most=1).findings
    plan = plan_of(seed)
    smallest = shrunk(plan, wiring)
    assert len(smallest.said) + len(smallest.faults) < len(plan.said) + len(plan.faults)
    assert kinds_of(play(smallest, wiring)) & kinds_of(play(plan, wiring))
    assert play(smallest, Wiring()).broken == ()
    told = story_of(smallest, wiring)
    assert any(fault.blow.upper() in line for line in told for fault in smallest.faults)


def test_a_seed_is_the_same_world_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", RETELL],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_everything_that_can_go_wrong_does_somewhere() -> None:
    outcomes = [play(plan_of(seed), Wiring()) for seed in range(60)]
    assert {blow for outcome in outcomes for blow in outcome.happened} == set(Blow)
