"""The six services as processes on a real platform, and what they cost."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psutil
from aiokafka import AIOKafkaProducer

from contracts.vocabulary import incident_id_of
from services.kit.catalogue import read_catalogue
from services.ops.chaos.asking import until_ready
from services.ops.chaos.ground import Ground, prepared
from services.ops.chaos.keeper import Keeper
from services.ops.chaos.lookout import Lookout
from services.ops.chaos.posts import BROKER, DATABASE, Post
from services.ops.platform import SERVICES
from services.ops.platform.mail import mail_sink
from services.ops.topics import apply_topics

SIX = tuple(service for service in SERVICES if service != "ops")
WITHIN = 900.0
LOOK_EVERY = 3.0


@dataclass(frozen=True)
class Cost:
    """What processes have used so far: CPU seconds, and memory without what they share twice."""

    cpu: dict[str, float]
    mib: dict[str, float]

    def since(self, before: "Cost") -> dict[str, float]:
        """CPU seconds by process since then."""
        return {name: spent - before.cpu.get(name, 0.0) for name, spent in self.cpu.items()}


@dataclass
class Pipeline:
    """The platform, and the services once they are started."""

    ground: Ground
    keeper: Keeper

    async def start(self) -> None:
        """Start the six and wait until all are ready."""
        ports = [self.ground.launch(Post(service)) for service in SIX]
        async with asyncio.timeout(WITHIN):
            await asyncio.gather(*(until_ready(port) for port in ports))

    async def quiet(self) -> None:
        """Return when all that was said has been heard, and all of it said on."""
        # A look asks for the ends of a thousand partitions; seldom, it costs those measured less.
        lookout = Lookout(self.ground.addresses, SIX, every=LOOK_EVERY)
        looking = asyncio.ensure_future(lookout.run())
        try:
            await lookout.until_quiet(WITHIN)
        finally:
            looking.cancel()

    def cost(self) -> Cost:
        """What everything has used so far."""
        cpu: dict[str, float] = {}
        mib: dict[str, float] = {}
        for name in (*SIX, BROKER, DATABASE):
            spent = [_spent(one) for one in _family(self.keeper.pid_of(name))]
            cpu[name] = sum(seconds for seconds, _ in spent)
            mib[name] = sum(pss for _, pss in spent) / 2**20
        return Cost(cpu, mib)


@asynccontextmanager
async def a_pipeline(folder: Path) -> AsyncIterator[Pipeline]:
    """A durable platform with the catalogue's own partitions; no service runs yet."""
    keeper = Keeper()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(keeper.stop)
        sink = await stack.enter_async_context(mail_sink(folder / "mail"))
        ground = await prepared(folder, keeper, sink.port)
        await apply_topics(ground.addresses.bootstrap, read_catalogue().values())
        yield Pipeline(ground, keeper)


async def send(
    bootstrap: str, topic: str, contents: Iterable[dict[str, Any]], a_second: float | None = None
) -> dict[str, float]:
    """Publish reports, at once or at a pace; by incident id: when it was sent, in milliseconds."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=2)
    sent: dict[str, float] = {}
    async with producer:
        loop = asyncio.get_running_loop()
        waiting, began = [], loop.time()
        for number, content in enumerate(contents):
            if a_second:
                await asyncio.sleep(max(0.0, began + number / a_second - loop.time()))
            key = f"{content.get('source')}/{content.get('reference')}".encode()
            coming = await producer.send(topic, orjson.dumps(content), key=key)
            waiting.append((content, coming))
        for content, coming in waiting:
            record = await coming
            if "reference" in content:
                incident = incident_id_of(content["source"], content["reference"])
                sent[str(incident)] = record.timestamp
    return sent


def _family(pid: int) -> Sequence[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _spent(process: psutil.Process) -> tuple[float, int]:
    """CPU seconds and bytes; nothing of one that has just ended, as autovacuum's workers do."""
    try:
        with process.oneshot():
            return sum(process.cpu_times()[:2]), process.memory_full_info().pss
    except psutil.NoSuchProcess:
        return 0.0, 0
