"""How contact groups unite and part, and how persons become one (domain.md 6.10).

A view says who belongs together of those whom it names. Of somebody whom it no longer names it
says nothing: she may have parted, or she is one of the others and the news of that is on its way.
She stays until a view names her, so that no order of the news makes two leads for one person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.victim_contact.domain.group import Group, Person, View, latest_marks
from services.victim_contact.domain.leads import Attempt, Episode, Lead
from services.victim_contact.domain.news import Ended
from services.victim_contact.domain.order import is_engaged, rank
from services.victim_contact.domain.reasons import Ending
from services.victim_contact.domain.turn import Turn


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
    """The groups after a view of one; it is news for those who are known by a lower version."""
    news = {m for m in view.members if m not in homes or homes[m].view_of(m).version < view.version}
    if not news:
        return Regrouped()
    unknown = [new_group([m]) for m in view.members if m not in homes]
    known = {home.contact_group: home for home in homes.values()}
    found = arrange([*known.values(), *unknown], dict.fromkeys(news, view))
    return replace(found, touched=frozenset(known))


def arrange(homes: Sequence[Group], news: Mapping[UUID, View]) -> Regrouped:
    """The members of these groups together as the latest view of each has them."""
    views = {m: view for home in homes for m, view in home.views.items()} | dict(news)
    together = _together(views)
    parts = [_parts(home, together) for home in homes]
    groups: list[Group] = []
    dropped: list[tuple[Lead, Lead]] = []
    for members in together:
        pieces = [part for each in parts for part in each if part.contact_group in members]
        united, revoked = unite(pieces, views)
        groups.append(united)
        dropped += revoked
    parted = {m for each in parts if len(each) > 1 for part in each for m in _unled(part)}
    return Regrouped(tuple(groups), frozenset(), tuple(dropped), frozenset(parted))


def _together(views: Mapping[UUID, View]) -> list[set[UUID]]:
    """Who belongs together: two of whom either's latest view names the other."""
    found: list[set[UUID]] = []
    for person_id, view in sorted(views.items()):
        near = {person_id, *view.members} & views.keys()
        joined = near.union(*(each for each in found if each & near))
        found = [*(each for each in found if not each & near), joined]
    return sorted(found, key=min)


def _unled(part: Group) -> tuple[UUID, ...]:
    return part.members if part.lead is None else ()


def _parts(home: Group, together: Sequence[set[UUID]]) -> list[Group]:
    """A group's parts; the lead goes with whom it tried."""
    split = [part for each in together if (part := each & set(home.members))]
    if len(split) == 1:
        return [home]
    keeps = _with_lead(home, split)
    return [part_of(home, part, part == keeps) for part in split]


def _with_lead(group: Group, parts: Sequence[set[UUID]]) -> set[UUID]:
    """The part that the lead goes with: whom it tried, else whom it was granted for."""
    lead = group.lead
    if lead is None:
        return parts[-1]
    made = [each for each in group.attempts if each.lead_id == lead.lead_id]
    return max(
        parts,
        key=lambda part: (sum(bool(part & set(a.persons)) for a in made), lead.victim_id in part),
    )


