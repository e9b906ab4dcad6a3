"""New ids for those who leave a person: never one that was in use before."""

from dataclasses import replace
from uuid import UUID

from contracts.vocabulary import PersonId, named, person_id_of
from services.person_matching.domain.rows import Record
from services.person_matching.working_set import Persons


def new_id_for(record: Record, persons: Persons) -> PersonId:
    """The id a record would found on leaving its person: its own, unless that was used before."""
    own = person_id_of(record.source, record.reference, record.role)
    if persons.persons.get(own) is None:
        return own
    times = persons.person(record.person_id).parted + 1
    parts = record.role.split("/", 1)
    return PersonId(named("person", record.source, record.reference, *parts, "parted", times))


def count_parting(person_id: UUID, persons: Persons) -> None:
    """Count that somebody left, so that the next new id is another."""
    person = persons.person(person_id)
    persons.put_person(replace(person, parted=person.parted + 1))
