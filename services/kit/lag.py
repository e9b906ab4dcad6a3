"""What the services after this one have taken and have still before them, as the broker knows."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.kit.closing import closed

PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Ahead:
    """One group's records: those it has taken, and those that stand before it."""

    taken: int
    waiting: int


class Lag:
    """Asks about groups and the topics that count for each; its clients stay open in between."""

    def __init__(self, bootstrap: str, topics: Mapping[str, Sequence[str]]) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._places: dict[str, list[TopicPartition]] = {}
        self._admin: Any = None
        self._consumer: Any = None

    async def ask(self) -> dict[str, Ahead]:
        """How far each group is; raises where the broker does not say so soon."""
        try:
            async with asyncio.timeout(PATIENCE):
                if not self._places:
                    await self._open()
                return await self._asked()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Let go of the broker."""
        admin, consumer, self._admin, self._consumer = self._admin, self._consumer, None, None
        self._places = {}
        if admin is not None:
            await closed(admin.close())
        if consumer is not None:
            await closed(consumer.stop())

    async def _open(self) -> None:
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await self._admin.start()
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, enable_auto_commit=False
        )
        await self._consumer.start()
        heard = {topic for topics in self._topics.values() for topic in topics}
        places = await places_of(self._admin, heard)
        # A consumer only knows the ends of partitions that it has; paused, it fetches nothing.
        self._consumer.assign(places)
        self._consumer.pause(*places)
        for group, topics in self._topics.items():
            self._places[group] = [place for place in places if place.topic in topics]

    async def _asked(self) -> dict[str, Ahead]:
        taken = {group: await self._taken(group) for group in self._places}
        ends = await self._consumer.end_offsets(list(self._consumer.assignment()))
        return {group: _ahead(taken[group], ends, self._places[group]) for group in taken}

    async def _taken(self, group: str) -> dict[TopicPartition, int]:
        places = self._places[group]
        found = await self._admin.list_consumer_group_offsets(group, partitions=places)
        return {place: max(found[place].offset, 0) for place in places}


async def places_of(admin: AIOKafkaAdminClient, topics: Iterable[str]) -> list[TopicPartition]:
    """The partitions of those of these topics that exist."""
    existing = set(await admin.list_topics())
    described = await admin.describe_topics([name for name in topics if name in existing])
    return [
        TopicPartition(each["topic"], partition["partition"])
        for each in described
        for partition in each["partitions"]
    ]


def _ahead(
    taken: Mapping[TopicPartition, int],
    ends: Mapping[TopicPartition, int],
    places: Sequence[TopicPartition],
) -> Ahead:
    waiting = sum(max(ends[place] - taken[place], 0) for place in places)
    return Ahead(sum(taken.values()), waiting)
