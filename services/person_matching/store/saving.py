"""One save for a batch: what changed, in a statement a table."""

from services.kit.database import Transaction
from services.person_matching.domain.rows import Link, Revision
from services.person_matching.store.tables import (
    APARTS,
    GENERIC,
    LINKS,
    PERSONS,
    RECORDS,
    REVIEWS,
    REVISIONS,
    TELLINGS,
)
from services.person_matching.working_set import Persons
from services.person_matching.working_set.persons import GenericKey

APART_NO_MORE = """
DELETE FROM aparts USING unnest($1::uuid[], $2::uuid[]) AS gone(one, other)
WHERE one_id = gone.one AND other_id = gone.other
"""


async def save(transaction: Transaction, persons: Persons) -> None:
    """Write what changed; links and revisions are only ever added."""
    await transaction.upsert(PERSONS, persons.persons.changed())
    await transaction.upsert(RECORDS, persons.records.changed())
    await transaction.upsert(REVIEWS, persons.reviews.changed())
    await transaction.upsert(TELLINGS, persons.tellings.changed())
    await transaction.upsert(APARTS, persons.aparts.changed())
    if gone := persons.aparts.removed():
        ones, others = zip(*gone, strict=True)
        await transaction.execute(APART_NO_MORE, list(ones), list(others))
    await transaction.insert(LINKS, _each_once(persons.links))
    await transaction.insert(REVISIONS, _each_revision_once(persons.revisions))
    fresh = [GenericKey(key, transaction.now) for key in sorted(persons.fresh_generic)]
    await transaction.insert(GENERIC, fresh)


def _each_once(links: list[Link]) -> list[Link]:
    return list({(link.record_id, link.place): link for link in links}.values())


def _each_revision_once(told: list[Revision]) -> list[Revision]:
    return list({(each.record_id, each.revision): each for each in told}.values())
