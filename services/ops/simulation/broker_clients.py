"""A process's clients of the simulated broker, under the kit's own publisher and consumer."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    KafkaConnectionError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
)

from services.kit.consuming import Consuming
from services.kit.headers import texts
from services.kit.outbox import Row
from services.kit.publisher import Publisher
from services.kit.records import KeptRecord
from services.ops.simulation.blows import Blow, Step
from services.ops.simulation.topics import PARTITIONS, Group, Member, Topics
from services.ops.simulation.world import Program

SESSION = 20.0
A_FETCH = 4
"""Records of a partition that one fetch brings at most."""


@dataclass
class Placed:
    """Where a batch was appended."""

    topic: str
    partition: int
    offset: int


@dataclass
class Batch:
    """Records on their way to one partition."""

    records: list[Any] = field(default_factory=list)

    def append(self, *, timestamp: int | None, **record: Any) -> bool:
        """Add one; there is always room."""
        self.records.append(record)
        return True


class Closable:
    """A part of a producer that can be closed."""

    async def close(self) -> None:
        """Nothing is left open."""


class Producer:
    """As much of aiokafka's producer as the kit's publisher uses."""

    def __init__(self, topics: Topics, program: Program) -> None:
        self._topics = topics
        self._program = program
        self._sender = Closable()
        self.client = Closable()

    async def partitions_for(self, topic: str) -> range:
        """A topic's partitions."""
        return range(PARTITIONS)

    def create_batch(self) -> Batch:
        """An empty batch."""
        return Batch()

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> Awaitable[Placed]:
        """Append a batch, and say where to whoever waits for the acknowledgement."""
        blow = await self._program.step(Step.APPEND, f"publishes {self._names(batch)}")
        if blow is Blow.BROKER_AWAY:
            raise KafkaConnectionError("broker away")
        coming = self._program.world.loop.create_future()
        if blow is Blow.REFUSED:
            coming.set_exception(MessageSizeTooLargeError())
            return coming
        place = TopicPartition(topic, partition)
        first = len(self._topics.records(place))
        for record in batch.records:
            self._topics.append(place, record["key"], record["value"], record["headers"])
        coming.set_result(Placed(topic, partition, first))
        if blow is Blow.ACKNOWLEDGEMENT_LOST:
            raise KafkaTimeoutError("no acknowledgement")
        return coming

    def _names(self, batch: Batch) -> str:
        world = self._program.world
        if world.story is None:
            return "a batch"
        return ", ".join(world.named(texts(record["headers"])) for record in batch.records)


class SimulatedPublisher(Publisher):
    """The kit's publisher with a producer of the simulated broker."""

    def __init__(self, topics: Topics, program: Program) -> None:
        super().__init__("simulated", program.name)
        self._topics = topics
        self._program = program

    async def _started(self) -> Any:
        if self._producer is None:
            self._producer = Producer(self._topics, self._program)
        return self._producer


def reading_back(topics: Topics, program: Program) -> Callable[..., Awaitable[set[str]]]:
    """What the relay asks after a crash: which rows stand at the end of their topic already."""

    async def standing(bootstrap: str, rows: Sequence[Row]) -> set[str]:
        if await program.step(Step.READ_BACK, "reads the end of its topics back"):
            raise KafkaConnectionError("broker away")
        found: set[str] = set()
        for topic, most in Counter(row.topic for row in rows).items():
            for partition in range(PARTITIONS):
                last = topics.records(TopicPartition(topic, partition))[-most:]
                found |= {texts(record.headers).get("ce_id", "") for record in last}
        return found

    return standing


async def _leave(records: Sequence[Any]) -> None:
    """Nobody takes records yet."""


