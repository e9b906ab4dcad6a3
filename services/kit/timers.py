"""Timers: events said to oneself later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from contracts.envelope import Event

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Later(Generic[E]):
    """An event to deliver to oneself at a time (aware UTC), at once where that has passed."""

    event: E
    at: datetime


def later(event: E, at: datetime) -> Later[E]:
    """Say `event` to oneself at `at`; when it arrives, look at the state."""
    return Later(event, at)
