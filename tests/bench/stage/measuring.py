"""Running one competitor in a process of its own and measuring what it took."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import psutil

from tests.bench.stage.job import (
    Place,
    check,
    ear,
    forget,
    make_topics,
    read_all,
    said_so_far,
    say,
    wait_for,
)

THINGS = 5000


@dataclass(frozen=True)
class Taken:
    """What a competitor took for a number of events."""

    events: int
    seconds: float
    cpu_seconds: float
    peak_mib: float

    @property
    def per_second(self) -> float:
        """Events a second, from the first to the last decision said."""
        return self.events / self.seconds

    @property
    def cpu_per_10_000(self) -> float:
        """The competitor's own CPU seconds per 10,000 events."""
        return self.cpu_seconds / self.events * 10_000


@asynccontextmanager
async def competitor(module: str, place: Place) -> AsyncIterator[psutil.Process]:
    """A competitor's process; stopped by its id at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        place.bootstrap,
        place.dsn,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def backlog(module: str, place: Place, events: int, within: float) -> Taken:
    """A backlog of events, worked off with nobody else at work.

    Start-up is left out for everyone: time runs from the first decision's append to the last's.
    """
    await make_topics(place)
    await say(place, events, THINGS)
    async with competitor(module, place) as process, ear(place) as counts:
        await _said(counts, 1, within, process)
        cpu, before = _cpu(process), await said_so_far(counts)
        await _said(counts, events, within, process)
        spent, peak = _cpu(process) - cpu, _peak_mib(process)
        heard = await read_all(counts, events)
    check(heard, events)
    await forget(place)
    seconds = max(h.appended_at for h in heard) - min(h.appended_at for h in heard)
    return Taken(events, seconds, spent * events / (events - before), peak)


async def paced(module: str, place: Place, events: int, per_second: float) -> tuple[float, float]:
    """p50 and p99 in milliseconds from a sighting's publish to its count being read."""
    await make_topics(place)
    await say(place, 1, 1)
    async with competitor(module, place), ear(place) as counts:
        await read_all(counts, 1)
        hearing = asyncio.create_task(read_all(counts, events))
        await say(place, events, THINGS, per_second)
        heard = await asyncio.wait_for(hearing, timeout=60)
    await forget(place)
    taken = sorted((h.read_at - h.sent_at) * 1000 for h in heard)
    return median(taken), quantiles(taken, n=100)[98]


async def _said(counts: Any, events: int, within: float, process: psutil.Process) -> None:
    """Until that many counts stand in the log; RuntimeError where the competitor ends first."""
    waiting = asyncio.ensure_future(wait_for(counts, events, within))
    while not waiting.done():
        await asyncio.wait({waiting}, timeout=1.0)
        if not process.is_running():
            waiting.cancel()
            raise RuntimeError("the competitor ended by itself")
    await waiting


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _peak_mib(process: psutil.Process) -> float:
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        peak = next(line for line in status if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024
