"""This house's way: the stage as a service on the kit, contracts validated at both ends."""

import asyncio
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

import asyncpg
from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from contracts.envelope import Event
from services.kit.database import Transaction
from services.kit.rows import Rows
from services.kit.running import run
from services.kit.service import Service

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


async def make_table(dsn: str) -> None:
    """The table that a migration would make."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(TABLE)
    await connection.close()


def main(bootstrap: str, dsn: str) -> None:
    """Serve as any service does, until told to stop."""
    asyncio.run(make_table(dsn))
    os.environ |= {
        "ONWARD_KAFKA": bootstrap,
        "ONWARD_DATABASE_URL": dsn,
        "ONWARD_PORT": "0",
        "ONWARD_LOG_LEVEL": "ERROR",
    }
    run(BENCH)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
