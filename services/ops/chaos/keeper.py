"""Keeps the parts of a run going: what is killed, or ends by itself, starts again at once."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from services.ops.chaos.posts import DATABASE
from services.ops.platform.children import Child

LOOK_EVERY = 0.1
Launch = Callable[[], Child]


class Keeper:
    """Parts by name; each is struck and stopped by the id of the process we started."""

    def __init__(self) -> None:
        self._launches: dict[str, Launch] = {}
        self._children: dict[str, Child] = {}
        self._struck: set[int] = set()
        self.ended_by_themselves: Counter[str] = Counter()
        """Processes that ended though nobody struck them."""

    @property
    def names(self) -> list[str]:
        """The parts that are kept."""
        return list(self._launches)

    def pid_of(self, name: str) -> int:
        """The process id of a part as it runs now."""
        return self._children[name].pid

    def keep(self, name: str, launch: Launch) -> Child:
        """Start a part, and again whenever it ends."""
        self._launches[name] = launch
        self._children[name] = launch()
        return self._children[name]

    def strike(self, name: str, with_signal: signal.Signals) -> Child | None:
        """Send a part's process a signal; None where it is down already."""
        child = self._children.get(name)
        if child is None or not child.alive():
            return None
        self._struck.add(child.pid)
        child.process.send_signal(with_signal)
        return child

    def start_again(self, name: str) -> Child:
        """Start a part that ended, now, whether anybody watches or not."""
        self._children[name] = self._launches[name]()
        return self._children[name]

    async def dismiss(self, name: str) -> None:
        """Tell a part to stop and start it no more."""
        self._launches.pop(name, None)
        child = self._children.pop(name, None)
        if child is not None:
            await asyncio.to_thread(child.stop)

    async def watch(self) -> None:
        """Start again what ended, for ever."""
        while True:
            for name in list(self._launches):
                child = self._children[name]
                if not child.alive():
                    self._note_end(name, child)
                    self.start_again(name)
            await asyncio.sleep(LOOK_EVERY)

    async def stop(self) -> None:
        """Stop everything, the parts started last first to hear of it."""
        self._launches.clear()
        children = [self._children.pop(name) for name in reversed(list(self._children))]
        loop = asyncio.get_running_loop()
        # The default pool has fewer threads than there are parts, and each waits for its own.
        with ThreadPoolExecutor(max(1, len(children))) as pool:
            services, platform = children[:-2], children[-2:]
            for together in (services, platform):
                await asyncio.gather(
                    *(loop.run_in_executor(pool, child.stop) for child in together)
                )

    def _note_end(self, name: str, child: Child) -> None:
        # A killed database leaves backends behind, and starts only once they are gone.
        if child.pid not in self._struck and name != DATABASE:
            self.ended_by_themselves[name] += 1
