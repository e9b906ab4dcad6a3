"""Writing what a batch changed."""

from services.idva_allocation.store.tables import (
    ADVOCATES,
    ALLOCATIONS,
    CASES,
    CONFLICTS,
    FOLLOWED,
    HEARD,
    LISTINGS,
    MEETINGS,
    TURNS,
)
from services.idva_allocation.working_set import Referrals
from services.kit.database import Transaction

GONE = """
DELETE FROM listings USING unnest($1::text[], $2::uuid[]) AS gone(meeting_id, victim_id)
WHERE listings.meeting_id = gone.meeting_id AND listings.victim_id = gone.victim_id
"""


async def save(transaction: Transaction, rows: Referrals) -> None:
    """Write what changed, a statement a table."""
    await transaction.upsert(CASES, rows.cases.changed())
    await transaction.upsert(ALLOCATIONS, rows.allocations.changed())
    await transaction.upsert(ADVOCATES, rows.advocates.changed())
    await transaction.upsert(CONFLICTS, rows.conflicts.changed())
    await transaction.upsert(MEETINGS, rows.meetings.changed())
    await transaction.upsert(LISTINGS, rows.listings.changed())
    await transaction.upsert(HEARD, rows.heard.changed())
    await transaction.upsert(FOLLOWED, rows.followed.changed())
    await transaction.upsert(TURNS, rows.turns.changed())
    if gone := rows.listings.removed():
        meetings, victims = zip(*gone, strict=True)
        await transaction.execute(GONE, list(meetings), list(victims))
