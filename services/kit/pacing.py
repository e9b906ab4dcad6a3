"""How much of what is routine may go now: no more than those who hear it can soon take.

What is published stands before everything published later, on every stage of its way. So a backlog
waits here, in the outbox, where what is urgent can pass it, and not in the topics.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from time import monotonic

from services.kit import metrics
from services.kit.catalogue import onward_of, read_catalogue
from services.kit.lag import Ahead, Lag
from services.kit.logging import kind_of, logger
from services.kit.runtime import Runtime

LOT = 100
"""Routine rows published at once; fewer than that waiting is no backlog, and nobody is asked."""
ASK_EVERY = 0.2
UNSEEN = 1000
"""Routine rows that go each time that the broker does not say how far the others are."""
AT_LEAST = 20
"""Records that a group may have before it however slow it was lately."""
COUNTED = 3.0
"""Seconds over which a group's speed is counted."""
STANDS_STILL = 10.0
"""Seconds: a group that takes nothing for so long is away, and keeps nobody from the others."""
log = logger("pacing")


class Pace:
    """Holds routine rows back while a backlog waits and those after this service have enough."""

    def __init__(self, service: str, lag: Lag, seconds: float, wake: Callable[[], None]) -> None:
        self._service = service
        self._lag = lag
        self._seconds = seconds
        self._wake = wake
        self._hearers = defaultdict[str, Hearer](lambda: Hearer(seconds))
        self._backlog = False
        self._room = 0
        self._asking: asyncio.Task[None] | None = None
        self._asked_at = float("-inf")

    def room(self) -> int:
        """How many routine rows may go now; nobody waits here for what others say."""
        if not self._backlog or not self._seconds:
            return LOT
        asking = self._asking is not None and not self._asking.done()
        if self._room <= 0 and not asking and monotonic() - self._asked_at > ASK_EVERY:
            self._asked_at = monotonic()
            self._asking = asyncio.ensure_future(self._ask())
        return max(0, min(LOT, self._room))

    def went(self, routine: int, room: int) -> None:
        """So many went where there was room for so many."""
        self._backlog = routine >= room
        self._room = self._room - routine if self._backlog else 0
        metrics.HELD.labels(self._service).set(self._backlog and self._room <= 0)

    async def stop(self) -> None:
        """Let go of the broker."""
        if self._asking is not None:
            self._asking.cancel()
        await self._lag.stop()

    async def _ask(self) -> None:
        try:
            found = await self._lag.ask()
        except Exception as fault:
            # Whoever cannot see the others must not keep their work from them.
            log.info("pace_unknown", fault=kind_of(fault))
            self._room = UNSEEN
        else:
            self._room = self._room_for(found, monotonic())
        self._wake()

    def _room_for(self, found: Mapping[str, Ahead], now: float) -> int:
        rooms = (self._hearers[name].room(ahead, now) for name, ahead in found.items())
        return min((room for room in rooms if room is not None), default=LOT)


class Hearer:
    """One group: how fast it takes records, and whether it stands still."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._taken: deque[tuple[float, int]] = deque()
        self._last: Ahead | None = None
        self._since = 0.0

    def room(self, ahead: Ahead, now: float) -> int | None:
        """How many more it should have before it now; None while it stands still."""
        last, self._last = self._last, ahead
        if last is None or last.taken != ahead.taken or not last.waiting:
            self._since = now
        if now - self._since > STANDS_STILL:
            return None
        return max(AT_LEAST, round(self._speed(ahead.taken, now) * self._seconds)) - ahead.waiting

    def _speed(self, taken: int, now: float) -> float:
        self._taken.append((now, taken))
        while now - self._taken[0][0] > COUNTED:
            self._taken.popleft()
        since, before = self._taken[0]
        return (taken - before) / max(now - since, ASK_EVERY)


def pace_of(runtime: Runtime, wake: Callable[[], None]) -> Pace | None:
    """The pace of a service with lanes: all who come after it count, except onlookers.

    `wake` is called when there may be room again.
    """
    service = runtime.service
    if service.lanes is None:
        return None
    after = onward_of(service.name, read_catalogue())
    topics = {name: said for name, said in after.items() if name not in service.lanes.onlookers}
    lag = Lag(runtime.settings.kafka, topics)
    return Pace(service.name, lag, runtime.settings.ahead_seconds, wake)
