"""A screening and a roster entry, read into the words of the rules."""

from datetime import datetime

from contracts.mash import Screening
from contracts.partner import AdvocateRoster
from contracts.sealed import CasePart
from contracts.vocabulary import AgeBand, Flag, Pathway
from services.idva_allocation.domain.advocates import Advocate, Away
from services.idva_allocation.domain.case import Case
from services.idva_allocation.domain.first_attempt import is_imminent

ADVOCATES = (Pathway.IDVA, Pathway.YPVA)


def case_of(event: Screening) -> Case:
    """The case as MASH says it now, with what the victim's own part adds."""
    part = event.sealed.idva if isinstance(event.sealed.idva, CasePart) else None
    trail = event.trail
    return Case(
        incident_id=event.incident_id,
        victim_id=event.victim_id,
        suspect_id=event.suspect_id,
        contact_group=event.contact_group,
        group_members=event.group_members,
        area=event.area,
        subject=trail.subject,
        correlation_id=trail.correlation_id,
        first_received_at=event.first_received_at,
        level=event.risk_after,
        asks=any(pathway in event.pathways for pathway in ADVOCATES),
        victim_age=event.victim_age_band,
        age_confirmed=event.age_confirmed,
        imminent=is_imminent(event.flags, event.custody),
        in_hospital=event.in_hospital,
        language=part.victim.interpreter_language if part else None,
        wants=wants_of(event, part),
        criteria=event.marac_criteria if Pathway.MARAC in event.pathways else (),
    )


def wants_of(event: Screening, part: CasePart | None) -> tuple[str, ...]:
    """The specialisms that she asked for, and those that her case calls for."""
    called_for = {
        "hospital": event.in_hospital,
        "young_person": event.victim_age_band.is_child,
        "older": event.victim_age_band is AgeBand.SIXTY_AND_OVER,
        "stalking": Flag.STALKING in event.flags,
    }
    asked = part.victim.wants_specialism if part else ()
    return tuple(sorted({*asked, *(name for name, calls in called_for.items() if calls)}))


def advocate_of(event: AdvocateRoster, before: Advocate | None, at: datetime) -> Advocate:
    """The advocate as the roster has them now, with the work they carry."""
    return Advocate(
        advocate_id=event.advocate_id,
        team=event.team,
        area=event.area,
        as_of=at,
        languages=event.languages,
        specialisms=event.specialisms,
        leave=tuple(Away(leave.start, leave.end) for leave in event.leave),
        capacity=event.capacity,
        active=event.active,
        caseload=before.caseload if before else 0,
        last_allocated_at=before.last_allocated_at if before else None,
    )
