"""The small world at one moment, and what it becomes when something happens."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from services.kit.areas import Policies
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.policy import Policy
from services.victim_contact.working_set import Alias, Groups, Reference, SaidOf
from tests.bench.contact_world.happenings import Message, Telling
from tests.services.victim_contact.builders import ANN, BEA, NOON, hearers

POLICY = Policy(calls=2)
RULES = Reference(Policies({}, {}, POLICY))
Happened = Message | Telling


@dataclass(frozen=True)
class World:
    """Everything that victim_contact keeps, and what has happened of its deck."""

    groups: tuple[Group, ...] = ()
    leads: tuple[Lead, ...] = ()
    aliases: tuple[Alias, ...] = ()
    counters: tuple[SaidOf, ...] = ()
    came: frozenset[str] = frozenset()

    def working_set(self) -> Groups:
        """As the store would load it."""
        groups = Groups(self.groups, RULES)
        groups.know(self.leads, self.aliases, self.counters)
        return groups

    @cached_property
    def key(self) -> Any:
        """What makes two worlds the same: all but times that no rule compares here."""
        return (tuple(_bare(group) for group in self.groups), self._last_ended, self.came)

    @property
    def active(self) -> list[Lead]:
        """The leads that stand."""
        return [group.lead for group in self.groups if group.lead is not None]

    @property
    def _last_ended(self) -> tuple[Any, ...]:
        return tuple(lead.lead_id for lead in self.ended[-1:])

    @property
    def ended(self) -> list[Lead]:
        """The leads that have ended, the one with the highest fence last."""
        ended = [lead for lead in self.leads if lead.ended_at is not None]
        return sorted(ended, key=lambda lead: (lead.fence, lead.lead_id.int))

    def events(self, happened: Happened) -> Iterator[Any]:
        """What is heard when something happens: nothing where it cannot."""
        if isinstance(happened, Message):
            yield happened.event
            return
        for lead in self.ended[-1:] if happened.old else self.active:
            yield happened.of(lead)


@dataclass(frozen=True)
class Step:
    """One event, from the world before it to the world after it, and what was said."""

    before: World
    happened: Happened
    event: Any
    after: World
    said: tuple[Any, ...]


def step(world: World, happened: Happened, event: Any) -> Step:
    """What follows from one event."""
    groups = world.working_set()
    at = max(event.envelope.time, NOON)
    said = tuple(a for hear in hearers(type(event)) for a in hear(event, groups, at))
    after = World(
        groups=tuple(sorted(groups.rows, key=lambda group: group.contact_group)),
        leads=tuple(sorted(groups.leads, key=lambda lead: lead.lead_id)),
        aliases=tuple(groups.aliases),
        counters=tuple(groups.counters),
        came=world.came | {happened.name},
    )
    return Step(world, happened, event, after, said)


def group_with(world: World, person_id: UUID) -> Group | None:
    """The group of a person, if any is known."""
    aliases = {alias.person_id: alias.kept_id for alias in world.aliases}
    found = aliases.get(person_id, person_id)
    return next((group for group in world.groups if found in group.members), None)


def _bare(group: Group) -> Any:
    lead = group.lead
    attempts = tuple(replace(each, number=0, told_at=NOON) for each in group.attempts)
    return replace(group, attempts=attempts, withheld_due_at=None, lead=lead and _untimed(lead))


def _untimed(lead: Lead) -> Lead:
    due = lead.due and replace(lead.due, attempt=0, opens_at=NOON, due_at=NOON)
    return replace(lead, first_due_at=NOON, expires_at=NOON, granted_at=NOON, due=due)


PERSONS = (ANN, BEA)
