"""Strikes what the plan says, and measures how long each blow held the work up."""

import asyncio
import contextlib
import signal
import time
from collections import defaultdict
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from services.ops.chaos.asking import until_ready
from services.ops.chaos.blows import Blow, Kind
from services.ops.chaos.ground import SESSION, Ground
from services.ops.chaos.lookout import Lookout, View
from services.ops.chaos.posts import Post

PAUSED = SESSION + 3.0
RECOVERED_WITHIN = 90.0
ASK_AGAIN = 3.0
ADDED = 9
"""The number of a member that joins for a while."""


@dataclass(frozen=True)
class Recovery:
    """How often a kind of blow struck, and how long until the work went on."""

    count: int
    median: float
    worst: float


@dataclass
class Striker:
    """Carries a plan out; recoveries are watched side by side while further blows fall."""

    ground: Ground
    lookout: Lookout
    posts: dict[str, Post]
    ports: dict[str, int]
    _taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _watching: set[asyncio.Task[None]] = field(default_factory=set)
    unrecovered: list[str] = field(default_factory=list)

    async def carry_out(self, blows: Sequence[Blow], struck: asyncio.Event) -> None:
        """One blow after the other, each at its time; then wait for the last recovery."""
        for blow in blows:
            await asyncio.sleep(blow.after)
            await self._strike(blow)
        struck.set()
        await asyncio.gather(*self._watching)

    @property
    def recoveries(self) -> dict[str, Recovery]:
        """By kind of blow."""
        return {
            label: Recovery(len(taken), round(median(taken), 2), round(max(taken), 2))
            for label, taken in sorted(self._taken.items())
        }

    async def _strike(self, blow: Blow) -> None:
        match blow.kind:
            case Kind.JOIN:
                self._join(blow.target)
            case Kind.LEAVE:
                leaving = self.posts.pop(_added(blow.target).name)
                await self.ground.keeper.dismiss(leaving.name)
            case Kind.PAUSE:
                self._watch(self._pause(blow.target))
            case Kind.RESTART:
                for name in self.ground.keeper.names:
                    self.ground.keeper.strike(name, signal.SIGKILL)
            case Kind.KILL:
                self.ground.keeper.strike(blow.target, signal.SIGKILL)
        self._watch(self._recovery(blow))

    def _join(self, service: str) -> None:
        post = _added(service)
        self.posts[post.name] = post
        self.ports[post.name] = self.ground.launch(post)

    async def _pause(self, name: str) -> None:
        child = self.ground.keeper.strike(name, signal.SIGSTOP)
        await asyncio.sleep(PAUSED)
        if child is not None and child.alive():
            child.process.send_signal(signal.SIGCONT)

    def _watch(self, recovery: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(recovery)
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def _recovery(self, blow: Blow) -> None:
        begun = time.monotonic()
        concerned = self._concerned(blow)
        try:
            async with asyncio.timeout(RECOVERED_WITHIN):
                stands_there = await self.lookout.until(lambda view: True, RECOVERED_WITHIN)
                await asyncio.gather(*(self._ready_or_gone(post) for post in concerned))
                await self._caught_up({post.service for post in concerned}, stands_there)
        except TimeoutError:
            self.unrecovered.append(f"{blow.label} {blow.target}".strip())
        self._taken[blow.label].append(time.monotonic() - begun)

    async def _ready_or_gone(self, post: Post) -> None:
        while post.name in self.posts:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ASK_AGAIN):
                    return await until_ready(self.ports[post.name])

    async def _caught_up(self, services: Collection[str], before: View) -> None:
        await self.lookout.until(
            lambda view: all(view.passed(service, before) for service in services),
            RECOVERED_WITHIN,
        )

    def _concerned(self, blow: Blow) -> list[Post]:
        if blow.kind is Kind.JOIN:
            return [_added(blow.target)]
        if blow.kind is Kind.LEAVE:
            return [post for post in self.posts.values() if post.service == blow.target]
        if blow.target in self.posts:
            return [self.posts[blow.target]]
        return list(self.posts.values())


def _added(service: str) -> Post:
    return Post(service, number=ADDED)
