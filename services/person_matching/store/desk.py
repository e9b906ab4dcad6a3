"""What a human at the identity desk looks at: open reviews, and one whole with both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.kit.bulk import field_names
from services.kit.database import Transaction
from services.kit.views import note_view
from services.person_matching.domain.rows import Link, Record, Review
from services.person_matching.store.tables import LINKS, RECORDS

REVIEW = ", ".join(sorted(field_names(Review)))
RECORD = ", ".join(sorted(field_names(Record)))
WAITING = f"""
SELECT {REVIEW} FROM reviews WHERE stage = 'open' AND ($1::text IS NULL OR area = $1)
ORDER BY due_at, review_id
"""
NAMED = f"SELECT {REVIEW} FROM reviews WHERE review_id::text LIKE $1 || '%' ORDER BY review_id"
CALLED = f"""
SELECT {RECORD} FROM records
WHERE record_id::text = $1 OR person_id::text = $1
   OR source || '/' || reference || '/' || role = $1 OR reference || '/' || role = $1
ORDER BY record_id
"""


@dataclass(frozen=True)
class Shown:
    """A review with the records of both persons."""

    review: Review
    ones: Sequence[Record]
    others: Sequence[Record]


async def waiting(transaction: Transaction, area: str | None) -> list[Review]:
    """The open reviews, the next one due first."""
    return await transaction.select(Review, WAITING, area)


async def named(transaction: Transaction, beginning: str) -> list[Review]:
    """The reviews whose id begins like this."""
    return await transaction.select(Review, NAMED, beginning)


async def shown(transaction: Transaction, review: Review, who: str) -> Shown:
    """A review whole; who looked is recorded in the same transaction."""
    await note_view(transaction, about=str(review.review_id), who=who, what="review")
    if review.moves:
        moving = await _of(transaction, "record_id", review.record_id)
        rest = await _of(transaction, "person_id", review.one_id)
        return Shown(review, moving, [r for r in rest if r.record_id != review.record_id])
    ones = await _of(transaction, "person_id", review.one_id)
    return Shown(review, ones, await _of(transaction, "person_id", review.other_id))


async def called(transaction: Transaction, name: str) -> list[Record]:
    """The records of a record's or a person's id, or of `[source/]reference/role`."""
    return await transaction.select(Record, CALLED, name)


async def links_of(transaction: Transaction, records: Sequence[Record]) -> list[Link]:
    """Why these records belong to whom they belong, the latest last."""
    ids = [record.record_id for record in records]
    return await transaction.read(Link, LINKS, where="record_id", among=ids)


async def _of(transaction: Transaction, column: str, one: UUID) -> list[Record]:
    return await transaction.read(Record, RECORDS, where=column, among=[one])
