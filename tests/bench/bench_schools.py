"""The first day of term: 100,000 alerts planned, paced and handed over before the bell."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from shutil import copytree

import psutil
from rich.console import Console

from services.kit.catalogue import read_catalogue
from services.kit.database import Database
from services.kit.migrations import migrate
from services.kit.sealing import Keyring
from services.ops.platform import Addresses, embedded_platform
from services.ops.processes.environment import Surroundings
from services.ops.roster import keyring_file, write_keyrings
from services.ops.topics import apply_topics
from tests.bench.morning.counting_sink import Count, counting_sink
from tests.bench.morning.evening import incidents, publish, schools_csv
from tests.bench.morning.shown_clock import ShownClock
from tests.services.school_alerts.builders import london
from tests.services.school_alerts.notify_emulator import API_KEY, TEMPLATE

NAME = "school_alerts"
EVENING, SEVEN = london("2027-08-31T20:00"), london("2027-09-01T07:00")
CUT_OFF = london("2027-09-01T08:30")
FIVE_MINUTES = 300.0
FLAT = 1.5
"""How much more memory the end of a morning may take than its first tenth."""
STAGES = "SELECT count(*), count(sent_at), max(sent_at), bool_or(late) FROM alerts"
FIRST = "SELECT min(send_at) FROM alerts"
console = Console()


@dataclass
class Morning:
    """What a morning took."""

    gateway: str
    alerts: int
    planned_seconds: float = 0.0
    sent_seconds: float = 0.0
    started_at: str = ""
    last_at: str = ""
    late: bool = False
    second_copies: int = 0
    fullest_minute: int = 0
    put_off: int = 0
    first_mib: float = 0.0
    last_mib: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the promise held: in time, none late, memory flat."""
        quick = self.gateway == "notify" or self.planned_seconds + self.sent_seconds <= FIVE_MINUTES
        return quick and not self.late and self.last_mib <= self.first_mib * FLAT


@dataclass
class Stage:
    """The platform of one morning."""

    addresses: Addresses
    database: Database
    clock: ShownClock
    environment: dict[str, str]
    count: Count
    rate: float

    async def alerts(self) -> tuple[int, int, datetime | None, bool]:
        """How many are planned and sent, the last one's time, and whether any was late."""
        [row] = await self.database.fetch(STAGES)
        return row[0], row[1], row[2], bool(row[3])

    @property
    def tally(self) -> list[int]:
        """What the emulator of Notify counted: taken, the fullest minute, put off."""
        path = self.clock.path.with_name("notify")
        return [int(n) for n in path.read_text().split()] if path.exists() else [0, 0, 0]

    @property
    def handed_over(self) -> int:
        """How many mails were taken, by either way."""
        return self.count.taken + self.tally[0]

    @asynccontextmanager
    async def worker(self, role: str) -> AsyncIterator[psutil.Process]:
        """One process of the service; stopped by its id at the end."""
        environment = {**os.environ, **self.environment, "ONWARD_ROLE": json.dumps(role.split())}
        words = ("-m", "tests.bench.morning.worker", str(self.clock.path), str(self.rate))
        process = await asyncio.create_subprocess_exec(sys.executable, *words, env=environment)
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            await process.wait()


@asynccontextmanager
async def stage(folder: Path, gateway: str, rate: float) -> AsyncIterator[tuple[Stage, Keyring]]:
    """A platform of its own, with the town's schools and an area that uses the gateway."""
    write_keyrings(folder / "keys")
    areas = folder / "areas"
    copytree("deploy/areas", areas)
    (areas / "schools.csv").write_text(schools_csv(), encoding="utf-8")
    area = areas / "sheffield.toml"
    policy = area.read_text("utf-8").replace('gateway = "mail"', f'gateway = "{gateway}"')
    area.write_text(policy, "utf-8")
    async with embedded_platform(folder) as addresses, counting_sink() as (count, port):
        await apply_topics(addresses.bootstrap, read_catalogue().values())
        await migrate(addresses.dsn(NAME), NAME)
        surroundings = Surroundings(addresses, folder / "keys", port, areas)
        environment = surroundings.of(NAME) | {
            "ONWARD_PORT": "0",
            "ONWARD_MAILS_A_SECOND": "3000",
            "ONWARD_MAILS_TOGETHER": "50",
            "ONWARD_NOTIFY_KEY": API_KEY,
            "ONWARD_NOTIFY_TEMPLATE": TEMPLATE,
        }
        database = await Database.connect(addresses.dsn(NAME), connections=1)
        clock = ShownClock(folder / "clock")
        ring = keyring_file(folder / "keys", "police_notifications")
        keyring = Keyring.from_json(ring.read_text("utf-8"))
        yield Stage(addresses, database, clock, environment, count, rate), keyring
        await database.close()


