"""What is done with an entry of an authority's school register: the pupil identified."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts.identity import IdentityInputRefused
from contracts.partner import PupilEnrolment
from services.kit.senders import first_area
from services.person_matching.domain.rows import Source, Telling
from services.person_matching.handlers.placing import Identification, identify
from services.person_matching.handlers.refusing import nobody_described, refuse
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import Party, parties_of, report_of


def identify_pupil(
    event: PupilEnrolment, persons: Persons, now: datetime
) -> list[Identification | IdentityInputRefused]:
    """Identify the child of a register's entry; the latest state of an entry holds."""
    report = report_of(event)
    known = persons.tellings.get(report.thing_id)
    if known and (known.heard > report.revision or known.digest == event.digest):
        return []
    area = first_area(event.source, event.TOPIC, persons.reference.areas) or ""
    parties = [_in_area(party, area) for party in parties_of(event)]
    if all(party.as_told.is_void for party in parties):
        return [refuse(event, event.enrolment_key, (nobody_described("/child"),))]
    records = {party.role: party.record_id for party in parties}
    told = _telling(event, known, records, area)
    return [*identify(told, parties, persons, now)]


def _in_area(party: Party, area: str) -> Party:
    """The party with its sender's area: a question about them is asked there."""
    return replace(party, report=replace(party.report, area=area))


def _telling(
    event: PupilEnrolment, known: Telling | None, records: dict[str, UUID], area: str
) -> Telling:
    report = report_of(event)
    wanted = {"school_urn", "education", "from_", "until", "as_of"}
    facts = event.model_dump(mode="json", by_alias=True, exclude_none=True, include=wanted)
    return Telling(
        thing_id=report.thing_id,
        report_id=report.report_id,
        came_in=Source.ENROLMENT,
        source=event.source,
        reference=event.reference,
        subject=event.trail.subject,
        correlation_id=event.trail.correlation_id,
        heard=report.revision,
        said=known.said if known else 0,
        live=True,
        area=area,
        facts=facts,
        parties=records,
        digest=event.digest,
    )
