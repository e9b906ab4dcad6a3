"""Walks every story of up to so many events in a small world of contact.

Two victims who may be one, their suspect and three agencies. Any event may come at any time and as
often as it likes, so that duplicates, stale versions and old fences are among the stories. Worlds
in which the same may follow are taken as one (`contact_world.canonical`), each at its least depth.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from contracts.contact import AttemptDue
from contracts.envelope import InputRefused
from services.kit.sending import Send
from services.kit.timers import Later
from services.victim_contact.domain.states import state_of
from tests.bench.contact_world.happenings import Alphabet, Message, Telling
from tests.bench.contact_world.promises import broken
from tests.bench.contact_world.table import Transition
from tests.bench.contact_world.world import Step, World, step

Letters = tuple[Message | Telling, ...]
Story = tuple[str, ...]
TWINS = "two worlds taken as one went different ways"
OF_TIMES = (AttemptDue, Later, Send)
NO_STORY: Story = ()
AGAIN = "the same event once more changed something"


@dataclass
class Explored:
    """What was seen."""

    states: int = 0
    steps: int = 0
    twins: int = 0
    """Pairs of worlds taken as one that were compared."""
    deepest: int = 0
    transitions: dict[Transition, Story] = field(default_factory=dict)
    """Each with the first story that showed it."""
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Story] = field(default_factory=dict)

    def fault(self, fault: str, path: Story) -> None:
        """Keep a broken promise, with the first story that led to it."""
        self.faults[fault] += 1
        self.examples.setdefault(fault, path)


class Exploration:
    """One alphabet's stories, the short ones first."""

    def __init__(self, alphabet: Alphabet, seen: Explored, twins: int = 0, seed: int = 1) -> None:
        self.letters = alphabet.letters
        self.seen = seen
        self.twins = twins
        """One pair of twins in so many is compared; 0 = none."""
        self._chance = random.Random(seed)
        self._known: set[int] = set()
        self._told: set[tuple[int, int]] = set()
        """Which event was told again in which world."""

    def walk(self, depth: int) -> None:
        """Every story of up to `depth` events; each world once."""
        begin = World()
        self._known.add(begin.key)
        layer: dict[int, tuple[World, Story]] = {begin.key: (begin, ())}
        for _ in range(depth):
            following: dict[int, tuple[World, Story]] = {}
            for world, path in layer.values():
                self._visit(world, path, following)
            layer = following
        self.seen.states += len(self._known)
        self.seen.deepest = max(self.seen.deepest, depth)

    def wander(self, stories: int, length: int) -> None:
        """Long stories drawn by chance: they go where no short one leads."""
        for _ in range(stories):
            world, story = World(), NO_STORY
            for _ in range(length):
                happened = self._chance.choice(self.letters)
                for event in [*world.events(happened)][:1]:
                    self.seen.steps += 1
                    story = (*story, happened.name)
                    taken = step(world, happened, event)
                    self._note(taken, story)
                    world = taken.after

    def _visit(self, world: World, path: Story, following: dict[int, tuple[World, Story]]) -> None:
        for taken in steps(world, self.letters):
            self.seen.steps += 1
            story = (*path, taken.happened.name)
            self._note(taken, story)
            key = taken.after.key
            if key not in self._known:
                self._known.add(key)
                following[key] = (taken.after, story)
            elif self.twins and key in following and not self._chance.randrange(self.twins):
                self._compare(taken.after, following[key][0], story)

    def _note(self, taken: Step, story: Story) -> None:
        """Keep what a step showed, and what it broke."""
        for transition in transitions(taken):
            self.seen.transitions.setdefault(transition, story)
        if taken.after.groups == taken.before.groups and not taken.said:
            return
        for fault in broken(taken):
            self.seen.fault(fault, story)
        told = (taken.after.key, hash(taken.event.envelope.id))
        if told not in self._told:
            self._told.add(told)
            for fault in repeated(taken):
                self.seen.fault(fault, story)

    def _compare(self, one: World, other: World, story: Story) -> None:
        self.seen.twins += 1
        if ways_of(one, self.letters) != ways_of(other, self.letters):
            self.seen.fault(TWINS, story)


def steps(world: World, letters: Letters) -> Iterator[Step]:
    """Everything that may happen to a world next."""
    for happened in letters:
        for event in world.events(happened):
            yield step(world, happened, event)


def ways_of(world: World, letters: Letters) -> list[tuple[str, int, tuple[str, ...]]]:
    """Where everything that may happen leads, and what is said but for what tells of times."""
    return [
        (
            taken.happened.name,
            taken.after.key,
            tuple(type(each).__name__ for each in taken.said if not isinstance(each, OF_TIMES)),
        )
        for taken in steps(world, letters)
    ]


def transitions(taken: Step) -> Iterator[Transition]:
    """From which state to which each group went that the step touched."""
    kept = {alias.person_id: alias.kept_id for alias in taken.after.aliases}
    for before in taken.before.groups:
        members = {kept.get(member, member) for member in before.members}
        for after in taken.after.groups:
            if before is not after and members & set(after.members):
                yield (state_of(before), taken.happened.happening), state_of(after)


def repeated(taken: Step) -> Iterator[str]:
    """The same event once more must change nothing; a refusal is only said again."""
    again = step(taken.after, taken.happened, taken.event)
    said = [each for each in again.said if not isinstance(each, InputRefused)]
    if said or again.after.groups != taken.after.groups:
        yield AGAIN
