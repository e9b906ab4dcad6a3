"""What was matched to whom: a line per record that was given a person."""

from dataclasses import dataclass
from uuid import UUID

from services.kit.database import Transaction

PEOPLE = """
SELECT source, reference, role, person_id FROM records
ORDER BY source, reference, role
"""


@dataclass(frozen=True, slots=True)
class Belonging:
    """A record by its place in the report, and the person it belongs to now."""

    source: str
    reference: str
    role: str
    person_id: UUID


async def people(transaction: Transaction) -> list[Belonging]:
    """Every record that was given a person, in order."""
    return await transaction.select(Belonging, PEOPLE)
