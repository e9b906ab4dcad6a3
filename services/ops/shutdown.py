"""Running a command's work so that a request to end it cleans up first."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")
ENDED = 128 + signal.SIGTERM


def run_until_stopped(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; SIGTERM and SIGINT cancel the work, which then stops what it started."""
    try:
        return uvloop.run(_cancellable(work))
    except asyncio.CancelledError:
        raise SystemExit(ENDED) from None


async def _cancellable(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, task.cancel)
    return await task
