"""Who might be the same person: one search for a whole batch, then a shortlist."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.kit.database import Transaction
from services.person_matching.domain.evidence import Candidate, Setting
from services.person_matching.domain.features import Features, from_text
from services.person_matching.domain.keys import GENERIC, contact_keys
from services.person_matching.domain.shortlist import may_matter

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
SLICE = 2000
"""Comparisons before the event loop gets a turn: heartbeats share it."""


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
    led = defaultdict(set)
    for row in rows:
        led[row["key"]].add(row["person_id"])
    fresh = frozenset(key for key, persons in led.items() if len(persons) > GENERIC)
    meaning = {key: persons for key, persons in led.items() if key not in fresh}
    candidates = await _candidates(transaction, meaning)
    kept = await _shortlist(wanted, meaning, candidates, setting)
    return Found(frozenset(kept), generic | fresh, fresh)


async def _candidates(
    transaction: Transaction, led: Mapping[int, Iterable[UUID]]
) -> dict[UUID, Candidate]:
    persons = {person for found in led.values() for person in found}
    rows = await transaction.fetch(THEIRS, list(persons)) if persons else []
    records: dict[UUID, list[Features]] = defaultdict(list)
    for row in rows:
        records[row["person_id"]].append(from_text(row["features"]))
    return {person: Candidate(person, tuple(found)) for person, found in records.items()}


async def _shortlist(
    wanted: Sequence[Wanted],
    led: Mapping[int, set[UUID]],
    candidates: Mapping[UUID, Candidate],
    setting: Setting,
) -> set[UUID]:
    kept: set[UUID] = set()
    compared = 0
    for each in wanted:
        contacts = contact_keys(each.features)
        kept.update(*(led.get(key, ()) for key in contacts))
        near = {person for key in each.keys for person in led.get(key, ())} - kept
        kept |= {p for p in near if may_matter(each.features, candidates[p], setting)}
        compared += len(near)
        if compared > SLICE:
            compared = 0
            await asyncio.sleep(0)
    return kept
