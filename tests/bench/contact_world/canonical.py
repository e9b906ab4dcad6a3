"""What makes two worlds the same: everything of a world that may still matter, and nothing else.

Left out are whose lead made an attempt that no rule will ask for again, and when a thing was where
only what came first counts. `make explore` checks it: worlds taken for one must go the same ways.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from services.victim_contact.domain.group import Group, Person
from services.victim_contact.domain.leads import Attempt, Episode, Lead
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.plan import SETTLED
from tests.bench.contact_world.happenings import LATER


@dataclass(frozen=True)
class Canonical:
    """The groups of a world as they are compared with another's."""

    groups: Sequence[Group]
    last: Lead | None
    """The lead that ended last: it is the one whose old fence still tells."""

    @property
    def key(self) -> Any:
        """The groups, with what is left of the lead that ended last."""
        last = self.last and _lead(self.last)
        granted = [group.lead.granted_at for group in self.groups if group.lead]
        return (tuple(map(self._group, self.groups)), last, granted == sorted(granted))

    @cached_property
    def _standing(self) -> set[UUID]:
        return {group.lead.lead_id for group in self.groups if group.lead}

    @cached_property
    def _episodes(self) -> list[Episode]:
        return [group.episode for group in self.groups if group.episode]

    @cached_property
    def _words(self) -> list[datetime]:
        """When she was reached or declined: the last word counts."""
        attempts = [each for group in self.groups for each in group.attempts]
        words = [each for each in attempts if each.outcome in SETTLED and self._counts(each)]
        return sorted({each.told_at for each in words})

    def _within(self, attempt: Attempt) -> tuple[bool, ...]:
        return tuple(attempt.told_at >= each.began_at for each in self._episodes)

    def _counts(self, attempt: Attempt) -> bool:
        return attempt.is_hers and any(self._within(attempt))

    def _place(self, attempt: Attempt) -> int | None:
        return self._words.index(attempt.told_at) if attempt.outcome in SETTLED else None

    def _group(self, group: Group) -> Any:
        episode = group.episode
        return (
            group.members,
            group.group_version,
            group.fence,
            tuple(map(_person, group.people)),
            tuple(map(self._matter, group.matters)),
            group.listings,
            frozenset(map(self._attempt, group.attempts)) - {None},
            episode and (episode.round, episode.lapses, frozenset(episode.lapsed)),
            group.lead and _lead(group.lead),
        )

    def _matter(self, matter: Matter) -> Any:
        told = [
            (each.agency, each.standing, each.lead_id)
            for each in matter.told
            if each.lead_id in self._standing
        ]
        known = (matter.id, matter.version, matter.person_id, matter.own, matter.live)
        return (*known, matter.closed, frozenset(matter.ended), frozenset(told))

    def _attempt(self, attempt: Attempt) -> Any:
        """One that no episode counts matters only where it may be told again, and for whose it is
        when her record turns out to be another's.
        """
        whose = (attempt.persons, attempt.own, frozenset(attempt.fingerprints), attempt.counts)
        told_as = (attempt.lead_id, attempt.agency, attempt.point_id, attempt.outcome, attempt.at)
        if self._counts(attempt):
            return (*whose, *told_as, self._within(attempt), self._place(attempt))
        last = self.last is not None and self.last.lead_id == attempt.lead_id
        if last or attempt.lead_id in self._standing:
            return (*whose, *told_as)
        return (*whose, attempt.outcome) if attempt.persons else None


def _person(person: Person) -> Any:
    marks = tuple((mark.fingerprint, mark.since >= LATER) for mark in person.marks)
    asked = person.no_contact_at is not None
    return (person.person_id, marks, person.marks_version, asked, person.withheld, person.view)


def _lead(lead: Lead) -> Any:
    points = frozenset(lead.points)
    known = (lead.lead_id, lead.agency, lead.victim_id, points, lead.stays, lead.due is None)
    return (*known, lead.incident_ids, lead.request_ids)
