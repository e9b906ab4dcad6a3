"""`onward lag`: who is at work, how far each is behind, and what waits in its database."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import asyncpg
import typer
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
    for_code,
)
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from services.kit.catalogue import heard_by, read_catalogue
from services.kit.offsets import STOPPED
from services.ops.console.wording import clock
from services.ops.output import as_json, console
from services.ops.places import current_dir
from services.ops.platform import (
    BROKER_AWAY,
    SERVICES,
    Addresses,
    PlatformMissing,
    reached_platform,
    without_broker,
)
from services.ops.shutdown import run_until_stopped
from services.ops.topics import admin_client, places_of

app = typer.Typer(add_completion=False)

AsJson = Annotated[bool, typer.Option("--json", help="The figures as one line of JSON.")]
COORDINATOR_PAUSES = (0.2, 0.5, 1.0, 2.0, 2.0)
"""A fresh broker takes a moment to appoint who keeps a group's offsets."""
NOT_APPOINTED = (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
)
WAITING = """
SELECT (SELECT count(*) FROM kit.outbox WHERE deliver_at IS NULL AND failed_at IS NULL),
       (SELECT count(*) FROM kit.outbox WHERE deliver_at IS NOT NULL AND failed_at IS NULL),
       (SELECT count(*) FROM kit.outbox WHERE failed_at IS NOT NULL),
       (SELECT count(*) FROM kit.sendings WHERE state IN ('waiting', 'claimed')),
       (SELECT count(*) FROM kit.parked)
"""
REFUSED = """
SELECT aggregatetype AS topic, aggregateid AS key, failed_at FROM kit.outbox
WHERE failed_at IS NOT NULL ORDER BY failed_at LIMIT 20
"""
LAST = "SELECT time FROM notes ORDER BY event_id DESC LIMIT 1"


MEMBERS = 5
"""Where a group's members stand in the broker's answer about it."""


class State(StrEnum):
    """Whether a service goes on by itself."""

    RUNNING = "running"
    STOPPED = "stopped"
    """It stopped by itself and is to be started again."""
    DEAD = "dead"
    """Nobody is in its consumer group."""


NOT_AT_WORK = {
    State.STOPPED: "has stopped by itself; see consumer-stopped.md in deploy/runbooks",
    State.DEAD: "has no member in its consumer group: its process is not there",
}


@dataclass(frozen=True)
class Refused:
    """A row that the broker would not take: its key waits."""

    service: str
    topic: str
    key: str
    failed_at: datetime


Group = tuple[State | None, int]
"""What the broker knows of a service: whether it is at work, and how far behind."""


@dataclass(frozen=True)
class Standing:
    """How far everybody is."""

    lags: Mapping[str, "Lag"]
    refused: Sequence[Refused]
    last_event: datetime | None
    """The time of the last thing that ops heard."""
    away: str | None = None
    """A sentence where the broker does not answer; the rest is what the databases know."""

    @property
    def not_at_work(self) -> Mapping[str, State]:
        """Those that do nothing until somebody starts them."""
        return {name: lag.state for name, lag in self.lags.items() if lag.state in NOT_AT_WORK}


@dataclass(frozen=True)
class Lag:
    """Whether a service is at work, and what it has not done yet."""

    state: State | None
    """None where the broker does not say."""
    behind: int | None
    """Records on its topics that it has not taken; None where the broker is away."""
    outbox: int
    timers: int
    refused: int
    """Rows that the broker would not take."""
    sendings: int
    parked: int


@app.command()
def lag(json: AsJson = False) -> None:
    """Show who is at work and how far behind each is; exit 1 where a service is stopped or dead
    or the broker refused something, 3 where the broker is away.
    """
    found = run_until_stopped(_reached())
    if json:
        as_json(asdict(found) | {"at": datetime.now(UTC)})
    else:
        _show(found)
    if found.away:
        raise PlatformMissing(found.away)
    raise typer.Exit(1 if found.refused or found.not_at_work else 0)


