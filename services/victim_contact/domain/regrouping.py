"""How contact groups unite and part, and how persons become one (domain.md 6.10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.victim_contact.domain.group import Group, Person, latest_marks
from services.victim_contact.domain.leads import Attempt, Episode, Lead
from services.victim_contact.domain.news import Ended
from services.victim_contact.domain.order import is_engaged, rank
from services.victim_contact.domain.reasons import Ending
from services.victim_contact.domain.turn import Turn


@dataclass(frozen=True, slots=True)
class View:
    """A contact group as person_matching said it."""

    members: tuple[UUID, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Regrouped:
    """The groups that follow, the leads that others took the place of, and who parted."""

    groups: tuple[Group, ...] = ()
    touched: frozenset[UUID] = frozenset()
    """The ids of the groups that they came from."""
    dropped: tuple[tuple[Lead, Lead], ...] = ()
    """Each with the lead that is kept."""
    parted: frozenset[UUID] = frozenset()
    """Persons who are no longer with the lead that they had."""


def new_group(members: Iterable[UUID], version: int = 0) -> Group:
    """A group of which nothing is known yet."""
    ordered = tuple(sorted(set(members)))
    return Group(ordered[0], ordered, version)


def regroup(homes: Mapping[UUID, Group], view: View) -> Regrouped:
    """The groups after a view of one; members whose group is known by a higher version stay."""
    movers = {m for m in view.members if m not in homes or homes[m].group_version < view.version}
    if not movers:
        return Regrouped()
    touched = {home.contact_group: home for m in movers if (home := homes.get(m))}
    pieces, left, parted = [], [], set()
    for home in touched.values():
        moving, staying = split(home, movers)
        pieces.append(moving)
        if staying is not None:
            left.append(staying)
            parted |= _without_lead(home, moving, staying)
    unknown = [new_group([m]) for m in sorted(movers - set(homes))]
    united, dropped = unite([*pieces, *unknown], view.version)
    return Regrouped((united, *left), frozenset(touched), dropped, frozenset(parted))


def _without_lead(home: Group, *parts: Group) -> set[UUID]:
    if home.lead is None:
        return set()
    return {member for part in parts if part.lead is None for member in part.members}


def split(group: Group, movers: set[UUID]) -> tuple[Group, Group | None]:
    """The part of a group that moves, and what is left of it; the lead goes with whom it tried."""
    staying = set(group.members) - movers
    if not staying:
        return group, None
    moving = set(group.members) & movers
    keeps = _with_lead(group, (moving, staying))
    return _part(group, moving, keeps == moving), _part(group, staying, keeps == staying)


def _with_lead(group: Group, parts: Sequence[set[UUID]]) -> set[UUID]:
    lead = group.lead
    if lead is None:
        return parts[-1]
    made = [each for each in group.attempts if each.lead_id == lead.lead_id]
    return max(
        parts,
        key=lambda part: (sum(bool(part & set(a.persons)) for a in made), lead.victim_id in part),
    )


def _part(group: Group, members: set[UUID], keeps_lead: bool) -> Group:
    part = replace(
        group,
        contact_group=min(members),
        members=tuple(sorted(members)),
        people=tuple(person for person in group.people if person.person_id in members),
        matters=tuple(matter for matter in group.matters if matter.person_id in members),
        listings=tuple(each for each in group.listings if each.person_id in members),
        workers=tuple(worker for worker in group.workers if worker.person_id in members),
        attempts=tuple(each for each in group.attempts if members & set(each.persons)),
    )
    if not keeps_lead or group.lead is None:
        return replace(part, lead=None, episode=None, withheld_due_at=None)
    return _renamed(replace(part, lead=_lead_of_part(group.lead, part)))


def _lead_of_part(lead: Lead, part: Group) -> Lead:
    """The lead of those who keep it: where she whom it was granted for left, of whom it tried."""
    if lead.victim_id in part.members:
        return lead
    made = [person for a in part.attempts if a.lead_id == lead.lead_id for person in a.persons]
    tried = next((person for person in made if person in part.members), part.members[0])
    return replace(lead, victim_id=tried)


def _renamed(group: Group) -> Group:
    if group.lead is None or group.lead.contact_group == group.contact_group:
        return group
    return replace(group, lead=replace(group.lead, contact_group=group.contact_group))


def unite(groups: Sequence[Group], version: int) -> tuple[Group, tuple[tuple[Lead, Lead], ...]]:
    """One group of several; one lead is kept, each other is dropped for it."""
    leading = [group for group in groups if group.lead is not None]
    kept = min(leading, key=_preference, default=None)
    lead = kept.lead if kept else None
    members = sorted(member for group in groups for member in group.members)
    united = Group(
        contact_group=members[0],
        members=tuple(members),
        group_version=version,
        fence=max(group.fence for group in groups),
        people=_gathered(groups, "people", "person_id"),
        matters=_gathered(groups, "matters", "id"),
        listings=_gathered(groups, "listings", "incident_id"),
        workers=_gathered(groups, "workers", "incident_id"),
        attempts=_all_attempts(groups),
        episode=_episode(groups, kept),
        lead=lead,
        withheld_due_at=min((g.withheld_due_at for g in groups if g.withheld_due_at), default=None),
    )
    dropped = [g.lead for g in leading if g.lead is not None and g is not kept]
    return _renamed(united), tuple((each, lead) for each in dropped if lead)


def _preference(group: Group) -> tuple[bool, int, object, int]:
    """Which lead is kept: the engaged, then the order of 6.2, then the oldest."""
    lead = group.lead
    if lead is None:
        raise LookupError("nobody leads this group")
    return (
        not is_engaged(group, lead.agency),
        rank(group, lead.agency),
        lead.granted_at,
        lead.lead_id.int,
    )


def _gathered(groups: Sequence[Group], rows: str, key: str) -> tuple[Any, ...]:
    every = [row for group in groups for row in getattr(group, rows)]
    return tuple(sorted(every, key=lambda row: str(getattr(row, key))))


def _all_attempts(groups: Sequence[Group]) -> tuple[Attempt, ...]:
    every = [attempt for group in groups for attempt in group.attempts]
    return tuple(sorted(dict.fromkeys(every), key=lambda each: (each.told_at, str(each.lead_id))))


def _episode(groups: Sequence[Group], kept: Group | None) -> Episode | None:
    """The kept lead's episode goes on, with what was tried and told in any of them."""
    begun = [group.episode for group in groups if group.episode is not None]
    if not begun:
        return None
    episode = kept.episode if kept and kept.episode else min(begun, key=lambda e: e.began_at)
    return replace(episode, began_at=min(each.began_at for each in begun))


