"""What deciding must know of the others: kin of those who were joined, and what humans said."""

from collections.abc import Iterable
from uuid import UUID

from services.person_matching.domain.decide import Ties
from services.person_matching.domain.evidence import Setting
from services.person_matching.domain.rows import Source
from services.person_matching.working_set import Persons


def setting_of(persons: Persons, report_id: UUID) -> Setting:
    """What weighing a record of this report must know."""
    return Setting(persons.reference.model, persons.known, kin_of(persons, report_id))


def kin_of(persons: Persons, report_id: UUID) -> frozenset[UUID]:
    """Those who stood in an earlier report with persons whom this report's parties joined."""
    present = persons.in_report(report_id)
    joined = [record.person_id for record in present if record.came_in is Source.INCIDENT]
    return relatives(joined, persons, besides=report_id)


def relatives(
    people: Iterable[UUID], persons: Persons, besides: UUID | None = None
) -> frozenset[UUID]:
    """Those who stand in a report of the police with one of these; a roster relates nobody."""
    reports = {
        record.report_id
        for person in set(people)
        for record in persons.of(person)
        if record.came_in is Source.INCIDENT and record.report_id != besides
    }
    return frozenset(r.person_id for report in reports for r in persons.in_report(report))


def ties_of(persons: Persons, known: Iterable[UUID], own: UUID | None = None) -> Ties:
    """What humans said, and have still to say, about the candidates."""
    listed = sorted(known)
    different = {one for one in listed if own is not None and persons.apart(own, one)}
    asked = {one: persons.possibly_same(one) for one in listed}
    undecided = {one: frozenset(others) for one, others in asked.items() if others}
    return Ties(frozenset(different), undecided)
