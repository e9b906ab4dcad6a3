"""One load for a batch: candidates, then everything that belongs to whoever may be touched."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from contracts.envelope import Event
from contracts.identity import ReviewDue
from contracts.partner import AdvocateRoster, ContactRequest, IdentityDecision, PupilEnrolment
from contracts.police import IncidentCancelled, PoliceIncident
from services.kit.database import Transaction
from services.person_matching.domain.evidence import Setting
from services.person_matching.domain.features import from_text
from services.person_matching.domain.keys import keys_of, place_keys
from services.person_matching.domain.rows import Record, Review
from services.person_matching.store.candidates import Wanted, search
from services.person_matching.store.closure import Closure, everything_about
from services.person_matching.store.tables import RECORDS, REVIEWS
from services.person_matching.working_set import Persons, Reference
from services.person_matching.working_set.persons import Kept
from services.person_matching.working_set.reading import Party, parties_of, report_of

BRINGING = (PoliceIncident, IncidentCancelled, ContactRequest, PupilEnrolment, AdvocateRoster)
"""What comes in a report: also where it names nobody (any more), it has one that was said of."""
KNOWN = (
    "SELECT greatest(reltuples, 0)::bigint AS known FROM pg_class WHERE oid = 'persons'::regclass"
)

THEY_ARE_NOW = """
WITH RECURSIVE now AS (
    SELECT person_id, merged_into FROM persons WHERE person_id = ANY($1::uuid[])
    UNION
    SELECT kept.person_id, kept.merged_into FROM persons AS kept, now
    WHERE kept.person_id = now.merged_into
)
SELECT person_id FROM now
UNION SELECT person_id FROM records WHERE record_id = ANY($1::uuid[])
"""
"""After every merge, and where a merge was undone."""
JOINED = "SELECT person_id FROM links WHERE review_id = ANY($1::uuid[])"
TOLD_SINCE = f"""
SELECT {", ".join(f'"{column.name}"' for column in RECORDS.columns)} FROM records
WHERE told_at >= $1 OR since >= $1 ORDER BY told_at, record_id
"""


def locks(heard: Sequence[Event]) -> set[str]:
    """Blocking keys, so that two batches never found one person twice; and the reports."""
    parties = [party for event in heard for party in parties_of(event)]
    things = {f"report/{report_of(event).report_id}" for event in heard if _brings(event)}
    return things | names_of_keys(parties)


def names_of_keys(parties: Iterable[Party]) -> set[str]:
    """The names under which the blocking keys of these parties are locked."""
    return {f"key/{key:x}" for party in parties for key in keys_of(party.as_told)}


async def load(transaction: Transaction, heard: Sequence[Event]) -> Persons:
    """Lock and read everything that these events may touch."""
    parties = [party for event in heard for party in parties_of(event)]
    reports = {report_of(event).report_id for event in heard if _brings(event)}
    asked = {found for event in heard if (found := _review_of(event))}
    about = await transaction.read(Review, REVIEWS, where="review_id", among=asked)
    persons = await _whom_they_are_about(transaction, about)
    persons |= await _joined_under(transaction, asked)
    return await load_for(transaction, parties, reports, persons)


async def load_for(
    transaction: Transaction,
    parties: Sequence[Party],
    reports: Iterable[UUID],
    persons: Iterable[UUID] = (),
) -> Persons:
    """Everything about these reports, persons, and whoever may be one of the parties."""
    reference: Reference = transaction.reference
    wanted = [_wanted(party, reference) for party in parties]
    known = int((await transaction.fetch(KNOWN))[0]["known"])
    found = await search(transaction, wanted, Setting(reference.model, known))
    homes = {place for each in wanted for place in place_keys(each.features)}
    closure = Closure(set(persons) | found.persons, set(reports), homes)
    rows = await everything_about(transaction, closure)
    kept = Kept(**rows, generic=found.generic, fresh_generic=found.fresh_generic, known=known)
    return Persons(kept, reference)


async def load_about(transaction: Transaction, records: Sequence[Record]) -> Persons:
    """Everything about these records' persons and whoever else they may be."""
    reference: Reference = transaction.reference
    wanted = [Wanted(from_text(record.features), frozenset(record.keys)) for record in records]
    known = int((await transaction.fetch(KNOWN))[0]["known"])
    found = await search(transaction, wanted, Setting(reference.model, known))
    persons = {record.person_id for record in records} | found.persons
    closure = Closure(persons, {record.report_id for record in records})
    rows = await everything_about(transaction, closure)
    kept = Kept(**rows, generic=found.generic, fresh_generic=found.fresh_generic, known=known)
    return Persons(kept, reference)


async def told_since(transaction: Transaction, since: datetime) -> list[Record]:
    """The records that came, were revised or moved since then."""
    return await transaction.select(Record, TOLD_SINCE, since)


def _wanted(party: Party, reference: Reference) -> Wanted:
    policy = reference.policies.of(party.report.area)
    features = party.features(policy.nobodys_homes)
    return Wanted(features, keys_of(features))


async def _whom_they_are_about(transaction: Transaction, reviews: Iterable[Review]) -> set[UUID]:
    """Those whom reviews name, and whoever they are by now."""
    ids = {
        one
        for review in reviews
        for one in (review.one_id, review.other_id, review.parted_id)
        if one is not None
    }
    found = await transaction.fetch(THEY_ARE_NOW, list(ids)) if ids else []
    return ids | {row["person_id"] for row in found}


async def _joined_under(transaction: Transaction, reviews: Iterable[UUID]) -> set[UUID]:
    """The persons whom records joined that a human now parts from them."""
    ids = list(reviews)
    return {row["person_id"] for row in await transaction.fetch(JOINED, ids)} if ids else set()


def _brings(event: Event) -> bool:
    return isinstance(event, BRINGING)


def _review_of(event: Event) -> UUID | None:
    if isinstance(event, ReviewDue):
        return event.review_id
    if not isinstance(event, IdentityDecision):
        return None
    try:
        return UUID(event.review_id)
    except ValueError:
        return None