def part_of(group: Group, members: set[UUID], keeps_lead: bool) -> Group:
    """What is known of some members of a group."""
    part = replace(
        group,
        contact_group=min(members),
        members=tuple(sorted(members)),
        people=tuple(person for person in group.people if person.person_id in members),
        matters=tuple(matter for matter in group.matters if matter.person_id in members),
        listings=tuple(each for each in group.listings if each.person_id in members),
        workers=tuple(worker for worker in group.workers if worker.person_id in members),
        attempts=tuple(a for a in group.attempts if not a.persons or members & set(a.persons)),
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


def unite(
    groups: Sequence[Group], views: Mapping[UUID, View]
) -> tuple[Group, tuple[tuple[Lead, Lead], ...]]:
    """One group of several; one lead is kept, each other is dropped for it."""
    leading = [group for group in groups if group.lead is not None]
    kept = min(leading, key=_preference, default=None)
    lead = kept.lead if kept else None
    members = sorted({member for group in groups for member in group.members})
    united = Group(
        contact_group=members[0],
        members=tuple(members),
        fence=max(group.fence for group in groups),
        people=_people(groups),
        matters=_gathered(groups, "matters", "id"),
        listings=_gathered(groups, "listings", "incident_id"),
        workers=_gathered(groups, "workers", "incident_id"),
        attempts=_all_attempts(groups),
        episode=_episode(groups, kept),
        lead=lead,
        withheld_due_at=min((g.withheld_due_at for g in groups if g.withheld_due_at), default=None),
    )
    united = _renamed(_viewed(united, views))
    dropped = [g.lead for g in leading if g.lead is not None and g is not kept]
    return united, tuple((each, united.lead) for each in dropped if united.lead)


def _viewed(group: Group, views: Mapping[UUID, View]) -> Group:
    """The group with the latest view of each member; none is kept that is the group itself."""
    version = max(views[member].version for member in group.members)
    whole = View(group.members, version)
    viewed = replace(group, group_version=version)
    for member in group.members:
        view = None if views[member] == whole else views[member]
        if viewed.person(member).view != view:
            viewed = viewed.keeping(replace(viewed.person(member), view=view))
    return viewed


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


def _people(groups: Sequence[Group]) -> tuple[Person, ...]:
    known: dict[UUID, list[Person]] = {}
    for person in _gathered(groups, "people", "person_id"):
        known.setdefault(person.person_id, []).append(person)
    return tuple(_folded(people, person_id) for person_id, people in known.items())


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
    """Tell those whose lead this group's takes the place of to stop."""
    lead = turn.group.lead
    for dropped, kept in pairs:
        if lead is None or kept.lead_id != lead.lead_id:
            continue
        ended = replace(dropped, contact_group=turn.group.contact_group)
        ended = ended.ended(Ending.GROUPS_JOINED, turn.now)
        turn.ended.append(ended)
        turn.say(Ended(ended, Ending.GROUPS_JOINED, kept.agency))


def fold(group: Group, kept: UUID, merged: set[UUID]) -> Group:
    """The group after persons of it became one: what was known of each is known of the one."""
    members = tuple(sorted((set(group.members) - merged) | {kept}))
    one = _folded([group.person(p) for p in sorted({kept, *merged})], kept)
    rest = [p for p in group.people if p.person_id not in {kept, *merged}]
    views = _views_of_one(group, kept, merged)
    folded = replace(
        group,
        contact_group=members[0],
        members=members,
        people=tuple(sorted((*rest, one), key=lambda each: str(each.person_id))),
        matters=tuple(
            replace(m, person_id=kept, own=m.owner) if m.person_id in merged else m
            for m in group.matters
        ),
        listings=_of_one(group.listings, kept, merged),
        workers=_of_one(group.workers, kept, merged),
        attempts=_attempts_of_one(group, kept, merged),
        lead=group.lead and _lead_of_one(group.lead, kept, merged),
    )
    return _renamed(_viewed(folded, views))


def _attempts_of_one(group: Group, kept: UUID, merged: set[UUID]) -> tuple[Attempt, ...]:
    """Each attempt with whose it was, where that is known: those who were one already share."""
    shared = {m.person_id for m in group.matters if m.owner != m.person_id}
    return tuple(
        replace(
            attempt,
            persons=_persons(attempt.persons, kept, merged),
            own=attempt.own or (() if shared & set(attempt.persons) else attempt.persons),
        )
        if {kept, *merged} & set(attempt.persons)
        else attempt
        for attempt in group.attempts
    )


def _views_of_one(group: Group, kept: UUID, merged: set[UUID]) -> dict[UUID, View]:
    """The latest view of each, under the id that the one has now."""
    latest = max((group.view_of(p) for p in (kept, *merged)), key=lambda view: view.version)
    views = {member: view for member, view in group.views.items() if member not in merged}
    return {
        member: View(tuple(sorted(set(_persons(view.members, kept, merged)))), view.version)
        for member, view in {**views, kept: latest}.items()
    }


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
