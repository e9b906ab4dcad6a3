"""What is said of incidents, requests, enrolments and rosters, whole, with whoever they mean."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from contracts.envelope import Trail, Versioned
from contracts.identity import (
    AdvocateConflictsIdentified,
    ContactRequestIdentified,
    IdentifiedChild,
    IncidentIdentified,
    Match,
    PupilEnrolmentIdentified,
)
from contracts.police import ChildFacts, IncidentFacts, PartyEmployer, PoliceIncident
from contracts.sealed import SealedParts
from contracts.vocabulary import (
    AgeBand,
    EmployerRole,
    MatchOutcome,
    PersonId,
    RequestId,
)
from services.person_matching.domain.ages import band_at, birth_date_of
from services.person_matching.domain.rows import Record, Source, Telling
from services.person_matching.handlers.contact_parts import contact_part
from services.person_matching.handlers.grouping import group_of
from services.person_matching.handlers.unsafe import unsafe_part
from services.person_matching.working_set import Persons

Identified = (
    IncidentIdentified
    | ContactRequestIdentified
    | PupilEnrolmentIdentified
    | AdvocateConflictsIdentified
)


def say(told: Telling, persons: Persons) -> list[Identified]:
    """Say a thing as it is now, with the next version."""
    event = _identified(told, persons)
    return [] if event is None else [_keep(told, event, persons)]


def say_if_changed(told: Telling, persons: Persons) -> list[Identified]:
    """Say a thing again if it now means something else than when it was last said."""
    if not told.live or not told.said:
        return []
    event = _identified(told, persons)
    if event is None or _digest(event) == told.last:
        return []
    return [_keep(told, event, persons)]


def say_again(
    persons: Persons, affected: Iterable[UUID], besides: UUID | None = None
) -> list[Identified]:
    """Everything that means one of these persons and changed with them."""
    things = [told for told in persons.things_of(affected) if told.thing_id != besides]
    return [event for told in things for event in say_if_changed(told, persons)]


def _keep(told: Telling, event: Identified, persons: Persons) -> Identified:
    victim = getattr(event, "victim_id", None)
    said = replace(told, said=event.version, last=_digest(event), victim_id=victim)
    persons.put_telling(said)
    trail = Trail(told.subject, told.correlation_id)
    return _with_unsafe_points(event, persons).concerning(trail)


def _with_unsafe_points(event: Identified, persons: Persons) -> Identified:
    if not isinstance(event, IncidentIdentified | ContactRequestIdentified):
        return event
    unsafe = unsafe_part(event.victim_id, persons)
    sealed = event.sealed.model_copy(update={"contact_unsafe": unsafe})
    return event.model_copy(update={"sealed": sealed})


def _digest(event: Versioned) -> str:
    text = event.model_dump_json(exclude={"version", "sealed", "merged_ids"})
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _identified(told: Telling, persons: Persons) -> Identified | None:
    match told.came_in:
        case Source.INCIDENT:
            return _incident(told, persons)
        case Source.REQUEST:
            return _request(told, persons)
        case Source.ENROLMENT:
            return _enrolment(told, persons)
        case Source.ROSTER:
            return _roster(told, persons)


def _incident(told: Telling, persons: Persons) -> IncidentIdentified | None:
    victim = persons.in_role(told, "victim")
    if victim is None:
        return None
    suspect = persons.in_role(told, "suspect")
    facts = PoliceIncident.model_validate(told.facts)
    at = facts.happened_at
    victim_band = _band(facts.victim_age_band, victim, persons, at)
    children = _children(facts, victim_band)
    content: dict[str, Any] = {name: getattr(facts, name) for name in IncidentFacts.model_fields}
    content |= _victim(victim, persons)
    content |= {
        "version": told.said + 1,
        "suspect_id": suspect.person_id if suspect else None,
        "suspect_possibly_same_as": _maybe(suspect, persons),
        "party_employers": _employers(facts, [victim, suspect], persons),
        "children": tuple(_child(child, told, persons, at) for child in children),
        "victim_age_band": victim_band,
        "suspect_age_band": _band(facts.suspect_age_band, suspect, persons, at),
        "match": _match(victim),
        "sealed": _parts_of(facts, children),
    }
    return IncidentIdentified(**content)


def _victim(victim: Record, persons: Persons) -> dict[str, Any]:
    group = group_of(persons, victim.person_id)
    same = persons.possibly_same(victim.person_id)
    merged = tuple(sorted(persons.ever(victim.person_id) - {victim.person_id}))
    own = {"victim_id": victim.person_id, "possibly_same_as": same, "merged_ids": merged}
    return {**own, **dict(group)}


def _match(record: Record) -> Match:
    return Match(outcome=MatchOutcome(record.outcome), weight=record.weight)


def _maybe(record: Record | None, persons: Persons) -> tuple[PersonId, ...]:
    if record is None:
        return ()
    return tuple(PersonId(one) for one in persons.possibly_same(record.person_id))


def _children(facts: PoliceIncident, victim_band: AgeBand) -> tuple[ChildFacts, ...]:
    """The children, and the victim where only others say that she is under 18."""
    herself = facts.victim_if_child
    return (*facts.children, herself) if herself and victim_band.is_child else facts.children


def _parts_of(facts: PoliceIncident, children: Iterable[ChildFacts]) -> SealedParts:
    """The parts as passed on: a school's only for those who are children."""
    refs = {child.child_ref for child in children}
    schools = {ref: part for ref, part in facts.sealed.schools.items() if ref in refs}
    return facts.sealed.model_copy(update={"schools": schools})


