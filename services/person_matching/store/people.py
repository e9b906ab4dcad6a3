"""What was matched to whom: a line per record that was given a person."""

from typing import Any

from services.kit.database import Transaction

PEOPLE = """
SELECT source, reference, role, person_id::text AS person_id FROM records
ORDER BY source, reference, role
"""


async def people(transaction: Transaction) -> list[dict[str, Any]]:
    """Every record that was given a person, and whose it is now, in order."""
    return [dict(row) for row in await transaction.fetch(PEOPLE)]
