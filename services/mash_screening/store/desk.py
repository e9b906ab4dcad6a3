"""What a practitioner at MASH's desk looks at: waiting work, and one case whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kit.bulk import field_names
from services.kit.database import Transaction
from services.kit.views import note_view
from services.mash_screening.domain.case import Case
from services.mash_screening.store.tables import FILES, RULINGS
from services.mash_screening.working_set import CaseFile, KeptRuling

COLUMNS = ", ".join(sorted(field_names(Case)))
WAITING = f"SELECT {COLUMNS} FROM cases WHERE waits AND ($1::text IS NULL OR area = $1)"
NAMED = f"""
SELECT {COLUMNS} FROM cases
WHERE incident_id::text = $1 OR subject = $1 OR subject LIKE '%/' || $1
ORDER BY incident_id
"""


@dataclass(frozen=True)
class Shown:
    """A case as a practitioner sees it; its part is still sealed."""

    case: Case
    file: CaseFile | None
    rulings: Sequence[KeptRuling]

    @property
    def context(self) -> dict[str, Any]:
        """What the header of its part must say."""
        revision = self.file.revision if self.file else None
        return {"incident": str(self.case.incident_id), "revision": revision}


async def waiting(transaction: Transaction, area: str | None) -> list[Case]:
    """The cases that wait for a practitioner's decision."""
    return await transaction.select(Case, WAITING, area)


async def named(transaction: Transaction, reference: str) -> list[Case]:
    """The cases of a report's reference, with or without its sender, or of an incident's id."""
    return await transaction.select(Case, NAMED, reference)


async def shown(transaction: Transaction, case: Case, who: str) -> Shown:
    """A case whole; who looked is recorded in the same transaction."""
    among: list[UUID] = [case.incident_id]
    files = await transaction.read(CaseFile, FILES, where="incident_id", among=among)
    rulings = await transaction.read(KeptRuling, RULINGS, where="incident_id", among=among)
    await note_view(transaction, about=str(case.incident_id), who=who, what="screening")
    rulings.sort(key=lambda kept: kept.at)
    return Shown(case, files[0] if files else None, rulings)