def _child(child: ChildFacts, told: Telling, persons: Persons, at: datetime) -> IdentifiedChild:
    role = "victim" if child.child_ref == "victim" else f"child/{child.child_ref}"
    record = None if child.unborn else persons.in_role(told, role)
    facts = {name: getattr(child, name) for name in ChildFacts.model_fields}
    facts |= {
        "age_band": _band(child.age_band, record, persons, at),
        "person_id": record.person_id if record else None,
        "possibly_same_as": _maybe(record, persons),
    }
    return IdentifiedChild(**facts)


def _band(said: AgeBand, record: Record | None, persons: Persons, at: datetime) -> AgeBand:
    if said is not AgeBand.UNKNOWN or record is None:
        return said
    return band_at(birth_date_of(persons.of(record.person_id), at.date()), at)


def _employers(
    facts: PoliceIncident, parties: Iterable[Record | None], persons: Persons
) -> tuple[PartyEmployer, ...]:
    everybody = [record for party in parties if party for record in persons.of(party.person_id)]
    told = [
        PartyEmployer(urn=record.employer_urn, role=_role(record.employer_role))
        for record in everybody
        if record.employer_urn
    ]
    known = {(each.urn, each.role): each for each in [*facts.party_employers, *told]}
    return tuple(known[key] for key in sorted(known, key=str))


def _role(code: str | None) -> EmployerRole | None:
    return EmployerRole(code) if code else None


def _request(told: Telling, persons: Persons) -> ContactRequestIdentified | None:
    victim = persons.in_role(told, "victim")
    if victim is None:
        return None
    facts = told.facts
    received = datetime.fromisoformat(facts["received_at"])
    content: dict[str, Any] = {
        **facts,
        **_victim(victim, persons),
        "request_id": RequestId(told.thing_id),
        "version": told.said + 1,
        "victim_age_band": _band(AgeBand.UNKNOWN, victim, persons, received),
        "match": _match(victim),
        "sealed": {"contact": contact_part(victim)},
    }
    return ContactRequestIdentified.model_validate(content)


def _enrolment(told: Telling, persons: Persons) -> PupilEnrolmentIdentified | None:
    child = persons.in_role(told, "child")
    if child is None:
        return None
    return PupilEnrolmentIdentified.model_validate(
        {
            **told.facts,
            "enrolment_id": told.thing_id,
            "person_id": child.person_id,
            "possibly_same_as": _maybe(child, persons),
            "version": told.said + 1,
        }
    )


def _roster(told: Telling, persons: Persons) -> AdvocateConflictsIdentified:
    found = (persons.in_role(told, role) for role in sorted(told.parties))
    known = [record.person_id for record in found if record]
    maybe = [other for one in known for other in persons.possibly_same(one)]
    return AdvocateConflictsIdentified(
        advocate_id=told.reference,
        person_ids=tuple(PersonId(one) for one in dict.fromkeys([*known, *maybe])),
        version=told.said + 1,
    )
