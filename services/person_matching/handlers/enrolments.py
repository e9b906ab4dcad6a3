"""What is done with an entry of an authority's school register: the pupil identified."""

from datetime import datetime
from uuid import UUID

from contracts.identity import IdentityInputRefused
from contracts.partner import PupilEnrolment
from services.kit.senders import first_area
from services.person_matching.domain.rows import Source, Telling
from services.person_matching.handlers.placing import Identification, identify
from services.person_matching.handlers.refusing import nobody_described, refuse
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import parties_of, report_of


def identify_pupil(
    event: PupilEnrolment, persons: Persons, now: datetime
) -> list[Identification | IdentityInputRefused]:
    """Identify the child of a register's entry; the latest state of an entry holds."""
    report = report_of(event)
    known = persons.tellings.get(report.thing_id)
    if known and (known.heard > report.revision or known.digest == event.digest):
        return []
    parties = parties_of(event)
    if all(party.as_told.is_void for party in parties):
        return [refuse(event, event.enrolment_key, (nobody_described("/child"),))]
    records = {party.role: party.record_id for party in parties}
    told = _telling(event, known, records, persons)
    return [*identify(told, parties, persons, now)]


def _telling(
    event: PupilEnrolment, known: Telling | None, records: dict[str, UUID], persons: Persons
) -> Telling:
    report = report_of(event)
    wanted = {"school_urn", "education", "from_", "until", "as_of"}
    facts = event.model_dump(mode="json", by_alias=True, exclude_none=True, include=wanted)
    area = first_area(event.source, event.TOPIC, persons.reference.areas) or ""
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
