"""The incidents, alerts and register entries that a batch may touch, in memory."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Generic, TypeVar
from uuid import UUID

from contracts.vocabulary import AlertId, EnrolmentId, IncidentId, PersonId
from services.kit.rows import Rows
from services.school_alerts.domain.alert import Alert
from services.school_alerts.domain.book import Book, District
from services.school_alerts.domain.case import Case
from services.school_alerts.domain.enrolment import Enrolment
from services.school_alerts.domain.policy import Policy
from services.school_alerts.domain.wish import View

K = TypeVar("K")
UNKNOWN_AUTHORITY = "000"


@dataclass(frozen=True)
class Districts:
    """Every area by its code; an area nobody knows has the defaults."""

    by_area: Mapping[str, District] = field(default_factory=dict)

    def of(self, area: str) -> District:
        """The area's district."""
        return self.by_area.get(area) or District(area, UNKNOWN_AUTHORITY, Policy())


class Index(Generic[K]):
    """Keys of rows by what they belong to; a key that belongs no more is sorted out by its row."""

    def __init__(self) -> None:
        self._by_owner: dict[UUID, dict[K, None]] = defaultdict(dict)

    def add(self, key: K, owners: Iterable[UUID]) -> None:
        """The row belongs to these."""
        for owner in owners:
            self._by_owner[owner][key] = None

    def among(self, owners: Iterable[UUID]) -> list[K]:
        """Every key that belongs or belonged to one of these, each once."""
        return list(dict.fromkeys(k for owner in owners for k in self._by_owner.get(owner, ())))


class Alerts:
    """What is known of the incidents of a batch; built empty, it is also the test double."""

    def __init__(
        self,
        cases: Iterable[Case] = (),
        alerts: Iterable[Alert] = (),
        enrolments: Iterable[Enrolment] = (),
        book: Book | None = None,
        districts: Districts | None = None,
    ) -> None:
        self.cases = Rows[IncidentId, Case](attrgetter("incident_id"), cases)
        self.rows = Rows[AlertId, Alert](attrgetter("alert_id"), alerts)
        self.entries = Rows[EnrolmentId, Enrolment](attrgetter("enrolment_id"), enrolments)
        self.book = book or Book()
        self.districts = districts or Districts()
        self.mornings: dict[datetime, int] = {}
        """How many alerts are planned for each deadline, beyond those of this batch."""
        self._alerts = Index[AlertId]()
        self._cases = Index[IncidentId]()
        self._entries = Index[EnrolmentId]()
        for alert in self.rows:
            self.put(alert)
        for case in self.cases:
            self.keep(case)
        for entry in self.entries:
            self.enter(entry)

    def of(self, alert_id: AlertId) -> Alert | None:
        """The alert, or None when it was never planned."""
        return self.rows.get(alert_id)

    def put(self, alert: Alert) -> None:
        """Keep the alert as it is now."""
        self.rows.put(alert)
        self._alerts.add(alert.alert_id, (alert.incident_id,))

    def of_incident(self, incident_id: IncidentId) -> list[Alert]:
        """The incident's alerts, in the order in which they were read or planned."""
        found = map(self.rows.get, self._alerts.among((incident_id,)))
        return [alert for alert in found if alert]

    def case(self, incident_id: IncidentId) -> Case | None:
        """The incident, or None when it was never heard of."""
        return self.cases.get(incident_id)

    def keep(self, case: Case) -> None:
        """Keep the incident as it is now."""
        self.cases.put(case)
        self._cases.add(case.incident_id, case.person_ids)

    def cases_of(self, persons: Iterable[PersonId]) -> list[Case]:
        """The live incidents in which one of these is a child, or may be."""
        wanted = set(persons)
        found = map(self.cases.get, self._cases.among(wanted))
        return [case for case in found if case and case.live and wanted & set(case.person_ids)]

    def entry(self, enrolment_id: EnrolmentId) -> Enrolment | None:
        """The register's entry, or None when it was never heard of."""
        return self.entries.get(enrolment_id)

    def enter(self, entry: Enrolment) -> None:
        """Keep the register's entry as it is now."""
        self.entries.put(entry)
        self._entries.add(entry.enrolment_id, (entry.person_id, *entry.possibly_same_as))

    def view_of(self, case: Case) -> View:
        """All that the case's wishes depend on."""
        found = map(self.entries.get, self._entries.among(case.person_ids))
        entries = tuple(entry for entry in found if entry)
        own = self.of_incident(case.incident_id)
        disowned = frozenset((a.child_ref, a.recipient) for a in own if a.disowned)
        return View(case, self.book, self.districts.of(case.area), entries, disowned)

    def planned_for(self, due_by: datetime) -> int:
        """How many alerts a morning already holds; counts this one."""
        place = self.mornings.get(due_by, 0)
        self.mornings[due_by] = place + 1
        return place


def alert_named(alert_id: str) -> AlertId | None:
    """The id as a partner writes it; None where it is none."""
    try:
        return AlertId(UUID(alert_id))
    except ValueError:
        return None
