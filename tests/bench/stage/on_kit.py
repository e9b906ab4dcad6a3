"""This house's way: the stage as a service on the kit, contracts validated at both ends."""

import asyncio
import signal
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

import asyncpg
import uvloop
from pydantic import SecretStr
from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from contracts.envelope import Event
from services.kit.database import Transaction
from services.kit.rows import Rows
from services.kit.running import serving
from services.kit.service import Service
from services.kit.settings import Settings

COUNTS = Table(
    "counts",
    MetaData(),
    Column("thing", Text, primary_key=True),
    Column("seen", BigInteger, nullable=False),
)
TABLE = "CREATE TABLE IF NOT EXISTS counts (thing text PRIMARY KEY, seen bigint NOT NULL)"


class Sighting(Event, topic="bench.sighting.v1", key="thing"):
    """Something was seen."""

    thing: str
    sent_at: float
    padding: str = ""


class CountSaid(Event, topic="bench.count.v1", key="thing"):
    """How often it was seen."""

    thing: str
    seen: int
    sent_at: float


@dataclass(frozen=True, slots=True)
class Count:
    """How often a thing was seen."""

    thing: str
    seen: int


class Counts:
    """Counts by thing."""

    def __init__(self, counts: Iterable[Count] = ()) -> None:
        self.rows = Rows[str, Count](attrgetter("thing"), counts)


def count_sighting(event: Sighting, counts: Counts, now: datetime) -> list[CountSaid]:
    """One more."""
    known = counts.rows.get(event.thing) or Count(event.thing, 0)
    counted = replace(known, seen=known.seen + 1)
    counts.rows.put(counted)
    return [CountSaid(thing=event.thing, seen=counted.seen, sent_at=event.sent_at)]


async def load(transaction: Transaction, heard: Sequence[Sighting]) -> Counts:
    """The counts of what was seen."""
    things = {event.thing for event in heard}
    return Counts(await transaction.rows(Count, COUNTS, where="thing", among=things))


async def save(transaction: Transaction, counts: Counts) -> None:
    """The counts as they are now."""
    await transaction.upsert(COUNTS, counts.rows.changed())


BENCH = Service(name="bench", speaker="bench", hears=[count_sighting], load=load, save=save)


async def main(bootstrap: str, dsn: str) -> None:
    """Serve until told to stop."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(TABLE)
    await connection.close()
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    settings = Settings(kafka=bootstrap, database_url=SecretStr(dsn), port=0)
    async with serving(BENCH, settings):
        await told.wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))
