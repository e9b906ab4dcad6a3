"""A service's process: health first, migrate, wire the parts its role asks for, run until told."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

import uvicorn
import uvloop

from services.kit import metrics
from services.kit.clock import WallClock
from services.kit.consuming import Consuming
from services.kit.dispatch import Dispatcher
from services.kit.faults import is_infrastructure, waits
from services.kit.health import Check, Progress, health_app, reachable, watch_loop
from services.kit.logging import kind_of, logger, set_up_logging
from services.kit.migrating import migrated
from services.kit.publisher import Publisher
from services.kit.redrive import Redriver
from services.kit.relay import Relay
from services.kit.runner import Runner
from services.kit.runtime import Runtime, open_runtime
from services.kit.service import Service
from services.kit.settings import Settings
from services.kit.telemetry import set_up_telemetry
from services.kit.telling import alarms_of, watch_put_off

T = TypeVar("T")
REMEMBERED = timedelta(days=45)
"""The inbox keeps days longer than any topic, and the longest redrive after it."""
TIDY_EVERY = 3600.0
NEW_OBJECTS = 20_000
"""So many before a look for cycles: what failures and closed waits leave behind stays a few MiB."""
log = logger("running")


class PortTaken(Exception):  # noqa: N818
    """Nobody could be heard at the port: whatever else the process did, nobody would see it."""


def run(service: Service) -> None:
    """Run a service until SIGTERM or SIGINT; settings come from the environment."""
    settings = Settings()
    set_up_logging(service.name, settings.log_level)
    set_up_telemetry(service.name, settings.otlp_endpoint)
    _look_for_cycles_seldom()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        try:
            loop.run(_until_told(service, settings))
        except PortTaken as fault:
            log.critical("port_taken", port=settings.port)
            sys.exit(str(fault))


def _look_for_cycles_seldom() -> None:
    # Among a batch's many short-lived objects that costs a tenth of its time; never to look would
    # let what failures leave behind pile up for as long as the process lives.
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


async def _until_told(service: Service, settings: Settings) -> None:
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    async with AsyncExitStack() as stack:
        start = stack.enter_async_context(serving(service, settings))
        if not await _before(told, start):
            return
        log.info("running", role=settings.role)
        await told.wait()
        log.info("stopping")


async def _before(told: asyncio.Event, work: Coroutine[Any, Any, Any]) -> bool:
    """Work that may wait for ever is given up as soon as the process is told to stop."""
    working, waiting = asyncio.ensure_future(work), asyncio.ensure_future(told.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not working.done():
        await _end(working)
        return False
    working.result()
    return True


@asynccontextmanager
async def serving(service: Service, settings: Settings) -> AsyncIterator[Runtime]:
    """The service at work; at the end it finishes its batch and leaves."""
    url = settings.database_of(service.name)
    async with AsyncExitStack() as stack:
        front = Front(service, settings, stack)
        await _patiently(lambda: migrated(url, service.name))
        runtime = await _patiently(lambda: open_runtime(service, settings, WallClock()))
        stack.push_async_callback(runtime.database.close)
        await Parts(runtime, stack, front).start()
        yield runtime


class Front:
    """What others ask a process over HTTP: there from the start, whatever the process waits for."""

    def __init__(self, service: Service, settings: Settings, stack: AsyncExitStack) -> None:
        self._service = service
        self._stack = stack
        self._server: Server | None = None
        self._door: Any = None
        self.progress = Progress()
        self.tasks: list[asyncio.Task[None]] = []
        self.ready: dict[str, Check] = {
            "database": _says(lambda: False),
            "parts": _says(lambda: not any(task.done() for task in self.tasks)),
        }
        metrics.begin(service.name)
        self.task(watch_loop(service.name))
        if settings.port:
            self._listen(settings)

    def task(self, work: Awaitable[None]) -> asyncio.Task[None]:
        """Work that lasts as long as the process does."""
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self.tasks.append(task)
        self._stack.push_async_callback(_end, task)
        return task

    def open_door(self, runtime: Runtime) -> None:
        """From now on who knocks is heard: a door needs the database, and nobody else."""
        if self._door is not None and self._service.door is not None:
            self._door.opens(self._service.door(runtime))

    async def close(self) -> None:
        """Finish what was asked and hear nobody any more."""
        if self._server is not None:
            await _close(self._server, self._serving)

    def _listen(self, settings: Settings) -> None:
        if "door" in settings.role and self._service.door is not None:
            # Imported only where there is a door: it brings FastAPI along.
            from services.kit.doorway import Threshold

            self._door = Threshold()
        app = health_app(self._service.name, self.progress, self.ready, self._door)
        config = uvicorn.Config(
            app, host=settings.host, port=settings.port, log_config=None, access_log=False
        )
        self._server = Server(config)
        self._serving = self.task(self._server.serve([_listening(settings)]))
        self._stack.push_async_callback(self.close)


class Parts:
    """The parts of one process, by its role."""

    def __init__(self, runtime: Runtime, stack: AsyncExitStack, front: Front) -> None:
        self._runtime = runtime
        self._stack = stack
        self._front = front
        self._task = front.task
        self._ready = front.ready
        self._ready["database"] = reachable(runtime.database)

    async def start(self) -> None:
        """Start what the role asks for, the readers last: they wait for the broker."""
        role = self._runtime.settings.role
        if "relay" in role:
            self._start_relay()
        if "dispatcher" in role:
            self._start_dispatcher()
        self._runtime.listeners.append(alarms_of(self._runtime.service.name))
        self._front.open_door(self._runtime)
        # At the end it closes before what it needs is gone.
        self._stack.push_async_callback(self._front.close)
        if "consumer" in role:
            await self._start_consumer()

    def _start_relay(self) -> None:
        publisher = Publisher(self._runtime.settings.kafka, self._runtime.service.name)
        relay = Relay(self._runtime, publisher)
        self._stack.push_async_callback(publisher.stop)
        self._stack.push_async_callback(relay.stop)
        self._runtime.listeners.append(relay.told)
        self._task(relay.run())
        self._task(publisher.listen())
        session = self._runtime.settings.session_seconds
        self._ready["producer"] = _says(
            lambda: not relay.failing and publisher.heard_within(session)
        )

    def _start_dispatcher(self) -> None:
        dispatcher = Dispatcher(self._runtime)
        self._stack.push_async_callback(dispatcher.stop)
        self._runtime.listeners.append(dispatcher.told)
        self._task(dispatcher.run())
        self._task(watch_put_off(self._runtime))

    async def _start_consumer(self) -> None:
        runner = Runner(self._runtime, self._runtime.tell, progress=self._front.progress)
        consuming = Consuming(self._runtime, runner)
        self._task(Redriver(self._runtime).run())
        self._task(_tidy(self._runtime))
        self._ready["assigned"] = _says(lambda: consuming.assigned)
        self._ready["consuming"] = _says(lambda: consuming.stopped_by is None)
        await _patiently(consuming.start)
        self._stack.push_async_callback(consuming.stop)
        self._task(consuming.watch())
        self._task(consuming.listen())


def _listening(settings: Settings) -> socket.socket:
    """The port, taken before anything else is begun: PortTaken where somebody has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as fault:
        where = f"{settings.host}, port {settings.port}"
        raise PortTaken(f"Cannot listen at {where}: {os.strerror(fault.errno or 0)}.") from fault


class Server(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        """Signals are the process's business."""
        yield


async def _close(server: Server, task: asyncio.Task[None]) -> None:
    server.should_exit = True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            await asyncio.shield(task)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _says(condition: Callable[[], bool]) -> Check:
    async def check() -> bool:
        return condition()

    return check


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    for wait in waits():
        try:
            return await attempt()
        except Exception as fault:
            if not is_infrastructure(fault):
                raise
            log.warning("waits_to_start", fault=kind_of(fault))
        await asyncio.sleep(wait)
    raise AssertionError("waits never end")


async def _tidy(runtime: Runtime) -> None:
    while True:
        try:
            oldest = (runtime.clock.now() - REMEMBERED).date()
            await runtime.partitions.drop_before(oldest)
        except Exception as fault:
            log.warning("tidying_waits", fault=kind_of(fault))
        await asyncio.sleep(TIDY_EVERY)
