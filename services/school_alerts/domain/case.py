"""An incident as school_alerts keeps it: its children, and the schools that employ a party."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import IncidentId, PersonId
from services.school_alerts.domain.child import Child
from services.school_alerts.domain.readers import Employer


@dataclass(frozen=True)
class Case:
    """An incident as last heard; `version` is the highest of person_matching's heard."""

    incident_id: IncidentId
    version: int
    revision: int
    area: str
    subject: str
    correlation_id: UUID
    received_at: datetime
    live: bool = True
    employers: tuple[Employer, ...] = ()
    children: tuple[Child, ...] = ()

    @property
    def person_ids(self) -> tuple[PersonId, ...]:
        """Everybody whose entries in the register may count, those possibly the same included."""
        found = {p for c in self.children for p in (c.person_id, *c.possibly_same_as) if p}
        return tuple(sorted(found))

    def child(self, ref: str) -> Child | None:
        """The child by its reference; None where a later revision left it out."""
        return next((child for child in self.children if child.ref == ref), None)
