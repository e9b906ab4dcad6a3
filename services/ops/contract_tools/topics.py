"""The topic list for Kafka and for Kubernetes, from the same catalogue."""

from typing import Any

import yaml

from services.kit.catalogue import Topic, read_catalogue

LARGEST_RECORD = 4 * 1024 * 1024 + 64 * 1024
"""4 MiB of body, and its headers."""
GENERATED = "# Generated from contracts/catalogue.yaml by `onward contracts generate`.\n"


def kafka_topics() -> str:
    """What `onward topics apply` or an operator creates, as YAML."""
    topics = [
        {"name": topic.name, "partitions": topic.partitions, "config": config_of(topic)}
        for topic in read_catalogue().values()
    ]
    return GENERATED + yaml.safe_dump({"topics": topics}, sort_keys=False)


def kubernetes_topics() -> str:
    """The same as Strimzi `KafkaTopic` resources."""
    resources = [_resource(topic) for topic in read_catalogue().values()]
    return GENERATED + yaml.safe_dump_all(resources, sort_keys=False)


def config_of(topic: Topic) -> dict[str, str]:
    """A topic's settings at the broker; a partner's clock does not say when we took it in."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(topic.retention_days * 86_400_000),
        "max.message.bytes": str(LARGEST_RECORD),
        "message.timestamp.type": "LogAppendTime" if topic.is_partners else "CreateTime",
    }


def _resource(topic: Topic) -> dict[str, Any]:
    return {
        "apiVersion": "kafka.strimzi.io/v1beta2",
        "kind": "KafkaTopic",
        "metadata": {"name": topic.name, "labels": {"strimzi.io/cluster": "onward"}},
        "spec": {
            "partitions": topic.partitions,
            "replicas": 3,
            "config": {**config_of(topic), "min.insync.replicas": "2"},
        },
    }
