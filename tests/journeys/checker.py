"""Everything wrong with a replay, judged from the documents alone; an empty list is a pass."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.journeys.checking import (
    advocacy,
    contact,
    envelopes,
    identity,
    notices,
    police,
    privacy,
    schools,
    screening,
)
from tests.journeys.checking.world import World, see

CHECKS = (envelopes, police, identity, screening, schools, advocacy, contact, notices, privacy)


def findings(
    lines: Iterable[dict[str, Any]],
    dump_dir: Path,
    report: dict[str, Any],
    **given: Path | None,
) -> list[str]:
    """What is wrong; `schools`, `terms` and `truth` are files, where not the defaults."""
    return list(_all(see(lines, dump_dir, report, **given)))


def _checked(check: ModuleType, world: World) -> Iterator[str]:
    """A dump that lacks what a check must read is a finding of its own."""
    try:
        yield from check.check(world)
    except (KeyError, TypeError, ValueError, StopIteration) as lacking:
        yield f"could not be read to its end: {type(lacking).__name__} {lacking}"


def _all(world: World) -> Iterator[str]:
    for check in CHECKS:
        name = check.__name__.rpartition(".")[2]
        yield from (f"{name}: {finding}" for finding in _checked(check, world))
    if world.report["parked"] != 0:
        yield f"parked: {world.report['parked']}"
