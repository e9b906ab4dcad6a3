"""`onward lag`: how far each service is behind, and what waits in its database."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
import typer
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import GroupCoordinatorNotAvailableError
from rich.table import Table

from services.kit.catalogue import heard_by, read_catalogue
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


@dataclass(frozen=True)
class Refused:
    """A row that the broker would not take: its key waits."""

    service: str
    topic: str
    key: str
    failed_at: datetime


@dataclass(frozen=True)
class Standing:
    """How far everybody is."""

    lags: Mapping[str, "Lag"]
    refused: Sequence[Refused]
    last_event: datetime | None
    """The time of the last thing that ops heard."""
    away: str | None = None
    """A sentence where the broker does not answer; the rest is what the databases know."""


@dataclass(frozen=True)
class Lag:
    """What one service has not done yet."""

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
    """Show how far each service is behind; exit 1 where the broker refused something, 3 where
    it is away.
    """
    found = run_until_stopped(_reached())
    if json:
        as_json(asdict(found) | {"at": datetime.now(UTC)})
    else:
        _show(found)
    if found.away:
        raise PlatformMissing(found.away)
    raise typer.Exit(1 if found.refused else 0)


def _show(found: Standing) -> None:
    console.print(_table(found.lags))
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
    behind, away = await _behind_if_there(addresses.bootstrap)
    lags: dict[str, Lag] = {}
    refused: list[Refused] = []
    for name in SERVICES:
        [counts] = await _asked(addresses.dsn(name), WAITING) or [(0, 0, 0, 0, 0)]
        lags[name] = Lag(behind.get(name), *counts)
        refused += [Refused(name, *row) for row in await _asked(addresses.dsn(name), REFUSED)]
    last = await _asked(addresses.dsn("ops"), LAST)
    return Standing(lags, refused, last[0][0] if last else None, away)


async def _behind_if_there(bootstrap: str) -> tuple[Mapping[str, int], str | None]:
    try:
        return await _behind(bootstrap), None
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


async def _behind(bootstrap: str) -> dict[str, int]:
    catalogue = read_catalogue()
    places = await places_of(bootstrap, catalogue)
    if not places:
        return dict.fromkeys(SERVICES, 0)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        ends = await consumer.end_offsets(places)
    found: dict[str, int] = {}
    async with admin_client(bootstrap) as admin:
        for name in SERVICES:
            done = await _done(admin, name)
            heard = set(heard_by(name, catalogue))
            found[name] = sum(
                end - max(done[place].offset if place in done else 0, 0)
                for place, end in ends.items()
                if place.topic in heard
            )
    return found


async def _done(admin: Any, group: str) -> Mapping[TopicPartition, Any]:
    for pause in COORDINATOR_PAUSES:
        try:
            found: Mapping[TopicPartition, Any] = await admin.list_consumer_group_offsets(group)
            return found
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(pause)
    return {}


def _table(found: Mapping[str, Lag]) -> Table:
    table = Table("service", "behind", "outbox", "timers", "refused", "mails", "parked")
    for name, each in found.items():
        counts = asdict(each).values()
        table.add_row(name, *("unknown" if count is None else f"{count:,}" for count in counts))
    return table
