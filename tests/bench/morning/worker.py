"""school_alerts as one process of the bench, by the bench's clock."""

import asyncio
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvloop

from services.kit.logging import set_up_logging
from services.kit.running import Front, Parts
from services.kit.runtime import Runtime, open_runtime
from services.kit.settings import Settings
from services.school_alerts.app import SERVICE
from services.school_alerts.gateway import NotifyGateway
from tests.bench.morning.shown_clock import ShownClock, write_whole
from tests.services.school_alerts.notify_emulator import Notify

FAST = "FAST"


class FastNotify(NotifyGateway):
    """The gateway to an emulator, as many times faster as the clock."""

    def __init__(self, runtime: Runtime, rate: float, tally: Path) -> None:
        clock = runtime.clock
        self._emulator = Notify(clock=lambda: clock.now().timestamp(), keeps=False)
        self._tally = tally
        super().__init__(runtime.settings, self._emulator.transport())
        self.pace = NotifyGateway.pace * rate
        self.at_once = 50

    async def deliver(self, message: Any, reference: str, sent_at: Any) -> None:
        """Hand over, and note how many a minute were taken."""
        await super().deliver(message, reference, sent_at)
        if self._emulator.count % 50 == 0:
            self.note()

    async def close(self) -> None:
        """Note the last figures."""
        self.note()
        await super().close()

    def note(self) -> None:
        """Write what the emulator counted."""
        fullest = max(self._emulator.minutes.values(), default=0)
        figures = f"{self._emulator.count} {fullest} {self._emulator.limited}"
        write_whole(self._tally, figures.encode())


async def work(clock: ShownClock, rate: float) -> None:
    """Run until told to stop."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    tally = clock.path.with_name("notify")
    gateways = {**SERVICE.gateways, "notify": lambda runtime: FastNotify(runtime, rate, tally)}
    service = replace(SERVICE, gateways=gateways)
    async with AsyncExitStack() as stack:
        front = Front(service, Settings(), stack)
        runtime = await open_runtime(service, Settings(), clock)
        stack.push_async_callback(runtime.database.close)
        await Parts(runtime, stack, front).start()
        await told.wait()


if __name__ == "__main__":
    set_up_logging(SERVICE.name, "WARNING")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(work(ShownClock(Path(sys.argv[1])), float(sys.argv[2])))
