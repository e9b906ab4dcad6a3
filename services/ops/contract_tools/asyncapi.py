"""The AsyncAPI 3 document: every topic, message and who sends or receives it."""

from typing import Any

from contracts.envelope import Event
from services.kit.catalogue import Topic, read_catalogue
from services.ops.contract_tools.schemas import file_name
from services.ops.contract_tools.spoken import spoken

HEADERS = {
    "ce_id": "UUIDv7 of the event",
    "ce_type": "the topic",
    "ce_source": "who says it",
    "ce_time": "when it was said, RFC 3339",
    "ce_subject": "source/reference of the report or request, else the key",
    "ce_dataschema": "the payload's schema with its minor version",
    "ce_correlationid": "the report or request it is about",
    "ce_causationid": "the event it answers",
    "traceparent": "W3C trace context of its creation",
}


def document() -> dict[str, Any]:
    """The whole document; payloads are referred to as files beside it."""
    catalogue, events = read_catalogue(), spoken()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Onward",
            "version": "1.0.0",
            "description": "Referral routing for domestic abuse: who says what to whom.",
        },
        "defaultContentType": "application/json",
        "channels": {
            topic.name: _channel(topic, events[topic.name]) for topic in catalogue.values()
        },
        "operations": dict(_operations(list(catalogue.values()))),
        "components": {
            "messages": {topic: _message(event) for topic, event in events.items()},
            "schemas": {"CloudEventsHeaders": _headers()},
        },
    }


def _channel(topic: Topic, event: type[Event]) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": _sentence(event),
        "messages": {event.__name__: {"$ref": f"#/components/messages/{topic.name}"}},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {"retention.ms": topic.retention_days * 86_400_000},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operations(topics: list[Topic]) -> list[tuple[str, dict[str, Any]]]:
    said = [(topic.speaker, "send", topic) for topic in topics]
    heard = [(hearer, "receive", topic) for topic in topics for hearer in topic.hearers]
    return [
        (
            f"{service}.{action}.{topic.name}",
            {
                "action": action,
                "channel": {"$ref": f"#/channels/{topic.name}"},
                "tags": [{"name": service}],
            },
        )
        for service, action, topic in [*said, *heard]
    ]


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.__name__,
        "title": event.__name__,
        "summary": _sentence(event),
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/CloudEventsHeaders"},
        "payload": {"$ref": f"./schemas/{file_name(event)}"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": event.KEY or "as the event it answers"},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _headers() -> dict[str, Any]:
    properties = {name: {"type": "string", "description": why} for name, why in HEADERS.items()}
    return {"type": "object", "properties": properties}


def _sentence(event: type[Event]) -> str:
    return (event.__doc__ or "").strip().partition("\n")[0]
