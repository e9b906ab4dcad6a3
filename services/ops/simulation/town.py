"""A world with services in it: processes that die and come back, until nothing is left to do."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from services.kit import outbox, parked
from services.kit.database import Database
from services.kit.headers import texts
from services.kit.parked import By, Choice
from services.kit.records import KeptRecord
from services.ops.simulation.blows import Blow, Step
from services.ops.simulation.clock import BEGINNING
from services.ops.simulation.connection import Pool
from services.ops.simulation.kit_statements import OUTBOX, place_of
from services.ops.simulation.living import Ground, Life, Place, Wiring
from services.ops.simulation.outside import Outside
from services.ops.simulation.parking_statements import PARKED
from services.ops.simulation.sending_statements import SENDINGS
from services.ops.simulation.store import Row
from services.ops.simulation.topics import Topics
from services.ops.simulation.world import Program, World

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
PROCESSES = 2
"""Of each service."""


class Town:
    """Services at work in a world, the partners who write to them, and an engineer."""

    def __init__(self, world: World, wiring: Wiring) -> None:
        self.world = world
        self.topics = Topics(world)
        self.ground = Ground(world, self.topics, Outside(), wiring)
        self.places: list[Place] = []
        self.until: datetime = FOR_EVER
        """Timers beyond are nobody's business."""
        self._lives: dict[Program, Life] = {}
        self._posts: dict[Program, tuple[Place, str]] = {}
        self._engineer = Program(world, "an engineer", mortal=False)
        self._visitors = [self._engineer]
        world.killed, world.all_killed = self._begin_again, self._kill_all

    def settle(self, place: Place) -> None:
        """Let a service work here."""
        self.places.append(place)
        for number in range(1, PROCESSES + 1):
            self._begin(place, f"{place.service.name} {number}")

    def _begin(self, place: Place, name: str) -> None:
        life = Life(self.ground, place, name)
        self._lives[life.process] = life
        self._posts[life.process] = (place, name)
        self.world.tell(f"{name} starts.")
        life.begin()

    def _begin_again(self, process: Program, seconds: float) -> None:
        del self._lives[process]
        place, name = self._posts.pop(process)
        self.world.after(seconds, lambda: self._begin(place, name))

    def _kill_all(self, seconds: float) -> None:
        for process in list(self._lives):
            self.world.kill(process, seconds)

    def end(self) -> None:
        """Let nobody live any more."""
        for process in [*self._lives, *self._visitors]:
            self.world.end(process)
        self.world.loop.run_ready()

    async def partner(self, name: str, messages: Iterable[tuple[float, KeptRecord, str]]) -> None:
        """Say messages in order, each so long after the one before."""
        process = Program(self.world, name, mortal=False)
        self._visitors.append(process)
        for gap, record, words in messages:
            await self.pause(gap)
            name = self.world.named(texts(record.headers))
            blow = await process.step(Step.SAY, f"says {name}: {words}")
            self.topics.say(record)
            if blow is Blow.TWICE:
                await self.pause(gap)
                self.topics.say(record)

    async def pause(self, seconds: float) -> None:
        """Wait in the world's time."""
        passed = self.world.loop.create_future()
        self.world.after(seconds, lambda: passed.set_result(None))
        await passed

    async def mark_parked(self, place: Place, act: parked.Act) -> None:
        """The engineer marks everything that a service has parked."""
        by = By("engineer", "tried again", self.world.clock.now())
        await parked.mark(self._database(place), act, Choice(), by)

    async def try_again(self, place: Place) -> None:
        """The engineer lets everything be tried again that was kept aside or refused."""
        await outbox.try_refused_again(self._database(place))
        await self.mark_parked(place, "retry")

    def _database(self, place: Place) -> Database:
        return Database(Pool(place.server, self._engineer, place.statements))

    def until_rest(self) -> None:
        """Let everything happen that will."""
        self.world.until_rest(self._next_due, self._busy)

    def calm(self) -> None:
        """Nothing goes wrong any more; the engineer retries what is parked until nothing is."""
        self.world.calm_down()
        self.until_rest()
        for place in self.places * 3:
            if _kept_aside(place) and not self.world.broken:
                self.world.loop.create_task(self.try_again(place))
                self.until_rest()

    def _busy(self) -> bool:
        now = self.world.clock.now()
        if any(life.unfinished for life in self._lives.values()):
            return True
        return any(due <= now for place in self.places for due in _dues(place, BEGINNING))

    def _next_due(self) -> float | None:
        now = self.world.clock.now()
        dues = [due for place in self.places for due in _dues(place, BEGINNING)]
        dues = [due for due in dues if now < due <= self.until]
        return (min(dues) - BEGINNING).total_seconds() + 0.001 if dues else None


def _kept_aside(place: Place) -> bool:
    rows = place.server.table(OUTBOX).values()
    return bool(place.server.table(PARKED)) or any(row["failed_at"] for row in rows)


def _dues(place: Place, at_once: datetime) -> Iterator[datetime]:
    said = place.server.table(OUTBOX).values()
    stuck = {place_of(row) for row in said if row["failed_at"] is not None}
    for row in said:
        if place_of(row) not in stuck:
            yield row["deliver_at"] or at_once
    for row in place.server.table(SENDINGS).values():
        if row["state"] == "waiting":
            yield row["try_at"]
        elif row["state"] == "claimed":
            yield row["lease_until"]
    yield from (at_once for _ in _ready_heads(place.server.table(PARKED).values()))


def _ready_heads(rows: Iterable[Row]) -> Iterator[Row]:
    first: dict[tuple[str, str], Row] = {}
    for row in sorted(rows, key=lambda row: int(row["seq"])):
        first.setdefault((row["topic"], row["key"]), row)
    return (row for row in first.values() if row["mark"] is not None or row["behind"])
