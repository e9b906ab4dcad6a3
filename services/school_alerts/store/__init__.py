"""Where the alerts are kept, and the few statements a batch needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.envelope import Event
from contracts.identity import IncidentIdentified, IncidentWithdrawn, PupilEnrolmentIdentified
from contracts.partner import SchoolAcknowledgement
from contracts.schools import (
    AlertDue,
    AlertMailEnded,
    DeadlineDue,
    EscalationDue,
    PupilDisowned,
)
from services.kit.database import Transaction
from services.school_alerts.domain.alert import Alert
from services.school_alerts.domain.case import Case
from services.school_alerts.domain.enrolment import Enrolment
from services.school_alerts.store.register import Shelf, book_of
from services.school_alerts.store.tables import ALERTS, CASES, ENROLMENTS
from services.school_alerts.working_set import Alerts, Districts, alert_named

OfIncident = (
    IncidentIdentified
    | IncidentWithdrawn
    | AlertDue
    | DeadlineDue
    | EscalationDue
    | AlertMailEnded
    | PupilDisowned
)
ACKNOWLEDGED = "SELECT DISTINCT incident_id FROM alerts WHERE alert_id = ANY($1::uuid[])"
ENTERED = "SELECT person_id, possibly_same_as FROM enrolments WHERE enrolment_id = ANY($1::uuid[])"
OF_PERSONS = "SELECT incident_id FROM cases WHERE live AND person_ids && $1::uuid[]"
ENTRIES = """
SELECT enrolment_id, version, person_id, possibly_same_as, school_urn, education, begins, until,
       as_of
FROM enrolments
WHERE person_id = ANY($1::uuid[]) OR possibly_same_as && $1::uuid[]
   OR enrolment_id = ANY($2::uuid[])
ORDER BY enrolment_id
"""
MORNINGS = "SELECT due_by, count(*) AS planned FROM alerts WHERE stage = 'planned' GROUP BY due_by"


@dataclass(frozen=True)
class Reference:
    """What the service reads at its start: each area's policy, and the book of schools."""

    districts: Districts
    shelf: Shelf


def locks(heard: Sequence[Event]) -> set[str]:
    """Incidents, and the children whose entries in the register count."""
    incidents = {event.incident_id for event in heard if isinstance(event, OfIncident)}
    return _incidents(incidents) | _pupils(persons_of(heard))


async def load(transaction: Transaction, heard: Sequence[Event]) -> Alerts:
    """Read every incident these events may touch, its alerts, and its children's entries."""
    reference: Reference = transaction.reference
    book = await book_of(transaction, reference.shelf)
    incidents = await _incidents_of(transaction, heard)
    cases = await transaction.rows(Case, CASES, where="incident_id", among=incidents)
    alerts = await transaction.rows(Alert, ALERTS, where="incident_id", among=incidents)
    persons = persons_of(heard).union(*(case.person_ids for case in cases))
    entered = [e.enrolment_id for e in heard if isinstance(e, PupilEnrolmentIdentified)]
    entries: list[Enrolment] = []
    if persons or entered:
        entries = await transaction.select(Enrolment, ENTRIES, list(persons), entered)
    found = Alerts(cases, alerts, entries, book, reference.districts)
    if any(isinstance(event, IncidentIdentified) for event in heard):
        mornings = await transaction.fetch(MORNINGS)
        found.mornings = {record["due_by"]: record["planned"] for record in mornings}
    return found


async def save(transaction: Transaction, alerts: Alerts) -> None:
    """Write what changed."""
    await transaction.upsert(CASES, alerts.cases.changed())
    await transaction.upsert(ALERTS, alerts.rows.changed())
    await transaction.upsert(ENROLMENTS, alerts.entries.changed())


def persons_of(heard: Iterable[Event]) -> set[UUID]:
    """The children these events name, and those they may be."""
    found: set[UUID] = set()
    for event in heard:
        if isinstance(event, PupilEnrolmentIdentified):
            found |= {event.person_id, *event.possibly_same_as}
        elif isinstance(event, IncidentIdentified):
            for child in event.children:
                found |= {*child.possibly_same_as, *({child.person_id} if child.person_id else ())}
    return found


async def _incidents_of(transaction: Transaction, heard: Sequence[Event]) -> set[UUID]:
    """The incidents, those of acknowledged alerts and of entered pupils locked as well."""
    found: set[UUID] = {event.incident_id for event in heard if isinstance(event, OfIncident)}
    answered = [e.alert_id for e in heard if isinstance(e, SchoolAcknowledgement)]
    if alert_ids := [each for each in map(alert_named, answered) if each]:
        records = await transaction.fetch(ACKNOWLEDGED, alert_ids)
        found |= {record["incident_id"] for record in records}
    entries = [e for e in heard if isinstance(e, PupilEnrolmentIdentified)]
    if entries:
        found |= await _incidents_of_pupils(transaction, entries)
    transaction.need(_incidents(found))
    return found


async def _incidents_of_pupils(
    transaction: Transaction, entries: Sequence[PupilEnrolmentIdentified]
) -> set[UUID]:
    """The incidents of whom the entries are about, and of whom they were about before."""
    records = await transaction.fetch(ENTERED, [entry.enrolment_id for entry in entries])
    earlier = {p for record in records for p in (record["person_id"], *record["possibly_same_as"])}
    transaction.need(_pupils(earlier))
    records = await transaction.fetch(OF_PERSONS, list(earlier | persons_of(entries)))
    return {record["incident_id"] for record in records}


def _incidents(ids: Iterable[UUID]) -> set[str]:
    return {f"incident/{incident_id}" for incident_id in ids}


def _pupils(persons: Iterable[UUID]) -> set[str]:
    return {f"pupil/{person}" for person in persons}
