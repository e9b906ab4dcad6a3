"""Who might be the same person: one search for a whole batch, then a shortlist."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from services.kit.database import Transaction
from services.person_matching.domain.evidence import Setting
from services.person_matching.domain.features import Features, Stored
from services.person_matching.domain.keys import GENERIC, contact_keys
from services.person_matching.domain.screen import Screen

SEARCH = """
SELECT k.key, r.person_id
FROM unnest($1::bigint[]) AS k(key)
CROSS JOIN LATERAL (
    SELECT person_id FROM records WHERE keys @> ARRAY[k.key] LIMIT $2
) AS r
"""
THEIRS = """
SELECT person_id, features FROM records
WHERE person_id = ANY($1::uuid[])
"""
KNOWN_GENERIC = "SELECT key FROM generic_keys WHERE key = ANY($1::bigint[])"
MOST_ROWS = 2 * GENERIC + 1
"""Records of a key that are looked at before it is taken to be generic."""
AT_ONCE = 20
"""Records whose candidates are in memory together."""


@dataclass(frozen=True)
class Wanted:
    """A record that comes, as far as the search needs it."""

    features: Features
    keys: frozenset[int]


@dataclass(frozen=True)
class Found:
    """Whom the search found."""

    persons: frozenset[UUID]
    """Those who may matter to some record."""
    generic: frozenset[int]
    fresh_generic: frozenset[int]
    """Keys that turned out to be generic just now."""


async def search(transaction: Transaction, wanted: Sequence[Wanted], setting: Setting) -> Found:
    """Find by keys everybody who could be one of the records, and keep those who may matter."""
    keys = {key for each in wanted for key in each.keys}
    if not keys:
        return Found(frozenset(), frozenset(), frozenset())
    known = await transaction.fetch(KNOWN_GENERIC, list(keys))
    generic = frozenset(row["key"] for row in known)
    rows = await transaction.fetch(SEARCH, sorted(keys - generic), MOST_ROWS)
    led: dict[int, set[UUID]] = defaultdict(set)
    for key, person in rows:
        led[key].add(person)
    fresh = frozenset(key for key, persons in led.items() if len(persons) > GENERIC)
    meaning = {key: persons for key, persons in led.items() if key not in fresh}
    kept: set[UUID] = set()
    for start in range(0, len(wanted), AT_ONCE):
        await _shortlist(transaction, wanted[start : start + AT_ONCE], meaning, setting, kept)
    return Found(frozenset(kept), generic | fresh, fresh)


async def _shortlist(
    transaction: Transaction,
    wanted: Sequence[Wanted],
    led: Mapping[int, set[UUID]],
    setting: Setting,
    kept: set[UUID],
) -> None:
    """Add to those kept; who is kept already is neither read nor looked at again."""
    near: list[set[UUID]] = []
    for each in wanted:
        kept.update(*(led.get(key, ()) for key in contact_keys(each.features)))
        near.append(set[UUID]().union(*(led.get(key, ()) for key in each.keys)))
    stored = await _stored(transaction, set[UUID]().union(*near) - kept)
    for each, persons in zip(wanted, near, strict=True):
        screen = Screen(each.features, setting)
        kept.update([one for one in persons - kept if screen.lets_through(stored[one])])
        await asyncio.sleep(0)


async def _stored(transaction: Transaction, persons: Iterable[UUID]) -> dict[UUID, list[Stored]]:
    """The features of these persons' records, as stored."""
    found: dict[UUID, list[Stored]] = defaultdict(list)
    ids = list(persons)
    for person, features in await transaction.fetch(THEIRS, ids) if ids else []:
        found[person].append(orjson.loads(features))
    return found
