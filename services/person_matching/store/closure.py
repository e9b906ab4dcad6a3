"""All that hangs together: persons, their groups and questions, their reports and homes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.kit.database import Transaction
from services.person_matching.domain.rows import Apart, Person, Record, Review, Telling
from services.person_matching.store.tables import APARTS, PERSONS, RECORDS, REVIEWS, TELLINGS

HOPS = 2
"""From a person to the others of their reports, and to the others of theirs: her suspect's home."""
MOST_AT_HOME = 200
"""People of one address who are looked at: where more were written down, nobody's home is."""
COLUMNS = ", ".join(f'"{column.name}"' for column in RECORDS.columns)
PLACES_IN_REPORTS = "SELECT person_id, report_id FROM records WHERE report_id = ANY($1::uuid[])"
PLACES_OF_PERSONS = "SELECT person_id, report_id FROM records WHERE person_id = ANY($1::uuid[])"
LIVING_THERE = """
SELECT DISTINCT here.person_id FROM unnest($1::bigint[]) AS home(place)
CROSS JOIN LATERAL (
    SELECT person_id FROM records
    WHERE places @> ARRAY[home.place] AND role IN ('suspect', 'other_party', 'victim') LIMIT $2
) AS here
"""
WHOLE = f"""
SELECT {COLUMNS} FROM records
WHERE report_id = ANY($1::uuid[]) OR person_id = ANY($2::uuid[])
"""
BESIDE = """
SELECT DISTINCT here.record_id FROM unnest($1::bigint[]) AS home(place)
CROSS JOIN LATERAL (
    SELECT record_id FROM records WHERE places @> ARRAY[home.place] LIMIT $2
) AS here
"""
"""An address at a time: one search for thousands costs the index their number squared."""
STANDING = """
SELECT person_id FROM persons WHERE person_id = ANY($1::uuid[]) OR merged_into = ANY($1::uuid[])
UNION
SELECT person_id FROM persons
WHERE group_id IN (SELECT group_id FROM persons WHERE person_id = ANY($1::uuid[]))
"""
ASKED = """
SELECT one_id, other_id FROM reviews
WHERE stage = 'open' AND (one_id = ANY($1::uuid[]) OR other_id = ANY($1::uuid[]))
"""


@dataclass
class Closure:
    """What is known to belong together so far."""

    persons: set[UUID]
    reports: set[UUID]
    homes: set[int] = field(default_factory=set)


async def everything_about(transaction: Transaction, closure: Closure) -> dict[str, Any]:
    """The rows of everything that hangs together, locked by person."""
    await _grow(transaction, closure)
    await transaction.lock(_names(closure.persons))
    # Looked at again under the locks: what grew meanwhile is locked by starting over.
    await _grow(transaction, closure)
    transaction.need(_names(closure.persons))
    persons = await transaction.rows(Person, PERSONS, where="person_id", among=closure.persons)
    records = await _records(transaction, closure)
    # Who was moved is named by the id of then, though whoever had it may be another by now.
    known = closure.persons | {record.record_id for record in records if record.moves > 1}
    asked = await transaction.rows(Review, REVIEWS, where="one_id", among=known)
    asked += await transaction.rows(Review, REVIEWS, where="other_id", among=known)
    apart = await transaction.read(Apart, APARTS, where="one_id", among=closure.persons)
    apart += await transaction.read(Apart, APARTS, where="other_id", among=closure.persons)
    told = await transaction.rows(Telling, TELLINGS, where="report_id", among=closure.reports)
    return {
        "records": records,
        "persons": persons,
        "reviews": asked,
        "aparts": apart,
        "tellings": told,
    }


def _names(persons: Iterable[UUID]) -> set[str]:
    return {f"person/{person}" for person in persons}


async def _records(transaction: Transaction, closure: Closure) -> list[Record]:
    found = await transaction.select(Record, WHOLE, list(closure.reports), list(closure.persons))
    known = {record.record_id for record in found}
    homes = {place for record in found for place in record.places}
    if homes:
        rows = await transaction.fetch(BESIDE, sorted(homes), MOST_AT_HOME)
        beside = [row["record_id"] for row in rows if row["record_id"] not in known]
        found += await transaction.read(Record, RECORDS, where="record_id", among=beside)
    return found


async def _grow(transaction: Transaction, closure: Closure) -> None:
    if closure.homes:
        here = await transaction.fetch(LIVING_THERE, sorted(closure.homes), MOST_AT_HOME)
        closure.persons |= {row["person_id"] for row in here}
    reports, persons = set(closure.reports), set[UUID]()
    for _ in range(HOPS):
        closure.persons |= await _others(transaction, PLACES_IN_REPORTS, "person_id", reports)
        await _with_questions(transaction, closure, closure.persons - persons)
        fresh = closure.persons - persons
        persons |= fresh
        reports = await _others(transaction, PLACES_OF_PERSONS, "report_id", fresh)
        reports -= closure.reports
        closure.reports |= reports
    closure.persons |= await _others(transaction, PLACES_IN_REPORTS, "person_id", reports)


async def _others(
    transaction: Transaction, sql: str, column: str, among: Iterable[UUID]
) -> set[UUID]:
    ids = list(among)
    return {row[column] for row in await transaction.fetch(sql, ids)} if ids else set()


async def _with_questions(
    transaction: Transaction, closure: Closure, persons: Iterable[UUID]
) -> None:
    waiting = set(persons)
    while waiting:
        ids = list(waiting)
        standing = await transaction.fetch(STANDING, ids)
        asked = await transaction.fetch(ASKED, ids)
        found = {row["person_id"] for row in standing}
        found |= {one for row in asked for one in (row["one_id"], row["other_id"])}
        waiting = found - closure.persons
        closure.persons |= waiting
