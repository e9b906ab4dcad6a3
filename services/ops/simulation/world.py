"""One world: processes whose steps it lets happen one at a time, by chance from one seed."""

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from services.ops.simulation.blows import Blow, Fault, Step
from services.ops.simulation.clock import SimulatedClock
from services.ops.simulation.loop import SimulatedLoop

A_STEP = 0.012
"""Seconds that a step takes at most."""


PATIENCE = 35.0
"""Seconds after which what has not moved will not: every wait of the kit's is shorter."""


class Dead(BaseException):
    """The process was killed: not one line of it runs any more."""


class Restless(Exception):  # noqa: N818
    """A world that never comes to rest: somebody tries the same for ever."""


class Program:
    """One life of a process, from its start until it is killed."""

    def __init__(self, world: "World", name: str, *, mortal: bool = True) -> None:
        self.world = world
        self.name = name
        self.mortal = mortal
        self.alive = True
        self.frozen_until = 0.0
        self.tasks: list[asyncio.Task[Any]] = []
        self.at_end: list[Callable[[], None]] = []
        """What the outside notices when it dies."""
        self.at_freeze: list[Callable[[], None]] = []
        """What the outside notices when it is silent."""
        self.at_thaw: list[Callable[[], None]] = []
        """What it notices itself when it goes on."""

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Begin a part of it."""
        self.tasks.append(self.world.loop.create_task(work))

    async def step(self, step: Step, words: str, *, told_later: bool = False) -> Blow | None:
        """Wait until the world lets this happen; what goes wrong with it, if anything does."""
        if not self.alive:
            raise Dead
        coming = self.world.loop.create_future()
        told = "" if told_later else words
        self.world.waiting.append(Waiting(self, step, told, words, coming))
        blow: Blow | None = await coming
        return blow

    def die(self) -> None:
        """End at once, wherever it is."""
        self.alive = False
        for noticed in self.at_end:
            noticed()
        for task in self.tasks:
            task.cancel()


@dataclass(slots=True)
class Waiting:
    """A step that may happen next."""

    process: Program
    step: Step
    words: str
    """How it is told when it happens; empty where whoever takes it tells of it."""
    doing: str
    coming: "asyncio.Future[Blow | None]"


@dataclass
class World:
    """The processes, the steps that may happen next, and what is still to go wrong."""

    seed: int
    faults: Iterable[Fault] = ()
    story: list[str] | None = None
    """What happened, in sentences; None where nobody listens."""
    loop: SimulatedLoop = field(default_factory=SimulatedLoop)
    waiting: list[Waiting] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Promises seen broken, in sentences."""
    happened: list[Blow] = field(default_factory=list)
    """What went wrong."""
    steps: int = 0
    most_steps: int = 8_000
    progressed_at: float = 0.0
    """When anything was last changed."""
    all_killed: Callable[[float], None] = lambda seconds: None
    killed: Callable[[Program, float], None] = lambda process, seconds: None

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.clock = SimulatedClock(self.loop)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._coming = sorted(self.faults, key=lambda fault: fault.at, reverse=True)
        self._armed: list[Fault] = []
        self._frozen: dict[Program, None] = {}
        self._numbers = count()
        self._names: dict[str, str] = {}
        self._counts = Counter[str]()

    def at(self, when: float, happens: Callable[[], None]) -> None:
        """Something that happens by itself at a time."""
        heapq.heappush(self._agenda, (when, next(self._numbers), happens))

    def after(self, seconds: float, happens: Callable[[], None]) -> None:
        """Something that happens by itself later."""
        self.at(self.loop.time() + seconds, happens)

    def tell(self, sentence: str) -> None:
        """Remember what happened."""
        if self.story is not None:
            self.story.append(f"{self.clock.now():%a %H:%M:%S}  {sentence}")

    def named(self, headers: Mapping[str, str]) -> str:
        """A short name for an event, the same whenever it is told of."""
        event_id, topic = headers.get("ce_id", "?"), headers.get("ce_type", "?")
        if event_id not in self._names:
            what = topic.split(".")[1]
            self._counts[what] += 1
            self._names[event_id] = f"{what} {self._counts[what]}"
        return self._names[event_id]

    def name_of(self, event_id: object) -> str:
        """The short name of an event that was told of."""
        return self._names.get(str(event_id), "something")

    def break_promise(self, sentence: str) -> None:
        """A promise was seen broken."""
        if sentence not in self.broken:
            self.broken.append(sentence)

    def calm_down(self) -> None:
        """Nothing goes wrong from now on."""
        self._coming.clear()
        self._armed.clear()
        for process in list(self._frozen):
            process.frozen_until = 0.0
            self._thaw(process)

    def until_rest(self, next_due: Callable[[], float | None], busy: Callable[[], bool]) -> None:
        """Let everything happen until nothing is left to do."""
        while not self.broken:
            self.loop.run_ready()
            if self._step():
                continue
            due = self._next_happening(next_due, busy)
            if due is None:
                return
            self._pass_to(due)

    def progressed(self) -> None:
        """Something was changed."""
        self.progressed_at = self.loop.time()

    def _next_happening(
        self, next_due: Callable[[], float | None], busy: Callable[[], bool]
    ) -> float | None:
        coming = self._agenda[0][0] if self._agenda else None
        if busy() and self.loop.time() - self.progressed_at <= PATIENCE:
            # Whoever only looks now and then is waited for, since there is something to find.
            return _first(coming, self.loop.next_timer)
        if busy():
            return coming
        due = _first(coming, next_due())
        self.progressed_at = due or 0.0
        return due

    def _pass_to(self, when: float) -> None:
        self.loop.pass_to(when)
        while self._agenda and self._agenda[0][0] <= self.loop.time():
            heapq.heappop(self._agenda)[2]()
            self.progressed()

    def _step(self) -> bool:
        able = self._able()
        if able is None:
            return False
        self.steps += 1
        if self.steps > self.most_steps:
            raise Restless(f"{self.steps} steps")
        self._pass_to(self.loop.time() + self.chance.random() * A_STEP)
        if able.coming.done():
            return True
        self._let_happen(able, self._blow_for(able))
        return True

    def _able(self) -> Waiting | None:
        waiting = self.waiting
        if self._frozen:
            waiting = [each for each in waiting if each.process not in self._frozen]
        if not waiting:
            return None
        chosen = self.chance.randrange(len(waiting))
        if waiting is not self.waiting:
            chosen = self.waiting.index(waiting[chosen])
        last = self.waiting.pop()
        if chosen == len(self.waiting):
            return last
        able, self.waiting[chosen] = self.waiting[chosen], last
        return able

    def _blow_for(self, able: Waiting) -> Fault | None:
        while self._coming and self._coming[-1].at <= self.steps:
            self._armed.append(self._coming.pop())
        for fault in self._armed:
            if fault.strikes(able.step) and (able.process.mortal or able.step is Step.SAY):
                self._armed.remove(fault)
                self.happened.append(fault.blow)
                self.progressed()
                return fault
        return None

    def _let_happen(self, able: Waiting, fault: Fault | None) -> None:
        process = able.process
        if fault is None:
            if able.words:
                self.tell(f"{process.name} {able.words}.")
            able.coming.set_result(None)
        elif fault.blow is Blow.KILLED:
            self.tell(f"{process.name} is KILLED before it {able.doing}.")
            self.kill(process, fault.seconds)
        elif fault.blow is Blow.ALL_KILLED:
            self.tell(f"EVERY PROCESS IS KILLED before {process.name} {able.doing}.")
            self.all_killed(fault.seconds)
        elif fault.blow is Blow.FROZEN:
            self.waiting.append(able)
            self._freeze(process, fault.seconds)
        else:
            self.tell(f"{process.name} {able.doing}: {fault.blow.upper()}.")
            able.coming.set_result(fault.blow)

    def kill(self, process: Program, seconds: float) -> None:
        """End a process; another life of it begins so much later."""
        self.end(process)
        self.killed(process, seconds)

    def end(self, process: Program) -> None:
        """Nothing of a process runs any more."""
        self._frozen.pop(process, None)
        dying = [each for each in self.waiting if each.process is process]
        self.waiting = [each for each in self.waiting if each.process is not process]
        process.die()
        for each in dying:
            if not each.coming.done():
                each.coming.set_exception(Dead())

    def _freeze(self, process: Program, seconds: float) -> None:
        self.tell(f"{process.name} is FROZEN for {seconds:.0f} s.")
        self._frozen[process] = None
        process.frozen_until = self.loop.time() + seconds
        for noticed in process.at_freeze:
            noticed()
        self.at(process.frozen_until, lambda: self._thaw(process))

    def frozen(self, process: Program) -> bool:
        """Whether it does nothing now."""
        return process in self._frozen

    def _thaw(self, process: Program) -> None:
        if process not in self._frozen or self.loop.time() < process.frozen_until:
            return
        del self._frozen[process]
        self.tell(f"{process.name} goes on.")
        for noticed in process.at_thaw:
            self.loop.call_soon(noticed)


def _first(*times: float | None) -> float | None:
    return min((time for time in times if time is not None), default=None)
