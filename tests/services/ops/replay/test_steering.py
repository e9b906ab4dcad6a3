"""A step ends when every service is quiet; services are drained in the order of the flow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from services.kit.service import Service
from services.ops.replay.lines import Line
from services.ops.replay.schedule import Schedule
from services.ops.replay.steering import NeverQuiet, Steering

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
STEP = timedelta(minutes=1)


@dataclass
class Stand:
    """A service that hears one topic and says one event on another for each it heard."""

    name: str
    hears: str
    says: str
    journal: list[str]
    timers: list[datetime] = field(default_factory=list)
    read: int = 0
    said: int = 0
    waiting: int = 0

    @property
    def service(self) -> Service:
        return cast(Service, type("Named", (), {"name": self.name}))

    async def intake(self, ends: Mapping[str, int]) -> int:
        fresh = ends.get(self.hears, 0) - self.read
        self.read += fresh
        self.waiting += fresh
        self.journal.extend([self.name] * fresh)
        return fresh

    async def publish(self, until: datetime) -> dict[str, int]:
        due = [time for time in self.timers if time <= until]
        self.timers = [time for time in self.timers if time > until]
        count, self.waiting = self.waiting + len(due), 0
        self.said += count
        return {self.says: self.said} if count else {}

    async def dispatch(self, until: datetime) -> int:
        return 0

    async def next_due(self) -> datetime | None:
        return min(self.timers, default=None)


@dataclass
class Door:
    put_in: int = 0

    async def put(self, lines: Sequence[Line]) -> dict[str, int]:
        self.put_in += len(lines)
        return {"reports": self.put_in}


def lines(*seconds: int) -> list[Line]:
    return [Line(NOON + timedelta(seconds=s), "reports", b"", None, s) for s in seconds]


async def test_what_one_says_the_next_hears_within_the_step() -> None:
    journal: list[str] = []
    first = Stand("first", "reports", "told", journal)
    second = Stand("second", "told", "done", journal)
    moments: list[datetime] = []
    steering = Steering([first, second], [], Door(), moments.append)
    await steering.play(Schedule(lines(1, 1, 600), STEP, NOON + timedelta(days=1)))
    assert journal == ["first", "first", "second", "second", "first", "second"]
    assert moments == [NOON + timedelta(seconds=1), NOON + 10 * STEP]


async def test_news_that_flows_back_is_heard_in_another_round_of_the_same_step() -> None:
    journal: list[str] = []
    first = Stand("first", "back", "told", journal)
    second = Stand("second", "reports", "back", journal)
    steering = Steering([first, second], [], Door())
    await steering.play(Schedule(lines(1), STEP, NOON + timedelta(days=1)))
    assert journal == ["second", "first"]


async def test_the_clock_goes_on_to_timers_after_the_last_line_and_stops_at_the_end() -> None:
    stand = Stand("only", "reports", "told", [])
    stand.timers = [NOON + timedelta(hours=5), NOON + timedelta(days=2)]
    moments: list[datetime] = []
    await Steering([stand], [], Door(), moments.append).play(
        Schedule([], STEP, NOON + timedelta(days=1))
    )
    assert moments == [NOON + timedelta(hours=5)]
    assert stand.timers == [NOON + timedelta(days=2)]


async def test_a_due_time_that_nobody_can_meet_does_not_stop_the_clock_for_ever() -> None:
    class Stuck(Stand):
        async def publish(self, until: datetime) -> dict[str, int]:
            return {}

    stand: Any = Stuck("stuck", "reports", "told", [], timers=[NOON])
    await Steering([stand], [], Door()).play(Schedule([], STEP, NOON + timedelta(days=1)))
    assert stand.timers == [NOON]


async def test_a_service_that_answers_itself_for_ever_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.ops.replay.steering.ROUNDS", 5)
    stand = Stand("echo", "told", "told", [], timers=[NOON])
    with pytest.raises(NeverQuiet, match="echo"):
        await Steering([stand], [], Door()).play(Schedule([], STEP, NOON + timedelta(days=1)))


async def test_who_only_watches_has_a_turn_when_the_others_are_quiet() -> None:
    journal: list[str] = []
    watcher = Stand("watcher", "reports", "seen", journal)
    first = Stand("first", "reports", "told", journal)
    second = Stand("second", "told", "done", journal)
    steering = Steering([first, second], [watcher], Door())
    await steering.play(Schedule(lines(1), STEP, NOON + timedelta(days=1)))
    assert journal == ["first", "second", "watcher"]
