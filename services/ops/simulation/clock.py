"""The clock of a simulated world."""

from datetime import UTC, datetime, timedelta

from services.ops.simulation.loop import SimulatedLoop

BEGINNING = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""A Tuesday."""


class SimulatedClock:
    """The wall's clock of a world."""

    steered = False

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        """The time in the world."""
        return BEGINNING + timedelta(seconds=self._loop.time())

    def at_event(self, time: datetime) -> datetime:
        """The time in the world, whenever the event was said."""
        return self.now()
