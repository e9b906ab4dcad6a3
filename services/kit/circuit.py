"""Too much parking stops the consumer: draining a topic into the car park is no recovery."""

from collections import deque
from collections.abc import Callable
from time import monotonic

PARKED_AT_MOST = 20
WITHIN = 60.0


class TooMuchParked(Exception):  # noqa: N818
    """More messages than a few could not be handled in a short time: the consumer has stopped."""


class Circuit:
    """Counts messages parked lately; those that only wait behind another do not count."""

    def __init__(
        self,
        at_most: int = PARKED_AT_MOST,
        within: float = WITHIN,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._at_most = at_most
        self._within = within
        self._clock = clock
        self._parked: deque[float] = deque()

    def check(self) -> None:
        """Before another message is parked: TooMuchParked where that would be one too many."""
        now = self._clock()
        while self._parked and self._parked[0] <= now - self._within:
            self._parked.popleft()
        if len(self._parked) >= self._at_most:
            raise TooMuchParked(f"{len(self._parked)} messages parked within {self._within:.0f} s")

    def count(self, parked: int = 1) -> None:
        """So many messages were parked now."""
        self._parked.extend([self._clock()] * parked)
