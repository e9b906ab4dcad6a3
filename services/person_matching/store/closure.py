"""All that hangs together: persons, their groups and questions, their reports and homes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.kit.database import Transaction
from services.person_matching.domain.rows import Apart, Person, Record, Review, Stage, Telling
from services.person_matching.store.tables import APARTS, PERSONS, RECORDS, REVIEWS, TELLINGS

HOPS = 2
"""From a person to the others of their reports, and to the others of theirs: her suspect's home."""
COLUMNS = ", ".join(f'"{column.name}"' for column in RECORDS.columns)
AT_HOME = f"SELECT {COLUMNS} FROM records WHERE places && $1::bigint[] LIMIT 500"
STANDING = """
SELECT person_id FROM persons
WHERE person_id = ANY($1::uuid[]) OR merged_into = ANY($1::uuid[])
   OR group_id IN (SELECT group_id FROM persons WHERE person_id = ANY($1::uuid[]))
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
    # Read again under the locks: what grew meanwhile is locked by starting over.
    records = await _grow(transaction, closure)
    transaction.need(_names(closure.persons))
    persons = await transaction.rows(Person, PERSONS, where="person_id", among=closure.persons)
    asked = await transaction.rows(Review, REVIEWS, where="one_id", among=closure.persons)
    asked += await transaction.rows(Review, REVIEWS, where="other_id", among=closure.persons)
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


async def _grow(transaction: Transaction, closure: Closure) -> list[Record]:
    records: dict[UUID, Record] = {}
    await _of_reports(transaction, closure, records)
    await _at_home(transaction, closure, records)
    for _ in range(HOPS):
        await _with_questions(transaction, closure)
        await _of_persons(transaction, closure, records)
        await _of_reports(transaction, closure, records)
    await _of_persons(transaction, closure, records)
    homes = {place for record in records.values() for place in record.places}
    beside = await transaction.select(Record, AT_HOME, sorted(homes)) if homes else []
    return [*records.values(), *(r for r in beside if r.record_id not in records)]


async def _of_reports(
    transaction: Transaction, closure: Closure, records: dict[UUID, Record]
) -> None:
    found = await transaction.read(Record, RECORDS, where="report_id", among=closure.reports)
    records |= {record.record_id: record for record in found}
    closure.persons |= {record.person_id for record in found}


async def _of_persons(
    transaction: Transaction, closure: Closure, records: dict[UUID, Record]
) -> None:
    found = await transaction.read(Record, RECORDS, where="person_id", among=closure.persons)
    records |= {record.record_id: record for record in found}
    closure.reports |= {record.report_id for record in found}


async def _at_home(transaction: Transaction, closure: Closure, records: dict[UUID, Record]) -> None:
    if not closure.homes:
        return
    found = await transaction.select(Record, AT_HOME, sorted(closure.homes))
    suspects = [record for record in found if record.role in ("suspect", "other_party", "victim")]
    closure.persons |= {record.person_id for record in suspects}


async def _with_questions(transaction: Transaction, closure: Closure) -> None:
    waiting = set(closure.persons)
    while waiting:
        ids = list(waiting)
        standing = await transaction.fetch(STANDING, ids)
        asked = await transaction.fetch(ASKED, ids)
        found = {row["person_id"] for row in standing}
        found |= {one for row in asked for one in (row["one_id"], row["other_id"])}
        waiting = found - closure.persons
        closure.persons |= waiting


__all__ = ["Closure", "Stage", "everything_about"]
