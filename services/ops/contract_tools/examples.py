"""Example payloads by topic: valid ones, and refused ones with the field at fault."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from contracts.envelope import Event
from services.ops.contract_tools.schemas import CONTRACTS
from services.ops.contract_tools.spoken import spoken

FOLDER = CONTRACTS / "examples"


@dataclass(frozen=True)
class Example:
    """One example file; `path` is the JSON pointer of the fault, None where there is none."""

    topic: str
    file: str
    data: Any
    path: str | None

    @property
    def name(self) -> str:
        """Topic and file, for a report."""
        return f"{self.topic}/{self.file}"


def read_examples(folder: Path = FOLDER) -> list[Example]:
    """Every example, in the order of topics and files."""
    return [_read(path) for path in sorted(folder.glob("*/*.json"))]


def faults(event: type[Event], data: Any) -> list[str]:
    """JSON pointers of what an event's model refuses; none = it is valid."""
    try:
        event.model_validate_json(json.dumps(data))
    except ValidationError as refused:
        return [_pointer(fault["loc"]) for fault in refused.errors()]
    return []


def wrong_examples(folder: Path = FOLDER) -> list[str]:
    """Examples that do not do what their name says, and topics that lack one of either kind."""
    examples, events = read_examples(folder), spoken()
    wrong = [fault for example in examples if (fault := _judge(example, events))]
    kinds = {(example.topic, example.path is None) for example in examples}
    lacking = [
        f"{topic}: no {'valid' if valid else 'refused'} example"
        for topic in events
        for valid in (True, False)
        if (topic, valid) not in kinds
    ]
    return wrong + lacking


def _read(path: Path) -> Example:
    content = json.loads(path.read_text("utf-8"))
    if path.name.startswith("refused-"):
        return Example(path.parent.name, path.name, content["data"], content["path"])
    return Example(path.parent.name, path.name, content, None)


def _judge(example: Example, events: dict[str, type[Event]]) -> str | None:
    event = events.get(example.topic)
    if event is None or not example.file.startswith(("valid-", "refused-")):
        return f"{example.name}: no topic or no kind of example"
    found = faults(event, example.data)
    if example.path is None and found:
        return f"{example.name}: refused at {', '.join(found)}"
    if example.path is not None and example.path not in found:
        return f"{example.name}: should be refused at {example.path}, found {found or 'nothing'}"
    return None


def _pointer(loc: tuple[int | str, ...]) -> str:
    return "".join(f"/{part}" for part in loc)
