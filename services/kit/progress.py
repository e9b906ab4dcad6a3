"""How far a topic has been heard, kept in the database so that every member of the group knows."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from services.kit.database import Database, Transaction

ALL_OF_IT = datetime(9999, 1, 1, tzinfo=UTC)
"""Under a steered clock nothing is ever unheard at the time it is asked for."""
NOTHING = datetime(1970, 1, 1, tzinfo=UTC)
NOTE = """
INSERT INTO kit.progress AS known (topic, partition, heard_until)
SELECT * FROM unnest($1::text[], $2::int[], $3::timestamptz[])
ON CONFLICT (topic, partition) DO UPDATE SET heard_until = excluded.heard_until
WHERE known.heard_until < excluded.heard_until
"""
HEARD = "SELECT min(heard_until) FROM kit.progress WHERE topic = $1"
PARKED = "SELECT DISTINCT key FROM kit.parked WHERE topic = $1 AND key = ANY($2::text[])"


async def heard_until(transaction: Transaction, topic: str) -> datetime:
    """Everything the broker took in on this topic before that time has been handled or parked.

    Only for topics that the service `watches`; one never heard is heard until 1970.
    """
    [[time]] = await transaction.fetch(HEARD, topic)
    return NOTHING if time is None else time


async def parked_keys(transaction: Transaction, topic: str, keys: Iterable[str]) -> set[str]:
    """Those of the keys that have a parked message on this topic."""
    return {row[0] for row in await transaction.fetch(PARKED, topic, sorted(set(keys)))}


async def note(database: Database, heard: Mapping[tuple[str, int], datetime]) -> None:
    """Keep how far each partition has been heard; it never goes back."""
    if heard:
        places = sorted(heard)
        times = [heard[place] for place in places]
        await database.fetch(NOTE, [p[0] for p in places], [p[1] for p in places], times)