def revoke_dropped(turn: Turn, pairs: Iterable[tuple[Lead, Lead]]) -> None:
    """Tell those whose lead another takes the place of to stop."""
    for dropped, kept in pairs:
        ended = replace(dropped, contact_group=turn.group.contact_group)
        ended = ended.ended(Ending.GROUPS_JOINED, turn.now)
        turn.ended.append(ended)
        turn.say(Ended(ended, Ending.GROUPS_JOINED, kept.agency))


def fold(group: Group, kept: UUID, merged: set[UUID]) -> Group:
    """The group after persons of it became one: what was known of each is known of the one."""
    members = tuple(sorted((set(group.members) - merged) | {kept}))
    one = _folded([group.person(p) for p in sorted({kept, *merged})], kept)
    rest = [p for p in group.people if p.person_id not in {kept, *merged}]
    folded = replace(
        group,
        contact_group=members[0],
        members=members,
        people=tuple(sorted((*rest, one), key=lambda each: str(each.person_id))),
        matters=_of_one(group.matters, kept, merged),
        listings=_of_one(group.listings, kept, merged),
        workers=_of_one(group.workers, kept, merged),
        attempts=tuple(
            replace(a, persons=_persons(a.persons, kept, merged)) for a in group.attempts
        ),
        lead=group.lead and _lead_of_one(group.lead, kept, merged),
    )
    return _renamed(folded)


def _folded(people: Sequence[Person], kept: UUID) -> Person:
    asked = [person.no_contact_at for person in people if person.no_contact_at]
    return Person(
        person_id=kept,
        marks=latest_marks(mark for person in people for mark in person.marks),
        marks_version=max(p.marks_version for p in people if p.person_id == kept),
        no_contact_at=max(asked, default=None),
        withheld=tuple(dict.fromkeys(each for person in people for each in person.withheld)),
    )


def _of_one(rows: tuple[Any, ...], kept: UUID, merged: set[UUID]) -> tuple[Any, ...]:
    return tuple(replace(r, person_id=kept) if r.person_id in merged else r for r in rows)


def _lead_of_one(lead: Lead, kept: UUID, merged: set[UUID]) -> Lead:
    victim_id = kept if lead.victim_id in merged else lead.victim_id
    return replace(lead, victim_id=victim_id, points=_of_one(lead.points, kept, merged))


def _persons(persons: tuple[UUID, ...], kept: UUID, merged: set[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(kept if person in merged else person for person in persons))