class Subscriber:
    """As much of FastStream's subscriber, and of the consumer in it, as the kit uses."""

    def __init__(self, group: Group, topics: Topics, program: Program) -> None:
        self._group = group
        self._topics = topics
        self._program = program
        self._member = Member(program.name)
        self._take: Callable[[Sequence[Any]], Awaitable[None]] = _leave
        program.at_end.append(self._noticed_later)
        program.at_freeze.append(self._watch_silence)
        program.at_thaw.append(self._member.called.set)

    @property
    def consumer(self) -> "Subscriber":
        """It is its own consumer."""
        return self

    def __call__(self, take: Callable[[Sequence[Any]], Awaitable[None]]) -> None:
        """Who takes each batch."""
        self._take = take

    async def run(self) -> None:
        """Fetch and hand on, one batch after the other."""
        while True:
            while not self._joined() or not self._readable():
                self._member.called.clear()
                await self._member.called.wait()
            await self._program.step(Step.FETCH, "fetches", told_later=True)
            if records := self._fetched():
                self._tell(records)
                await self._take(records)

    def _tell(self, records: Sequence[KeptRecord]) -> None:
        world = self._program.world
        if world.story is not None:
            names = ", ".join(world.named(texts(record.headers)) for record in records)
            world.tell(f"{self._program.name} fetches {names}.")

    def _joined(self) -> bool:
        if not self._program.world.frozen(self._program):
            self._group.join(self._member)
        return bool(self._member.positions)

    def _readable(self) -> list[TopicPartition]:
        positions = self._member.positions
        return [p for p, position in positions.items() if position < len(self._topics.records(p))]

    def _fetched(self) -> list[KeptRecord]:
        chance, places = self._program.world.chance, self._readable()
        chance.shuffle(places)
        fetched: list[KeptRecord] = []
        for place in places[: chance.randint(1, max(1, len(places)))]:
            begin = self._member.positions[place]
            some = self._topics.records(place)[begin : begin + chance.randint(1, A_FETCH)]
            self._member.positions[place] = begin + len(some)
            fetched += some
        return fetched

    def assignment(self) -> set[TopicPartition]:
        """The partitions that are this member's now."""
        return set(self._member.positions)

    def highwater(self, place: TopicPartition) -> int:
        """Where a partition ends."""
        return len(self._topics.records(place))

    async def position(self, place: TopicPartition) -> int:
        """How far a partition was fetched."""
        return self._member.positions.get(place, 0)

    async def commit(self, told: Mapping[TopicPartition, int | tuple[int, str]]) -> None:
        """Remember how far everything is done; a note beside an offset is for humans."""
        ends = {p: end if isinstance(end, int) else end[0] for p, end in told.items()}
        blow = await self._program.step(Step.OFFSETS, "commits its offsets")
        if blow is Blow.OFFSETS_LOST or not self._group.commit(self._member, ends):
            raise CommitFailedError("the partitions are another's")

    def _noticed_later(self) -> None:
        world = self._program.world
        world.after(world.chance.random() * SESSION, self._gone)

    def _gone(self) -> None:
        self._group.leave(self._member)

    def _watch_silence(self) -> None:
        world, until = self._program.world, self._program.frozen_until

        def leave() -> None:
            if world.frozen(self._program) and self._program.frozen_until == until:
                world.tell(f"The group gives {self._program.name}'s partitions to others.")
                self._gone()

        world.after(SESSION, leave)


class Broker:
    """As much of FastStream's broker as the kit uses."""

    def __init__(self, topics: Topics, program: Program) -> None:
        self._topics = topics
        self._program = program
        self.subscribers: list[Subscriber] = []

    def subscriber(self, *names: str, group_id: str, **options: Any) -> Subscriber:
        """A new member of a group."""
        group = self._topics.group(group_id, names)
        self.subscribers.append(Subscriber(group, self._topics, self._program))
        return self.subscribers[-1]

    async def start(self) -> None:
        """Let the members read."""
        for subscriber in self.subscribers:
            self._program.run(subscriber.run())


class SimulatedConsuming(Consuming):
    """The kit's consumer with a subscriber of the simulated broker."""

    def __init__(self, runtime: Any, runner: Any, broker: Broker) -> None:
        self._simulated = broker
        super().__init__(runtime, runner)

    def _connected(self) -> Any:
        return self._simulated

    @property
    def unfinished(self) -> bool:
        """Whether a batch is not at its end."""
        return self._unfinished > 0 and self.stopped_by is None
