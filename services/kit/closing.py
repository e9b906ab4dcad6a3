"""Closes a client that may never end, or may end badly: the one who closes it goes on."""

import asyncio
from collections.abc import Coroutine
from typing import Any

CLOSED_WITHIN = 2.0
"""Seconds."""


async def closed(closing: Coroutine[Any, Any, Any]) -> None:
    """Wait a moment for a client to close; whatever comes of it is of no interest any more.

    It has a task of its own, because aiokafka's clients cancel and await their own tasks: that
    cancellation can come out of them though nobody cancelled us.
    """
    task = asyncio.ensure_future(closing)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        await asyncio.wait({task}, timeout=CLOSED_WITHIN)
    finally:
        task.cancel()
