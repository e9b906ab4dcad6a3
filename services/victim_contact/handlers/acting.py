"""The turns of the groups that one event touches, from what it changes to what is said."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.victim_contact.domain.details import Mark
from services.victim_contact.domain.group import Group, View
from services.victim_contact.domain.hearing import hear_matter
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.reasons import DUE_NOW
from services.victim_contact.domain.regrouping import (
    Regrouped,
    arrange,
    fold,
    regroup,
    revoke_dropped,
    unite,
)
from services.victim_contact.domain.settling import settle
from services.victim_contact.domain.turn import Turn
from services.victim_contact.domain.undoing import (
    give_back,
    part,
    was_told,
    was_tried,
    with_own_episode,
)
from services.victim_contact.domain.wishes import served_persons
from services.victim_contact.domain.withholding import waits_for_a_way
from services.victim_contact.handlers.saying import Said, said_of
from services.victim_contact.working_set import Groups


class Acting:
    """One event's turns: a group's turn is opened when it is first touched."""

    def __init__(self, groups: Groups, now: datetime) -> None:
        self.groups = groups
        self.now = now
        self.parted: set[UUID] = set()
        """Persons who are no longer with the lead that they had."""
        self.passed_over: set[UUID] = set()
        """Persons of whom nothing that was told is true: it was another's."""
        self._turns: dict[UUID, Turn] = {}
        self._before: set[UUID] = set()

    def turn_of(self, person_id: UUID) -> Turn:
        """The turn of a person's group."""
        resolved = self.groups.resolved(person_id)
        for turn in self._turns.values():
            if resolved in turn.group.members:
                return turn
        return self._open(self.groups.of(resolved))

    def is_news(self, matter_id: UUID, version: int) -> bool:
        """Whether a version is higher than any heard of this incident or request."""
        known = self.groups.matter(matter_id)
        return known is None or known.version < version

    def hear(self, matter: Matter, marks: Iterable[Mark]) -> None:
        """Keep an incident or request with its person's group; it may have been another's."""
        known = self.groups.matter(matter.id)
        turn = self.turn_of(matter.person_id)
        if known is not None and turn.group.matter(matter.id) is None:
            self._move(known, turn, matter.person_id)
        elif known is not None and known.own and known.person_id != matter.person_id:
            turn.group = give_back(turn.group, known, matter.person_id)
        hear_matter(turn, matter, marks)

    def _move(self, known: Matter, to: Turn, person_id: UUID) -> None:
        """Give a matter to a person of another group, with what was told of her."""
        left = self.turn_of(known.person_id)
        left.group, hers = part(give_back(left.group, known, person_id), person_id)
        to.group, dropped = unite([to.group, hers], {**hers.views, **to.group.views})
        to.group = with_own_episode(to.group, left.group)
        revoke_dropped(to, dropped)
        if not was_tried(hers, person_id):
            self.parted.add(person_id)
        if was_told(hers, person_id):
            to.goes_on = True
            self.passed_over.add(known.person_id)

    def regroup(self, views: Iterable[View]) -> None:
        """Unite and split groups as person_matching says, each by the higher version."""
        for view in views:
            self._regroup(View(self._resolved(view.members), view.version))

    def merge(self, kept_id: UUID, merged_ids: Sequence[UUID]) -> None:
        """Make persons one: their groups unite, and what was known of each is known of the one."""
        if not merged_ids:
            return
        kept = self.groups.resolved(kept_id)
        merged = {self.groups.resolved(person) for person in merged_ids} - {kept}
        homes = [self._at_home(person) for person in (kept, *sorted(merged))]
        known = any(self._is_known(person) for person in (kept, *merged))
        self.groups.join(kept, merged)
        if not known or not merged:
            return
        touched = {home.contact_group: home for home in homes}
        views = {m: view for home in homes for m, view in home.views.items()}
        united, dropped = unite(list(touched.values()), views)
        found = arrange([fold(united, kept, merged)], {})
        self._take_up(replace(found, touched=frozenset(touched), dropped=dropped))

    def said(self) -> list[Said]:
        """Bring every group to rest, keep it, and say what follows."""
        turns = sorted(self._turns.values(), key=lambda turn: str(turn.group.contact_group))
        for turn in turns:
            self._settle(turn)
        self.groups.replace(self._before, [turn.group for turn in turns])
        return [said for turn in turns for said in said_of(turn, self.groups)]

    def _settle(self, turn: Turn) -> None:
        turn.rules = self.groups.rules_of(turn.group.area)
        led = turn.group.lead is not None
        settle(turn)
        lead = turn.group.lead
        due = self.passed_over if led and lead else self.parted | self.passed_over
        if self.parted and led and lead is None:
            due |= set(turn.group.members)
        withheld = {p.person_id for p in turn.group.people if waits_for_a_way(p)}
        waiting = due & {*served_persons(turn.group), *withheld}
        if waiting - {p for attempt in turn.group.attempts for p in attempt.persons}:
            turn.alarm(DUE_NOW, lead, due_at=_due_at(lead) if lead else turn.group.withheld_due_at)

    def _at_home(self, person_id: UUID) -> Group:
        for turn in self._turns.values():
            if person_id in turn.group.members:
                return turn.group
        return self.groups.of(person_id)

    def _regroup(self, view: View) -> None:
        homes = {m: self._at_home(m) for m in view.members if self._is_known(m)}
        found = regroup(homes, view)
        if found.groups:
            self._take_up(found)

    def _take_up(self, found: Regrouped) -> None:
        """Turns of the groups that follow, in the place of those that they came from."""
        turns = [self._open(found.groups[0], found.touched), *map(self._open, found.groups[1:])]
        self.parted |= found.parted
        for turn in turns:
            revoke_dropped(turn, found.dropped)

    def _is_known(self, person_id: UUID) -> bool:
        opened = any(person_id in turn.group.members for turn in self._turns.values())
        return opened or self.groups.known(person_id) is not None

    def _open(self, group: Group, before: Iterable[UUID] = ()) -> Turn:
        earlier = [self._turns.pop(each) for each in before if each in self._turns]
        turn = Turn(group, self.groups.rules_of(group.area), self.now)
        for each in earlier:
            turn.news += each.news
            turn.ended += each.ended
        self._before |= {group.contact_group, *before}
        self._turns[group.contact_group] = turn
        return turn

    def _resolved(self, members: Iterable[UUID]) -> tuple[UUID, ...]:
        return tuple(sorted({self.groups.resolved(member) for member in members}))


def _due_at(lead: Lead) -> datetime:
    return lead.due.due_at if lead.due else lead.first_due_at