def _show(found: Standing) -> None:
    console.print(_table(found.lags))
    for name, state in found.not_at_work.items():
        console.print(f"{name} {NOT_AT_WORK[state]}.", markup=False, highlight=False)
    for row in found.refused:
        place = f"{row.service}, {row.topic}, key {row.key}"
        console.print(f"Refused {clock(row.failed_at)}: {place}", markup=False, highlight=False)
    if found.last_event is not None:
        console.print(f"The last event that ops heard: {clock(found.last_event)}", highlight=False)


async def _reached() -> Standing:
    async with reached_platform(current_dir()) as addresses:
        return await standing(addresses)


async def standing(addresses: Addresses) -> Standing:
    """How far every service is, what the broker refused, and when ops heard something last."""
    groups, away = await _groups_if_there(addresses.bootstrap)
    lags: dict[str, Lag] = {}
    refused: list[Refused] = []
    for name in SERVICES:
        [counts] = await _asked(addresses.dsn(name), WAITING) or [(0, 0, 0, 0, 0)]
        lags[name] = Lag(*groups.get(name, (None, None)), *counts)
        refused += [Refused(name, *row) for row in await _asked(addresses.dsn(name), REFUSED)]
    last = await _asked(addresses.dsn("ops"), LAST)
    return Standing(lags, refused, last[0][0] if last else None, away)


async def _groups_if_there(bootstrap: str) -> tuple[Mapping[str, Group], str | None]:
    try:
        return await _groups(bootstrap), None
    except BROKER_AWAY:
        return {}, without_broker(bootstrap)


async def _asked(dsn: str, sql: str) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        found: list[Any] = await connection.fetch(sql)
        return found
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()


async def _groups(bootstrap: str) -> dict[str, Group]:
    catalogue = read_catalogue()
    ends = await _ends(bootstrap, catalogue)
    found: dict[str, Group] = {}
    async with admin_client(bootstrap) as admin:
        for name in SERVICES:
            done = await _patiently(partial(admin.list_consumer_group_offsets, name)) or {}
            heard = set(heard_by(name, catalogue))
            behind = sum(
                end - max(done[place].offset if place in done else 0, 0)
                for place, end in ends.items()
                if place.topic in heard
            )
            members = await _patiently(partial(_members, admin, name))
            found[name] = (_state(done, members), behind)
    return found


async def _ends(bootstrap: str, topics: Iterable[str]) -> Mapping[TopicPartition, int]:
    places = await places_of(bootstrap, topics)
    if not places:
        return {}
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        found: Mapping[TopicPartition, int] = await consumer.end_offsets(places)
    return found


def _state(done: Mapping[TopicPartition, Any], members: int | None) -> State | None:
    # After some minutes a consumer that stopped is no longer a member either.
    if any(each.metadata == STOPPED for each in done.values()):
        return State.STOPPED
    if members is None:
        return None
    return State.RUNNING if members else State.DEAD


async def _members(admin: Any, group: str) -> int:
    # One at a time: aiokafka misreads an answer about several.
    [answer] = await admin.describe_consumer_groups([group])
    [[fault, *_]] = answer.groups
    if fault:
        raise for_code(fault)
    return len(answer.groups[0][MEMBERS])


async def _patiently(ask: Callable[[], Awaitable[Any]]) -> Any:
    for pause in COORDINATOR_PAUSES:
        try:
            return await ask()
        except NOT_APPOINTED:
            await asyncio.sleep(pause)
    return None


def _table(found: Mapping[str, Lag]) -> Table:
    names = ("state", "behind", "outbox", "timers", "refused", "mails", "parked")
    table = Table(
        Column("service", no_wrap=True),
        *names,
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for name, each in found.items():
        table.add_row(name, *(_written(value) for value in asdict(each).values()))
    return table


def _written(value: int | State | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,}" if isinstance(value, int) else value
