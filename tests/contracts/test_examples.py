"""Every topic has examples that are valid and examples that are refused where they say."""

import json
from pathlib import Path

import jsonschema
import pytest

from services.ops.contract_tools.examples import Example, faults, read_examples, wrong_examples
from services.ops.contract_tools.schemas import schema_of
from services.ops.contract_tools.spoken import spoken

EXAMPLES = read_examples()
VALID = [example for example in EXAMPLES if example.path is None]
REFUSED = [example for example in EXAMPLES if example.path is not None]


@pytest.mark.parametrize("example", VALID, ids=lambda example: example.name)
def test_a_valid_example_is_read_and_means_the_same_when_said_again(example: Example) -> None:
    event = spoken()[example.topic].model_validate_json(json.dumps(example.data))
    again = event.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert type(event).model_validate_json(json.dumps(again)) == event
    jsonschema.validate(example.data, schema_of(type(event)))
    if event.KEY:
        assert event.key


@pytest.mark.parametrize("example", REFUSED, ids=lambda example: example.name)
def test_a_refused_example_is_refused_at_its_path_alone(example: Example) -> None:
    assert faults(spoken()[example.topic], example.data) == [example.path]


@pytest.mark.parametrize("topic", spoken())
def test_hearers_ignore_fields_they_do_not_know(topic: str) -> None:
    known = next(example.data for example in VALID if example.topic == topic)
    assert faults(spoken()[topic], {**known, "a_field_of_tomorrow": [1]}) == []


def write(folder: Path, topic: str, name: str, content: object) -> None:
    (folder / topic).mkdir(parents=True, exist_ok=True)
    (folder / topic / name).write_text(json.dumps(content), "utf-8")


def test_an_example_that_does_not_do_what_it_says_is_found(tmp_path: Path) -> None:
    write(tmp_path, "idva.queue-turn-due.v1", "valid-empty.json", {})
    write(tmp_path, "idva.queue-turn-due.v1", "refused-nothing.json", {"path": "/area", "data": {}})
    write(tmp_path, "idva.gossip.v1", "valid-word.json", {})
    found = wrong_examples(tmp_path)
    assert "idva.queue-turn-due.v1/valid-empty.json: refused at /area" in found
    assert "idva.gossip.v1/valid-word.json: no topic or no kind of example" in found
    assert "contact.closed.v1: no valid example" in found
    assert not any("refused-nothing" in finding for finding in found)
