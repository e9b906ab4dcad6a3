"""The few statements that a batch needs."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from contracts.envelope import Event
from contracts.identity import IncidentIdentified, IncidentWithdrawn
from contracts.mash import AgeQuestionDue, ScreeningDue
from contracts.partner import ScreeningDecision
from services.kit.database import Transaction
from services.mash_screening.domain.case import Case
from services.mash_screening.store.tables import CASES, FILES, HEARD, RULINGS
from services.mash_screening.working_set import Cases, Heard, id_named

OfIncident = IncidentIdentified | IncidentWithdrawn | ScreeningDue | AgeQuestionDue
BY_PERSON = """
SELECT incident_id, victim_id, suspect_id, area, subject, correlation_id, facts, passed_on,
       screening, live, said, regrade, decided, age_confirmed, overdue_for, alarmed
FROM cases
WHERE live AND (victim_id = ANY($1::uuid[]) OR suspect_id = ANY($1::uuid[]))
ORDER BY incident_id FOR UPDATE
"""


def locks(heard: Sequence[Event]) -> set[str]:
    """Incidents, and the persons whose histories they belong to."""
    incidents = {f"incident/{incident_id}" for incident_id in incidents_of(heard)}
    return incidents | names_of(persons_of(heard))


async def load(transaction: Transaction, heard: Sequence[Event]) -> Cases:
    """Read every case these events may touch: their own, and their persons' other ones."""
    incidents = incidents_of(heard)
    own = await transaction.rows(Case, CASES, where="incident_id", among=incidents)
    persons = persons_of(heard).union(*(case.persons for case in own))
    transaction.need(names_of(persons))
    theirs = await transaction.select(Case, BY_PERSON, list(persons))
    cases = {case.incident_id: case for case in (*own, *theirs)}
    seen = await transaction.rows(Heard, HEARD, where="incident_id", among=incidents)
    return Cases(cases.values(), seen, transaction.reference)


async def save(transaction: Transaction, cases: Cases) -> None:
    """Write what changed."""
    await transaction.upsert(CASES, cases.rows.changed())
    await transaction.upsert(HEARD, cases.heard.changed())
    await transaction.upsert(FILES, cases.files.changed())
    await transaction.insert(RULINGS, cases.rulings.changed())


def incidents_of(heard: Iterable[Event]) -> set[UUID]:
    """The incidents these events are about; a decision may name one that cannot be."""
    decided = {id_named(e.incident_id) for e in heard if isinstance(e, ScreeningDecision)}
    said = {e.incident_id for e in heard if isinstance(e, OfIncident)}
    return said.union(incident_id for incident_id in decided if incident_id)


def persons_of(heard: Iterable[Event]) -> set[UUID]:
    """The persons these events name."""
    victims = {e.victim_id for e in heard if isinstance(e, IncidentIdentified | IncidentWithdrawn)}
    suspects = {e.suspect_id for e in heard if isinstance(e, IncidentIdentified) and e.suspect_id}
    return {*victims, *suspects}


def names_of(persons: Iterable[UUID]) -> set[str]:
    """The names under which histories are locked."""
    return {f"person/{person}" for person in persons}
