"""Steers the clock: each step ends only when every service has nothing left to do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.kit.service import Service
from services.ops.replay.lines import Line
from services.ops.replay.schedule import Schedule

ROUNDS = 10_000
"""A step that is not quiet after so many rounds never will be: somebody answers themselves."""


class Stationed(Protocol):
    """What the controller needs of a hosted service (`services.kit.station.Station`)."""

    @property
    def service(self) -> Service:
        """Which service it is."""

    async def intake(self, ends: Mapping[str, int]) -> int:
        """Handle everything heard up to these offsets; how many records."""

    async def publish(self, until: datetime) -> dict[str, int]:
        """Publish what is due; the new ends of the topics."""

    async def dispatch(self, until: datetime) -> int:
        """Send what is due; how many."""

    async def next_due(self) -> datetime | None:
        """The earliest timer or mail still to come."""


class Lines(Protocol):
    """Where partners' lines go in."""

    async def put(self, lines: Sequence[Line]) -> dict[str, int]:
        """Publish lines; the new ends of their topics."""


class NeverQuiet(Exception):  # noqa: N818
    """A step did not come to rest; the message names who was still busy."""


class Steering:
    """Plays a schedule on hosted services, in the order of the flow.

    Whoever only watches (nobody hears it) has its turn once the others are quiet.
    """

    def __init__(
        self,
        flow: Sequence[Stationed],
        watching: Sequence[Stationed],
        lines: Lines,
        stepped: Callable[[datetime], None] = lambda moment: None,
    ) -> None:
        self._flow = flow
        self._watching = watching
        self._lines = lines
        self._stepped = stepped
        self._ends: dict[str, int] = {}

    async def play(self, schedule: Schedule) -> None:
        """Step from each input or due time to the next, until nothing is left or time is up."""
        last: datetime | None = None
        while (moment := schedule.next_step(await self._next_due())) is not None:
            self._stepped(moment)
            arrived = schedule.lines_until(moment)
            if arrived:
                self._ends.update(await self._lines.put(arrived))
            moved = await self._quiet(self._flow, moment)
            moved = await self._quiet(self._watching, moment) or moved
            if moment == last and not moved:
                return
            last = moment

    async def _quiet(self, stations: Sequence[Stationed], moment: datetime) -> bool:
        busy: list[str] = []
        for rounds in range(ROUNDS):
            busy = [each.service.name for each in stations if await self._turn(each, moment)]
            if not busy:
                return rounds > 0
        raise NeverQuiet(f"the step to {moment:%Y-%m-%d %H:%M} never ended: {', '.join(busy)}")

    async def _turn(self, station: Stationed, moment: datetime) -> bool:
        moved = await station.intake(self._ends) > 0
        said = await station.publish(moment)
        sent = await station.dispatch(moment)
        answers = await station.publish(moment) if sent else {}
        self._ends.update(said | answers)
        return moved or bool(said) or sent > 0

    async def _next_due(self) -> datetime | None:
        stations = (*self._flow, *self._watching)
        due = [time for each in stations if (time := await each.next_due()) is not None]
        return min(due, default=None)
