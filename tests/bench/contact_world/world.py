"""The small world at one moment, and what it becomes when something happens."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from contracts.envelope import Event
from services.kit.areas import Policies
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.policy import Policy
from services.victim_contact.working_set import Alias, Groups, Reference, SaidOf
from tests.bench.contact_world.canonical import Canonical
from tests.bench.contact_world.happenings import LATER, Message, Telling
from tests.services.victim_contact.builders import NOON, hearers

POLICY = Policy(calls=2)
RULES = Reference(Policies({}, {}, POLICY))
Happened = Message | Telling
A_MOMENT = timedelta(minutes=1)
"""How long after one event the next comes, where nothing makes it later."""


HEARERS: dict[type[Event], list[Any]] = {}
"""The handlers of each event, worked out once."""


def hearers_of(event: Event) -> list[Any]:
    """The handlers of an event."""
    if type(event) not in HEARERS:
        HEARERS[type(event)] = hearers(type(event))
    return HEARERS[type(event)]


@dataclass(frozen=True)
class World:
    """Everything that victim_contact keeps, and what time it is."""

    groups: tuple[Group, ...] = ()
    leads: tuple[Lead, ...] = ()
    aliases: tuple[Alias, ...] = ()
    counters: tuple[SaidOf, ...] = ()
    now: datetime = NOON

    def working_set(self) -> Groups:
        """As the store would load it."""
        groups = Groups(self.groups, RULES)
        groups.know(self.leads, self.aliases, self.counters)
        return groups

    @cached_property
    def key(self) -> int:
        """The same for worlds in which the same may follow."""
        canonical = Canonical(self.groups, self.last_ended)
        return hash((canonical.key, self.aliases, self.now >= LATER))

    @property
    def active(self) -> list[Lead]:
        """The leads that stand."""
        return [group.lead for group in self.groups if group.lead is not None]

    @cached_property
    def last_ended(self) -> Lead | None:
        """Of the leads that have ended the one with the highest fence."""
        ended = [lead for lead in self.leads if lead.ended_at is not None]
        return max(ended, key=lambda lead: (lead.fence, lead.lead_id.int), default=None)

    def events(self, happened: Happened) -> Iterator[Any]:
        """What is heard when something happens: nothing where it cannot."""
        if isinstance(happened, Message):
            yield happened.event
            return
        ended = [self.last_ended] if self.last_ended else []
        for lead in ended if happened.old else self.active:
            event = happened.of(lead, self.now)
            if event is not None:
                yield event


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
    groups, now = world.working_set(), max(event.envelope.time, world.now + A_MOMENT)
    said = tuple(a for hear in hearers_of(event) for a in hear(event, groups, now))
    after = World(
        groups=tuple(sorted(groups.rows, key=lambda group: group.contact_group)),
        leads=tuple(sorted(groups.leads, key=lambda lead: lead.lead_id)),
        aliases=tuple(groups.aliases),
        counters=tuple(groups.counters),
        now=now,
    )
    return Step(world, happened, event, after, said)
