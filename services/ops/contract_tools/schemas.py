"""A JSON Schema per topic and minor version, committed: what hearers may rely on."""

import json
from pathlib import Path
from typing import Any

import yaml

import contracts
from contracts.envelope import Event
from services.kit.headers import schema_of as identifier_of
from services.ops.contract_tools.compat import Breach, Widenings, breaches
from services.ops.contract_tools.spoken import spoken

CONTRACTS = Path(contracts.__path__[0])
FOLDER = CONTRACTS / "schemas"
WIDENED = "widened.yaml"
"""Enum values that came later, by topic and JSON pointer, once every hearer knew them."""


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The schema of an event's payload as its hearers read it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier_of(event.TOPIC, event.MINOR),
        "x-key": event.KEY,
        **event.model_json_schema(by_alias=True, mode="validation"),
    }


def file_name(event: type[Event]) -> str:
    """`<topic>.<minor>.json`: the topic already ends with its major."""
    return f"{event.TOPIC}.{event.MINOR}.json"


def as_text(schema: Any) -> str:
    """A generated file's text: stable, and readable in a diff."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def committed(topic: str, folder: Path = FOLDER) -> dict[int, dict[str, Any]]:
    """Every committed version of a topic's schema, by minor."""
    found = {
        int(path.name.removeprefix(f"{topic}.").removesuffix(".json")): path
        for path in folder.glob(f"{topic}.*.json")
    }
    return {minor: json.loads(path.read_text("utf-8")) for minor, path in sorted(found.items())}


def widenings(topic: str, folder: Path = FOLDER) -> Widenings:
    """The enum values of a topic that were declared as added later."""
    declared = yaml.safe_load((folder / WIDENED).read_text("utf-8")) or {}
    widened: Widenings = declared.get(topic, {})
    return widened


def out_of_step(folder: Path = FOLDER) -> list[str]:
    """Topics whose committed schema is not what their event says now, and files of no topic."""
    events = spoken().values()
    stale = [_stale(event, folder) for event in events]
    known = {file_name(event) for event in events}
    strays = [
        f"{path.name}: no topic's schema"
        for path in sorted(folder.glob("*.json"))
        if path.name not in known and path.name.rsplit(".", 2)[0] not in spoken()
    ]
    return [fault for fault in stale if fault] + strays


def incompatible(folder: Path = FOLDER) -> list[str]:
    """Where an event of today and a committed schema of its topic misunderstand each other."""
    return [
        f"{event.TOPIC} against {event.TOPIC}.{minor}: {breach}"
        for event in spoken().values()
        for minor, breach in _breaches(event, folder)
    ]


def write(folder: Path = FOLDER, *, rewrite: bool = False) -> list[str]:
    """Write the schemas that are new; what is committed is rewritten only when told to."""
    folder.mkdir(exist_ok=True)
    refused = []
    for event in spoken().values():
        path, text = folder / file_name(event), as_text(schema_of(event))
        if path.exists() and path.read_text("utf-8") != text and not rewrite:
            refused.append(f"{path.name} would change: raise `minor` in {event.__name__}")
        else:
            path.write_text(text, "utf-8")
    return refused


def _stale(event: type[Event], folder: Path) -> str | None:
    path = folder / file_name(event)
    if not path.exists():
        return f"{path.name} is missing"
    if path.read_text("utf-8") != as_text(schema_of(event)):
        return f"{path.name} is not what {event.__name__} says now"
    return None


def _breaches(event: type[Event], folder: Path) -> list[tuple[int, Breach]]:
    now, widened = schema_of(event), widenings(event.TOPIC, folder)
    return [
        (minor, breach)
        for minor, before in committed(event.TOPIC, folder).items()
        for breach in breaches(before, now, widened)
    ]
