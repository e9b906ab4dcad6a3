"""Starts services as processes and starts again those that end by themselves."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from services.ops.platform.children import Child, Command, start
from services.ops.processes.environment import Surroundings

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0


def start_service(
    service: str, surroundings: Surroundings, logs: Path, role: Sequence[str] = ()
) -> Child:
    """One service as its own process; its log is `<service>.log`."""
    logs.mkdir(parents=True, exist_ok=True)
    environment = surroundings.of(service)
    if role:
        environment["ONWARD_ROLE"] = "[" + ",".join(f'"{each}"' for each in role) + "]"
    return start(
        Command(
            name=service,
            arguments=[sys.executable, "-m", f"services.{service}"],
            log=logs / f"{service}.log",
            environment=environment,
        )
    )


@dataclass
class Supervisor:
    """Keeps services running until it is cancelled; then it stops them, all at once."""

    surroundings: Surroundings
    logs: Path
    say: Callable[[str], None]
    children: dict[str, Child] = field(default_factory=dict)

    async def run(self, services: Sequence[str]) -> None:
        """Start the services and watch over them."""
        # A thread each waits for its end; the event loop's own few must stay free to stop them.
        with ThreadPoolExecutor(len(services)) as watchers:
            try:
                await asyncio.gather(*(self._keep(service, watchers) for service in services))
            finally:
                children = self.children.values()
                await asyncio.gather(*(asyncio.to_thread(child.stop) for child in children))

    async def _keep(self, service: str, watchers: Executor) -> None:
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            child = start_service(service, self.surroundings, self.logs)
            self.children[service] = child
            begun = loop.time()
            await loop.run_in_executor(watchers, child.process.wait)
            if loop.time() - begun > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            self.say(f"{service} ended; it starts again in {pause:.0f} s (see its log).")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
