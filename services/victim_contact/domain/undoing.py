"""A record that is another person's after all: what was told of her goes with it (domain.md 6.1).

While two were thought one, everything was told of the one. When a record leaves, what was tried
and said is hers whose it was before they became one, else hers of whom alone a record was there
when it was told, else hers whose number it was told of. What can be told of neither stays where it
is; that somebody asked for no contact then holds for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.vocabulary import ContactOutcome, episode_id_of
from services.victim_contact.domain.details import Given
from services.victim_contact.domain.group import Group, Person
from services.victim_contact.domain.leads import Attempt, Lead
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.outcomes import SPOILING
from services.victim_contact.domain.regrouping import part_of


@dataclass(frozen=True, slots=True)
class Leaving:
    """A matter that goes to another person, and those of the same person that stay."""

    matter: Matter
    to: UUID
    rest: tuple[Matter, ...]
    is_one: bool
    """The person whose it was is several who became one."""

    @property
    def left(self) -> UUID:
        """The person whose it was."""
        return self.matter.person_id

    def of_attempt(self, attempt: Attempt) -> Attempt:
        """The attempt as of those whose it is now."""
        if self.left not in attempt.persons:
            return attempt
        own = attempt.own or (() if self.is_one else attempt.persons)
        hers, stays = self._whose(attempt, own)
        persons = [p for p in attempt.persons if p != self.left or stays]
        persons += [self.to] if hers else []
        return replace(attempt, persons=tuple(dict.fromkeys(persons)), own=own)

    def of_point(self, point: Given) -> Given:
        """A lead's point, under its id: hers where nobody else's record names it."""
        is_hers = point.fingerprint in _points(self.matter) - _points(*self.rest)
        moves = point.person_id == self.left and is_hers
        return replace(point, person_id=self.to) if moves else point

    def _whose(self, attempt: Attempt, own: Sequence[UUID]) -> tuple[bool, bool]:
        """Whether it is told of her who leaves, and of her who stays."""
        owner = self.matter.owner
        if own and owner not in {matter.owner for matter in self.rest}:
            return owner in own, any(each != owner for each in own)
        was_there, others_were = self._there_at(attempt.told_at)
        if self.rest and was_there != others_were:
            return was_there, others_were
        named = set(attempt.fingerprints)
        hers, stays = named & _points(self.matter), named & _points(*self.rest)
        if hers or stays:
            return bool(hers), bool(stays)
        return attempt.outcome is ContactOutcome.ASKED_NO_CONTACT, True

    def _there_at(self, at: datetime) -> tuple[bool, bool]:
        """Whether the matter that goes had come by then, and whether one that stays had."""
        return self.matter.first_at <= at, any(each.first_at <= at for each in self.rest)


def give_back(group: Group, matter: Matter, to: UUID) -> Group:
    """The group after a matter of it is another person's, who is a member now."""
    own = [each for each in group.matters if each.person_id == matter.person_id]
    # Records that came by the same merge leave as well, one after the other.
    rest = tuple(m for m in own if matter.own is None or m.owner != matter.owner)
    leaving = Leaving(
        matter,
        to,
        tuple(each for each in rest if each.id != matter.id),
        is_one=any(each.owner != each.person_id for each in own),
    )
    attempts = tuple(map(leaving.of_attempt, group.attempts))
    given = replace(
        group,
        members=tuple(sorted({*group.members, to})),
        attempts=attempts,
        listings=_moved(group.listings, leaving),
        workers=_moved(group.workers, leaving),
        lead=group.lead and _with_points(group.lead, leaving),
    )
    for person in _people(group, attempts, leaving):
        given = given.keeping(person)
    moved = replace(matter, person_id=to, own=None)
    given = given.keeping(moved if was_tried(given, to) else moved.reopened())
    if not was_told(given, to) or was_tried(given, leaving.left):
        return given
    for each in leaving.rest:
        given = given.keeping(each.reopened() if each.closed else each)
    return given


def part(group: Group, to: UUID) -> tuple[Group, Group]:
    """The group without somebody, and hers alone: the lead stays with whom it was granted for.

    What was tried of her goes on counting: who reached her is engaged with her.
    """
    staying = set(group.members) - {to}
    # What was told of her alone is told of nobody here, and known if it is told again.
    told = tuple(
        each if staying & set(each.persons) else replace(each, persons=())
        for each in group.attempts
    )
    stays = replace(part_of(group, staying, keeps_lead=True), attempts=told)
    hers = part_of(group, {to}, keeps_lead=False)
    return stays, replace(hers, episode=group.episode if was_told(hers, to) else None)


def with_own_episode(group: Group, left: Group) -> Group:
    """Where she goes on alone with what was tried of her, her next lead begins an episode."""
    episode, others = group.episode, left.episode
    if not episode or not others or group.lead or episode.episode_id != others.episode_id:
        return group
    own = episode_id_of(group.contact_group, group.fence + 1)
    return replace(group, episode=replace(episode, episode_id=own))


def was_told(group: Group, person_id: UUID) -> bool:
    """Whether anything was told of her."""
    return any(person_id in each.persons for each in group.attempts)


def was_tried(group: Group, person_id: UUID) -> bool:
    """Whether an attempt to reach her was made."""
    return any(each.counts and person_id in each.persons for each in group.attempts)


def _moved(rows: tuple[Any, ...], leaving: Leaving) -> tuple[Any, ...]:
    return tuple(
        replace(row, person_id=leaving.to) if row.incident_id == leaving.matter.id else row
        for row in rows
    )


def _with_points(lead: Lead, leaving: Leaving) -> Lead:
    return replace(lead, points=tuple(map(leaving.of_point, lead.points)))


def _people(group: Group, attempts: Sequence[Attempt], leaving: Leaving) -> tuple[Person, Person]:
    """Both as their own attempts have it; what spoilt a point that she names goes with her."""
    stays, goes = group.person(leaving.left), group.person(leaving.to)
    named = _points(leaving.matter)
    spoilt = {
        fingerprint
        for each in attempts
        if each.outcome in SPOILING
        for fingerprint in each.fingerprints
        if leaving.to in each.persons or fingerprint in named
    }
    goes = goes.marked(mark for mark in stays.marks if mark.fingerprint in spoilt)
    at = stays.no_contact_at
    if at is None:
        return stays, goes
    asked, others = _asked_at(attempts, leaving.left), _asked_at(attempts, leaving.to)
    if asked is None and others is None:
        return stays, replace(goes, no_contact_at=at)
    return replace(stays, no_contact_at=asked), replace(goes, no_contact_at=others)


def _asked_at(attempts: Sequence[Attempt], person_id: UUID) -> datetime | None:
    asked = (a for a in attempts if a.outcome is ContactOutcome.ASKED_NO_CONTACT)
    return max((each.made_at for each in asked if person_id in each.persons), default=None)


def _points(*matters: Matter) -> set[str]:
    named = (point.fingerprint for matter in matters for point in matter.details.points)
    return {fingerprint for fingerprint in named if fingerprint is not None}