async def measure(alerts: int, gateway: str, rate: float) -> Morning:
    """One morning, from the evening's backlog to the last mail."""
    morning = Morning(gateway, alerts)
    with tempfile.TemporaryDirectory() as name:
        async with stage(Path(name), gateway, rate) as (place, keyring):
            place.clock.set(EVENING)
            console.print(f"{gateway}: {alerts:,} incidents of the evening ...")
            await publish(place.addresses.bootstrap, incidents(alerts, EVENING, keyring))
            await _night(place, morning)
            _read_tally(place, morning)
    return morning


async def _night(place: Stage, morning: Morning) -> None:
    async with place.worker("consumer relay") as deciding:
        await _evening(place, morning)
        async with place.worker("dispatcher") as sending:
            await _school_morning(place, morning, [deciding, sending])


async def _evening(place: Stage, morning: Morning) -> None:
    began = time.monotonic()

    async def planned() -> int:
        return (await place.alerts())[0]

    await _until(planned, morning.alerts)
    morning.planned_seconds = round(time.monotonic() - began, 1)
    [[first]] = await place.database.fetch(FIRST)
    morning.started_at = f"{first:%H:%M} UTC"
    place.clock.set(first, place.rate)


async def _school_morning(place: Stage, morning: Morning, processes: list[psutil.Process]) -> None:
    began, memory = time.monotonic(), list[float]()

    async def handed_over() -> int:
        memory.append(sum(p.memory_info().rss for p in processes) / 1024**2)
        return place.handed_over

    await _until(handed_over, morning.alerts)
    morning.sent_seconds = round(time.monotonic() - began, 1)
    tenth = max(1, len(memory) // 10)
    morning.first_mib, morning.last_mib = round(memory[tenth - 1]), round(max(memory[-tenth:]))

    async def said() -> int:
        return (await place.alerts())[1]

    await _until(said, morning.alerts)
    _, _, last, late = await place.alerts()
    morning.last_at, morning.late = f"{last:%H:%M:%S} UTC", late or (last or SEVEN) >= CUT_OFF


def _read_tally(place: Stage, morning: Morning) -> None:
    if morning.gateway == "mail":
        morning.second_copies = place.count.taken - len(place.count.seen)
        return
    _, morning.fullest_minute, morning.put_off = place.tally


async def _until(counted: Callable[[], Awaitable[int]], wanted: int) -> None:
    before = -1
    while (found := await counted()) < wanted:
        if found // 10_000 != before // 10_000:
            console.print(f"  {found:,}")
        before = found
        await asyncio.sleep(0.5)


def main() -> None:
    """Measure, print, and end with a line of JSON; exit 1 where a promise broke."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--alerts", type=int, default=100_000)
    asking.add_argument("--gateways", nargs="*", default=["mail", "notify"])
    asking.add_argument("--fast", type=float, default=8.0, help="how fast Notify's clock runs")
    asked = asking.parse_args()
    rates = {"mail": 1.0, "notify": asked.fast}
    mornings = list[Morning]()
    for gateway in asked.gateways:
        mornings.append(asyncio.run(measure(asked.alerts, gateway, rates[gateway])))
        console.print(asdict(mornings[-1]))
    holds = all(morning.holds for morning in mornings)
    figures = {morning.gateway: asdict(morning) for morning in mornings}
    print(json.dumps({"bench": "schools", "holds": holds, **figures}))  # noqa: T201
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
