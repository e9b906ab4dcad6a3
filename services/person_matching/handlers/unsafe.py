"""Which points are unsafe for a victim, and which other victims a new record makes unsafe."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from contracts.identity import UnsafeContactFound
from contracts.sealed import SealedParts, UnsafePart, UnsafePoint
from contracts.vocabulary import PersonId
from services.person_matching.domain.rows import Point, Source
from services.person_matching.domain.unsafe import digest_of, unsafe_points
from services.person_matching.working_set import Persons


def unsafe_part(victim_id: UUID, persons: Persons) -> UnsafePart:
    """Everything unsafe for her; remembered as said."""
    points = points_against(victim_id, persons)
    digests = tuple(sorted(digest_of(point) for point in points))
    person = persons.person(victim_id)
    if set(person.unsafe_said) != set(digests):
        persons.put_person(replace(person, unsafe_said=digests))
    return UnsafePart(victim_id=PersonId(victim_id), points=tuple(_said(p) for p in points))


def points_against(victim_id: UUID, persons: Persons) -> tuple[Point, ...]:
    """Her suspects' points, those where they live, and what she said is shared."""
    suspects = suspects_of(victim_id, persons)
    his = [record for one in sorted(suspects) for record in persons.of(one)]
    homes = {p.place for record in his for p in record.told_points if p.place is not None}
    suspects_here = {record.person_id for record in his}
    neighbours = [r for r in persons.at(homes) if r.person_id not in suspects_here]
    return unsafe_points(persons.of(victim_id), his, neighbours)


def suspects_of(victim_id: UUID, persons: Persons) -> set[UUID]:
    """The suspects of any of her incidents, and those possibly the same."""
    found: set[UUID] = set()
    for told in persons.things_of([victim_id]):
        victim, suspect = persons.in_role(told, "victim"), persons.in_role(told, "suspect")
        if victim and suspect and victim.person_id == victim_id:
            found |= {suspect.person_id, *persons.possibly_same(suspect.person_id)}
    return found - {victim_id}


def warn_others(
    persons: Persons, affected: Iterable[UUID], besides: UUID | None
) -> list[UnsafeContactFound]:
    """Say what is unsafe to every other victim for whom something more became so."""
    return [
        found
        for victim in sorted(_victims_near(persons, affected) - {besides})
        for found in _warn(victim, persons)
    ]


def _warn(victim_id: UUID, persons: Persons) -> list[UnsafeContactFound]:
    known = set(persons.person(victim_id).unsafe_said)
    now = {digest_of(point) for point in points_against(victim_id, persons)}
    if now <= known:
        return []
    part = unsafe_part(victim_id, persons)
    version = persons.next_version(victim_id)
    found = UnsafeContactFound(
        victim_id=PersonId(victim_id), version=version, sealed=SealedParts(contact_unsafe=part)
    )
    return [found.concerning(persons.trail_of(victim_id))]


def _victims_near(persons: Persons, affected: Iterable[UUID]) -> set[UUID]:
    touched = set(affected)
    homes = {p for one in touched for record in persons.of(one) for p in record.places}
    suspects = touched | {record.person_id for record in persons.at(homes)}
    suspects |= {other for one in suspects for other in persons.possibly_same(one)}
    found = set()
    for told in persons.things_of(suspects):
        if told.came_in is not Source.INCIDENT or not told.said:
            continue
        victim, suspect = persons.in_role(told, "victim"), persons.in_role(told, "suspect")
        if victim and suspect and suspect.person_id in suspects:
            found.add(victim.person_id)
    return found


def _said(point: Point) -> UnsafePoint:
    return UnsafePoint.model_validate(
        {"kind": point.kind, "value": point.value, "since": point.since}
    )
