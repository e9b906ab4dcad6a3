"""What a story adds to the statements of the kit: which events they are about."""

from collections.abc import Sequence
from typing import Any

from services.ops.simulation.store import Row
from services.ops.simulation.world import World


def those_new(world: World, arguments: Sequence[Any], found: Sequence[Row]) -> str:
    """The events that were new."""
    fresh = {row["event_id"] for row in found}
    return ", ".join(world.name_of(i) for i in arguments[0] if i in fresh) or "nothing"


def those_said(world: World, arguments: Sequence[Any], found: Sequence[Row]) -> str:
    """The events that were written."""
    return ", ".join(world.named(headers) for headers in arguments[4])


def those_read(world: World, arguments: Sequence[Any], found: Sequence[Row]) -> str:
    """The events that were read."""
    return ", ".join(world.named(row["headers"]) for row in found)


def those_parked(world: World, arguments: Sequence[Any], found: Sequence[Row]) -> str:
    """The events that were parked."""
    return ", ".join(world.name_of(event_id) for event_id in arguments[0])


def those_taken(world: World, arguments: Sequence[Any], found: Sequence[Row]) -> str:
    """How many shards were taken."""
    return str(len(found)) if found else ""


def untold(world: World, arguments: Sequence[Any], found: Sequence[Row]) -> str:
    """Not worth telling."""
    return ""
