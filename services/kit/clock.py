"""The two clocks: the wall's, and the steered one of demo, replay and journeys."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where the kit takes time from; handlers are given it as an argument."""

    steered: bool

    def now(self) -> datetime:
        """The time, aware UTC."""

    def at_event(self, time: datetime) -> datetime:
        """What `now` is while an event of that time is decided."""


class WallClock:
    """The machine's clock."""

    steered = False

    def now(self) -> datetime:
        """The time on the wall."""
        return datetime.now(UTC)

    def at_event(self, time: datetime) -> datetime:
        """The wall's time, whenever the event was said."""
        return self.now()


class SteeredClock:
    """A clock that a controller steps; every event is decided at its own time."""

    steered = True

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The time the controller stepped to."""
        return self._now

    def at_event(self, time: datetime) -> datetime:
        """The event's own time, exactly."""
        return time

    def step_to(self, time: datetime) -> None:
        """Move forward; a clock never goes back."""
        self._now = max(self._now, time)
