"""Live, ready and metrics: whether to restart a process, and whether to count on it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from services.kit import metrics
from services.kit.database import Database

STUCK_AFTER = 180.0
"""No single attempt at a batch may last so long: every statement has a shorter timeout."""
LAG_EVERY = 0.5
Check = Callable[[], Awaitable[bool]]


class Progress:
    """Whether a batch is being attempted, and since when."""

    def __init__(self) -> None:
        self._since: float | None = None

    def begin(self) -> None:
        """An attempt begins."""
        self._since = monotonic()

    def end(self) -> None:
        """It ended, one way or the other."""
        self._since = None

    @property
    def made(self) -> bool:
        """Nothing is attempted, or not for too long."""
        return self._since is None or monotonic() - self._since < STUCK_AFTER


def health_app(
    service: str, progress: Progress, ready: Mapping[str, Check], door: Any = None
) -> Starlette:
    """The process's HTTP side: health, metrics, and its door where it has one."""

    async def live(request: Request) -> Response:
        return JSONResponse({"live": progress.made}, 200 if progress.made else 503)

    async def is_ready(request: Request) -> Response:
        found = await _asked(ready)
        return JSONResponse(found, 200 if all(found.values()) else 503)

    async def counted(request: Request) -> Response:
        for name, well in (await _asked(ready)).items():
            metrics.READY.labels(service, name).set(well)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    routes: list[BaseRoute] = [
        Route("/live", live),
        Route("/ready", is_ready),
        Route("/metrics", counted),
    ]
    return Starlette(routes=[*routes, *([Mount("/", app=door)] if door is not None else [])])


async def _asked(ready: Mapping[str, Check]) -> dict[str, bool]:
    return {name: await _quickly(check) for name, check in list(ready.items())}


async def _quickly(check: Check) -> bool:
    try:
        async with asyncio.timeout(2):
            return await check()
    except Exception:
        return False


def reachable(database: Database) -> Check:
    """Whether the database answers."""

    async def check() -> bool:
        return bool(await database.fetch("SELECT 1"))

    return check


async def watch_loop(service: str) -> None:
    """Measure for ever how late the event loop wakes: heartbeats share it."""
    loop = asyncio.get_running_loop()
    while True:
        expected = loop.time() + LAG_EVERY
        await asyncio.sleep(LAG_EVERY)
        metrics.LOOP_LAG.labels(service).set(max(0.0, loop.time() - expected))
