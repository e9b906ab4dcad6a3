"""Which moment a steered clock goes to next: the grid's first point that has something due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.ops.replay.lines import Line

RUN_ON = timedelta(days=14)
"""How long a replay runs on after the last input, unless told otherwise."""
EXACT = timedelta(minutes=1)
"""The coarsest grid on which each line has a step of its own."""
A_MOMENT = timedelta(microseconds=1)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def on_grid(time: datetime, step: timedelta) -> datetime:
    """The first point of the grid at or after the time."""
    whole, rest = divmod(time - EPOCH, step)
    return EPOCH + step * (whole + (1 if rest else 0))


def end_of(lines: Sequence[Line], until: datetime | None) -> datetime:
    """When the replay ends; a file without lines ends before it begins."""
    if until is not None:
        return until
    return max((line.at for line in lines), default=EPOCH) + RUN_ON


@dataclass
class Schedule:
    """Lines in order of time, handed out step by step up to an end that is inclusive."""

    lines: Sequence[Line]
    step: timedelta
    until: datetime
    played: int = 0

    def next_step(self, next_due: datetime | None) -> datetime | None:
        """The end of the step that holds the next line or due time; None when nothing is left.

        Due times share a step. A line finds handled whatever came before it, unless the grid is
        coarser than a minute: then lines share a step as well.
        """
        line = self._next_line()
        wanted = [time for time in (line, next_due) if time is not None]
        if not wanted or min(wanted) > self.until:
            return None
        end = min(on_grid(min(wanted), self.step), self.until)
        if line is None or line > end or self.step > EXACT:
            return end
        return line - A_MOMENT if next_due is not None and next_due < line else line

    def lines_until(self, moment: datetime) -> Sequence[Line]:
        """The lines that come in by this moment and were not handed out yet."""
        first = self.played
        while self.played < len(self.lines) and self.lines[self.played].at <= moment:
            self.played += 1
        return self.lines[first : self.played]

    def _next_line(self) -> datetime | None:
        return self.lines[self.played].at if self.played < len(self.lines) else None
