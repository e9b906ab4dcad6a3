"""Two versions of a schema understand each other, or the field at fault is named."""

import copy
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from services.ops.contract_tools.compat import breaches

Change = Callable[[dict[str, Any]], object]

A_SCHEMA: dict[str, Any] = {
    "type": "object",
    "x-key": "lead_id",
    "required": ["lead_id", "channel"],
    "properties": {
        "lead_id": {"type": "string", "format": "uuid"},
        "channel": {"$ref": "#/$defs/Channel"},
        "fence": {"type": "integer", "minimum": 1, "default": 1},
        "reason": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "points": {"type": "array", "items": {"$ref": "#/$defs/Point"}, "default": []},
        "score": {"type": "object", "additionalProperties": {"type": "number"}},
    },
    "$defs": {
        "Channel": {"type": "string", "enum": ["call", "text"], "title": "Channel"},
        "Point": {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string"}, "channel": {"$ref": "#/$defs/Channel"}},
        },
    },
}
AN_EVENT = {"lead_id": "3b9c", "channel": "call", "points": [{"id": "1"}], "score": {"load": 1.5}}


def changed(change: Change) -> dict[str, Any]:
    schema = copy.deepcopy(A_SCHEMA)
    change(schema)
    return schema


def optional_comes(schema: dict[str, Any]) -> None:
    schema["properties"]["area"] = {"type": "string", "default": ""}


def optional_goes(schema: dict[str, Any]) -> None:
    del schema["properties"]["reason"]


def optional_comes_deep(schema: dict[str, Any]) -> None:
    schema["$defs"]["Point"]["properties"]["note"] = {"type": "string"}


def words_change(schema: dict[str, Any]) -> None:
    schema["description"] = "Said better."
    schema["$defs"]["Channel"]["title"] = "How"


def definition_is_renamed(schema: dict[str, Any]) -> None:
    schema["$defs"]["Place"] = schema["$defs"].pop("Point")
    schema["properties"]["points"]["items"] = {"$ref": "#/$defs/Place"}


COMPATIBLE = [
    optional_comes,
    optional_goes,
    optional_comes_deep,
    words_change,
    definition_is_renamed,
]


@pytest.mark.parametrize("change", COMPATIBLE)
def test_what_may_change_passes_both_ways(change: Change) -> None:
    schema = changed(change)
    assert breaches(A_SCHEMA, schema) == []
    assert breaches(schema, A_SCHEMA) == []
    jsonschema.validate(AN_EVENT, schema)
    jsonschema.validate(AN_EVENT, A_SCHEMA)


def properties(schema: dict[str, Any]) -> Any:
    return schema["properties"]


INCOMPATIBLE: list[tuple[str, Change]] = [
    ("/lead_id", lambda s: s["required"].remove("lead_id")),
    ("/reason", lambda s: s["required"].append("reason")),
    ("/area", lambda s: (s["required"].append("area"), properties(s).update(area={}))),
    ("/channel", lambda s: properties(s).pop("channel") and s["required"].remove("channel")),
    ("/channel", lambda s: s["$defs"]["Channel"]["enum"].append("letter")),
    ("/channel", lambda s: s["$defs"]["Channel"]["enum"].remove("text")),
    ("/channel", lambda s: s["$defs"]["Channel"].pop("enum")),
    ("/points/*/channel", lambda s: s["$defs"]["Channel"]["enum"].append("letter")),
    ("/points/*/id", lambda s: s["$defs"]["Point"]["properties"].update(id={"type": "integer"})),
    ("/points/*/id", lambda s: s["$defs"]["Point"]["required"].clear()),
    ("/lead_id", lambda s: properties(s)["lead_id"].pop("format")),
    ("/fence", lambda s: properties(s)["fence"].update(minimum=0)),
    ("/fence", lambda s: properties(s)["fence"].update(default=2)),
    ("/fence", lambda s: properties(s)["fence"].update(type="string")),
    ("/fence", lambda s: properties(s)["fence"].update(maximum=9)),
    ("/reason", lambda s: properties(s)["reason"]["anyOf"].pop()),
    ("/reason", lambda s: properties(s)["reason"]["anyOf"].append({"type": "integer"})),
    ("/score/*", lambda s: properties(s)["score"].update(additionalProperties={"type": "string"})),
    ("/score/*", lambda s: properties(s)["score"].pop("additionalProperties")),
    ("/score/*", lambda s: properties(s)["score"].update(propertyNames={"enum": ["load"]})),
    ("", lambda s: s.update({"x-key": "contact_group"})),
    ("/fence", lambda s: properties(s)["fence"].update(multipleOf=2)),
]


@pytest.mark.parametrize(("path", "change"), INCOMPATIBLE)
def test_what_may_not_change_is_refused_with_the_field_named(path: str, change: Change) -> None:
    schema = changed(change)
    assert path in [breach.path for breach in breaches(A_SCHEMA, schema)]
    assert path in [breach.path for breach in breaches(schema, A_SCHEMA)]


def test_a_code_may_come_once_every_hearer_was_taught_it() -> None:
    wider = changed(lambda s: s["$defs"]["Channel"]["enum"].append("letter"))
    taught = {"/channel": ["letter"], "/points/*/channel": ["letter"]}
    assert breaches(A_SCHEMA, wider, taught) == []
    assert breaches(wider, A_SCHEMA, taught) != []


def test_a_schema_that_refers_to_itself_is_compared_to_its_end() -> None:
    tree = {
        "$ref": "#/$defs/Node",
        "$defs": {
            "Node": {
                "type": "object",
                "properties": {"next": {"$ref": "#/$defs/Node"}, "at": {"type": "integer"}},
            }
        },
    }
    other = copy.deepcopy(tree)
    other["$defs"]["Node"]["properties"]["at"]["type"] = "string"  # type: ignore[index]
    assert breaches(tree, copy.deepcopy(tree)) == []
    assert "/at" in [breach.path for breach in breaches(tree, other)]
