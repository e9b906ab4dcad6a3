"""A simulated broker: partitions that only grow, and consumer groups that remember offsets."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from services.kit.publisher import partition_of
from services.kit.records import Headers, KeptRecord
from services.ops.simulation.world import World

PARTITIONS = 2
Places = dict[TopicPartition, int]


@dataclass(eq=False)
class Member:
    """A member of a group: its partitions, and how far it has read each."""

    name: str
    positions: Places = field(default_factory=dict)
    called: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Group:
    """Who reads a set of topics together; every change of members starts from what is committed."""

    topics: tuple[str, ...]
    committed: Places = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)

    def join(self, member: Member) -> None:
        """A member more."""
        if member not in self.members:
            self.members.append(member)
            self._share_out()

    def leave(self, member: Member) -> None:
        """A member less."""
        if member in self.members:
            self.members.remove(member)
            member.positions = {}
            self._share_out()

    def commit(self, member: Member, ends: Places) -> bool:
        """Remember how far a member is; False where a partition is no longer its own."""
        if member not in self.members or not ends.keys() <= member.positions.keys():
            return False
        self.committed |= ends
        return True

    def _share_out(self) -> None:
        shares: list[Places] = [{} for _ in self.members]
        for number, place in enumerate(self.places()):
            if shares:
                shares[number % len(shares)][place] = self.committed.get(place, 0)
        for member, share in zip(self.members, shares, strict=True):
            member.positions = share
            member.called.set()

    def places(self) -> list[TopicPartition]:
        """Every partition of its topics."""
        return [TopicPartition(t, number) for t in self.topics for number in range(PARTITIONS)]


class Topics:
    """Every topic of a world, and the groups that read them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.groups: dict[str, Group] = {}
        self.heard: list[Callable[[KeptRecord], None]] = []
        """Told of every record."""
        self._records: dict[TopicPartition, list[KeptRecord]] = {}
        self._hearers: dict[str, list[Group]] = {}

    def group(self, name: str, topics: Iterable[str]) -> Group:
        """The group of this name."""
        if name not in self.groups:
            found = self.groups[name] = Group(tuple(sorted(topics)))
            for topic in found.topics:
                self._hearers.setdefault(topic, []).append(found)
        return self.groups[name]

    def records(self, place: TopicPartition) -> list[KeptRecord]:
        """What stands in a partition."""
        return self._records.setdefault(place, [])

    def of(self, topic: str) -> list[KeptRecord]:
        """What stands on a topic, partition by partition."""
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        return [record for place in places for record in self.records(place)]

    def append(self, place: TopicPartition, key: bytes, value: bytes, headers: Headers) -> int:
        """Add a record at the end; returns its offset."""
        standing = self.records(place)
        timestamp = int(self.world.clock.now().timestamp() * 1000)
        record = KeptRecord(
            place.topic, key, value, headers, timestamp, place.partition, len(standing)
        )
        standing.append(record)
        for group in self._hearers.get(place.topic, ()):
            for member in group.members:
                member.called.set()
        for told in self.heard:
            told(record)
        return record.offset

    def say(self, record: KeptRecord) -> None:
        """Add a record where its key belongs."""
        key = record.key or b""
        place = TopicPartition(record.topic, partition_of(key, PARTITIONS))
        self.append(place, key, record.value or b"", record.headers)
