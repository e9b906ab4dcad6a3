"""The few statements that a batch needs."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from contracts.envelope import Event
from contracts.identity import IncidentIdentified, IncidentWithdrawn
from contracts.mash import AgeQuestionDue, ScreeningDue
from contracts.partner import ScreeningDecision
from services.kit.bulk import field_names
from services.kit.database import Transaction
from services.mash_screening.domain.case import Case
from services.mash_screening.store.tables import CASES, FILES, HEARD, RULINGS
from services.mash_screening.working_set import Cases, Heard, id_named

Clocks = ScreeningDue | AgeQuestionDue
OfIncident = IncidentIdentified | IncidentWithdrawn | ScreeningDue | AgeQuestionDue
COLUMNS = ", ".join(sorted(field_names(Case)))
BY_PERSON = f"""
SELECT {COLUMNS} FROM cases
WHERE live AND (victim_id = ANY($1::uuid[]) OR suspect_id = ANY($1::uuid[]))
ORDER BY incident_id
"""


def locks(heard: Sequence[Event]) -> set[str]:
    """Incidents, and the persons whose histories they belong to."""
    incidents = {f"incident/{incident_id}" for incident_id in incidents_of(heard)}
    return incidents | names_of(persons_of(heard))


async def load(transaction: Transaction, heard: Sequence[Event]) -> Cases:
    """Read every case these events may touch, and the histories by which those are counted."""
    incidents = incidents_of(heard)
    own = await transaction.rows(Case, CASES, where="incident_id", among=incidents)
    counted = incidents_of([event for event in heard if not isinstance(event, Clocks)])
    persons = persons_of(heard).union(*(c.persons for c in own if c.incident_id in counted))
    transaction.need(names_of(persons))
    theirs = await with_persons(transaction, persons)
    others = persons_in(theirs) - persons
    transaction.need(names_of(others) | {f"incident/{case.incident_id}" for case in theirs})
    cases = {c.incident_id: c for c in (*own, *theirs, *await with_persons(transaction, others))}
    seen = await transaction.rows(Heard, HEARD, where="incident_id", among=incidents)
    return Cases(cases.values(), seen, transaction.reference)


async def with_persons(transaction: Transaction, persons: set[UUID]) -> list[Case]:
    """The live cases in which any of these is victim or suspect; their names are locked."""
    return await transaction.select(Case, BY_PERSON, list(persons)) if persons else []


def persons_in(cases: Iterable[Case]) -> set[UUID]:
    """Everybody whose history these cases belong to."""
    return {person for case in cases for person in case.persons}


async def save(transaction: Transaction, cases: Cases) -> None:
    """Write what changed."""
    await transaction.upsert(CASES, cases.rows.changed())
    await transaction.upsert(HEARD, cases.heard.changed())
    await transaction.upsert(FILES, cases.files.changed())
    await transaction.insert(RULINGS, cases.rulings.changed())


def incidents_of(heard: Sequence[Event]) -> set[UUID]:
    """The incidents these events are about; a decision may name one that cannot be."""
    decided = {id_named(e.incident_id) for e in heard if isinstance(e, ScreeningDecision)}
    said = {e.incident_id for e in heard if isinstance(e, OfIncident)}
    return said.union(incident_id for incident_id in decided if incident_id)


def persons_of(heard: Sequence[Event]) -> set[UUID]:
    """The persons these events name."""
    victims = {e.victim_id for e in heard if isinstance(e, IncidentIdentified | IncidentWithdrawn)}
    suspects = {e.suspect_id for e in heard if isinstance(e, IncidentIdentified) and e.suspect_id}
    return {*victims, *suspects}


def names_of(persons: Iterable[UUID]) -> set[str]:
    """The names under which histories are locked."""
    return {f"person/{person}" for person in persons}
