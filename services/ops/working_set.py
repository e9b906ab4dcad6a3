"""What ops keeps of a batch: a note of everything said, and the clocks it watches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from contracts.vocabulary import IncidentId
from services.kit.rows import Rows
from services.ops.domain import WatchedAlert, WatchedIncident


@dataclass(frozen=True, slots=True)
class Note:
    """One event as ops remembers it: its envelope and its plain fields, never a sealed part."""

    event_id: UUID
    topic: str
    key: str
    source: str
    subject: str
    correlation_id: UUID
    causation_id: UUID | None
    time: datetime
    about: tuple[str, ...]
    """Every id that its plain fields name."""
    body: Mapping[str, Any]


class Notebook:
    """Notes and watched clocks; built empty, it is also the test double."""

    def __init__(
        self,
        incidents: Iterable[WatchedIncident] = (),
        alerts: Iterable[WatchedAlert] = (),
    ) -> None:
        self.notes = Rows[UUID, Note](attrgetter("event_id"))
        self.incidents = Rows[IncidentId, WatchedIncident](attrgetter("incident_id"), incidents)
        self.alerts = Rows[UUID, WatchedAlert](attrgetter("alert_id"), alerts)

    def incident(self, incident_id: IncidentId) -> WatchedIncident:
        """The incident's clocks; one that nobody spoke of yet has none."""
        return self.incidents.get(incident_id) or WatchedIncident(incident_id)

    def alerted_children(self, incident_id: IncidentId) -> set[str]:
        """The children of an incident of whom school_alerts said something."""
        return {each.child_ref for each in self.alerts if each.incident_id == incident_id}
