"""Who is contacted as one: contact groups made again when persons or questions changed."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from contracts.identity import Group
from contracts.vocabulary import GroupId, PersonId
from services.person_matching.domain.groups import components
from services.person_matching.domain.rows import Source
from services.person_matching.working_set import Persons

VICTIM_ROLES = ("victim", "other_party")
BRINGS_VICTIMS = (Source.INCIDENT, Source.REQUEST)


def is_victim(persons: Persons, person_id: UUID) -> bool:
    """Whether anybody ever reported them as a victim."""
    return any(
        record.role in VICTIM_ROLES and record.came_in in BRINGS_VICTIMS
        for record in persons.of(person_id)
    )


def regroup(persons: Persons, touched: Iterable[UUID]) -> list[Group]:
    """Make the groups of these persons and whoever stood or stands with them; the changed ones."""
    around = _around(persons, touched)
    stood = {one: _stood_with(persons, one) for one in around}
    victims = sorted(one for one in around if is_victim(persons, one))
    found = components(victims, _edges(persons, victims), _opposed(persons, victims))
    changed = [members for members in found if any(stood[one] != members for one in members)]
    versions = [_highest(persons, members, stood) + 1 for members in changed]
    for one in around - set(victims):
        _leave(persons, one)
    return [_form(persons, *each) for each in zip(changed, versions, strict=True)]


def group_of(persons: Persons, person_id: UUID) -> Group:
    """The group somebody stands in; who was never a victim stands alone."""
    person = persons.person(person_id)
    group = person.group_id or person_id
    members = persons.grouped(group) or {person_id}
    return Group(
        contact_group=GroupId(group),
        group_members=tuple(PersonId(one) for one in sorted(members)),
        group_version=max(person.group_version, 1),
    )


def _around(persons: Persons, touched: Iterable[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    waiting = list(touched)
    while waiting:
        one = waiting.pop()
        if one in found or persons.persons.get(one) is None:
            continue
        found.add(one)
        person = persons.person(one)
        waiting += persons.possibly_same(one)
        waiting += persons.grouped(person.group_id) if person.group_id else ()
    return found


def _edges(persons: Persons, victims: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    asked = {review.review_id: review for one in victims for review in persons.open_about(one)}
    inorder = sorted(asked.values(), key=lambda review: (review.opened_at, review.review_id))
    return [(persons.now(review.one_id), persons.now(review.other_id)) for review in inorder]


def _opposed(persons: Persons, victims: Iterable[UUID]) -> set[frozenset[UUID]]:
    found = set()
    for told in persons.things_of(victims):
        victim, suspect = persons.in_role(told, "victim"), persons.in_role(told, "suspect")
        if victim and suspect:
            found.add(frozenset((victim.person_id, suspect.person_id)))
    return found


def are_opposed(persons: Persons, one: UUID, other: UUID) -> bool:
    """Whether one is the victim and the other the suspect of some incident."""
    return frozenset((one, other)) in _opposed(persons, (one, other))


def _stood_with(persons: Persons, one: UUID) -> frozenset[UUID]:
    group = persons.person(one).group_id
    return frozenset(persons.grouped(group)) if group else frozenset()


def _highest(persons: Persons, members: frozenset[UUID], stood: dict[UUID, frozenset[UUID]]) -> int:
    involved = members.union(*(stood[one] for one in members))
    return max(persons.person(one).group_version for one in involved)


def _form(persons: Persons, members: frozenset[UUID], version: int) -> Group:
    group = min(members)
    for one in sorted(members):
        person = persons.person(one)
        persons.put_person(replace(person, group_id=group, group_version=version))
    named = tuple(PersonId(one) for one in sorted(members))
    return Group(contact_group=GroupId(group), group_members=named, group_version=version)


def _leave(persons: Persons, one: UUID) -> None:
    person = persons.person(one)
    if person.group_id is not None:
        persons.put_person(replace(person, group_id=None))
