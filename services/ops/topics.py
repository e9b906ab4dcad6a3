"""Making the broker hold the topics of the catalogue: `onward topics apply`."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from services.kit import lag
from services.kit.catalogue import Topic
from services.ops.contract_tools.topics import config_of

TIMEOUT_MS = 30_000


@dataclass(frozen=True)
class Applied:
    """What changed at the broker."""

    created: tuple[str, ...] = ()
    widened: tuple[str, ...] = ()
    """Topics that got more partitions; fewer is never done: keys would change place."""


async def apply_topics(
    bootstrap: str, topics: Iterable[Topic], *, partitions: int | None = None, replicas: int = 1
) -> Applied:
    """Create what is missing, widen what is too narrow, and set every topic's settings.

    `partitions` overrides the catalogue: a replay has one partition a topic.
    """
    wanted = {topic.name: (topic, partitions or topic.partitions) for topic in topics}
    async with admin_client(bootstrap) as admin:
        existing = set(await admin.list_topics())
        missing = [name for name in wanted if name not in existing]
        await _create(admin, [_new(*wanted[name], replicas) for name in missing])
        present = {name: wanted[name] for name in wanted if name in existing}
        widened = await _widen(admin, {name: count for name, (_, count) in present.items()})
        await _configure(admin, [topic for topic, _ in present.values()])
    return Applied(tuple(missing), tuple(widened))


async def places_of(bootstrap: str, topics: Iterable[str]) -> list[TopicPartition]:
    """The partitions of those of these topics that exist."""
    async with admin_client(bootstrap) as admin:
        return await lag.places_of(admin, topics)


@asynccontextmanager
async def admin_client(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that may ask about and change topics and groups."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=TIMEOUT_MS)
    try:
        await client.start()
        yield client
    finally:
        await client.close()


def _new(topic: Topic, partitions: int, replicas: int) -> NewTopic:
    return NewTopic(topic.name, partitions, replicas, topic_configs=config_of(topic))


async def _create(admin: AIOKafkaAdminClient, topics: list[NewTopic]) -> None:
    if not topics:
        return
    answer = await admin.create_topics(topics, timeout_ms=TIMEOUT_MS)
    for name, code, *_ in answer.topic_errors:
        fault = for_code(code)
        if code and fault is not TopicAlreadyExistsError:
            raise fault(f"topic {name} could not be created")


async def _widen(admin: AIOKafkaAdminClient, wanted: dict[str, int]) -> list[str]:
    if not wanted:
        return []
    described = await admin.describe_topics(list(wanted))
    has = {each["topic"]: len(each["partitions"]) for each in described}
    narrow = {name: count for name, count in wanted.items() if has.get(name, count) < count}
    if narrow:
        await admin.create_partitions({name: NewPartitions(n) for name, n in narrow.items()})
    return list(narrow)


async def _configure(admin: AIOKafkaAdminClient, topics: list[Topic]) -> None:
    if not topics:
        return
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=config_of(topic))
        for topic in topics
    ]
    await admin.alter_configs(resources)
