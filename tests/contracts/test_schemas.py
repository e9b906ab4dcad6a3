"""The committed schemas and documents are what the events say now, and stay compatible."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from services.kit.catalogue import read_catalogue
from services.ops.contract_tools import asyncapi, schemas
from services.ops.contract_tools.check import documents, findings
from services.ops.contracts_cli import app

TOPIC = "contact.lead-granted.v1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the committed schemas, to break on purpose."""
    return Path(shutil.copytree(schemas.FOLDER, tmp_path / "schemas"))


def broken(folder: Path, change: Any) -> None:
    path = folder / f"{TOPIC}.0.json"
    schema = json.loads(path.read_text("utf-8"))
    change(schema)
    path.write_text(schemas.as_text(schema), "utf-8")


def test_the_contracts_may_go_out() -> None:
    assert findings() == []


def test_the_gate_says_so_and_exits_0() -> None:
    assert CliRunner().invoke(app, ["check"]).exit_code == 0


def test_a_required_field_that_came_is_refused_with_its_name(folder: Path) -> None:
    broken(folder, lambda schema: schema["required"].remove("fence"))
    [finding] = schemas.incompatible(folder)
    assert "/fence" in finding
    assert finding.startswith(TOPIC)


def test_every_committed_minor_is_compared(folder: Path) -> None:
    broken(folder, lambda schema: schema["properties"]["fence"].update(type="string"))
    (folder / f"{TOPIC}.0.json").rename(folder / f"{TOPIC}.7.json")
    assert any(f"{TOPIC}.7" in finding for finding in schemas.incompatible(folder))


def test_a_stale_a_missing_and_a_stray_schema_are_seen(folder: Path) -> None:
    broken(folder, lambda schema: schema.update(description="Said otherwise."))
    (folder / "contact.closed.v1.0.json").unlink()
    (folder / "contact.gossip.v1.0.json").write_text("{}", "utf-8")
    found = schemas.out_of_step(folder)
    for name in (TOPIC, "contact.closed.v1", "contact.gossip.v1"):
        assert any(finding.startswith(name) for finding in found)
    assert len(found) == 3


def test_a_committed_schema_is_not_rewritten_silently(folder: Path) -> None:
    broken(folder, lambda schema: schema.update(description="Said otherwise."))
    assert len(schemas.write(folder)) == 1
    assert schemas.write(folder, rewrite=True) == []
    assert schemas.out_of_step(folder) == []


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi.document()

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [ref for value in node.values() for ref in references(value)]
        return (
            [ref for value in node for ref in references(value)] if isinstance(node, list) else []
        )

    for reference in references(document):
        if reference.startswith("./"):
            assert (schemas.CONTRACTS / reference).exists()
            continue
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_the_asyncapi_document_names_every_hearer() -> None:
    operations = asyncapi.document()["operations"]
    for topic in read_catalogue().values():
        assert f"{topic.speaker}.send.{topic.name}" in operations
        for hearer in topic.hearers:
            assert operations[f"{hearer}.receive.{topic.name}"]["action"] == "receive"


def test_the_topic_lists_hold_every_topic_of_the_catalogue() -> None:
    texts = {path.name: text for path, text in documents().items()}
    kafka = [topic["name"] for topic in yaml.safe_load(texts["topics.yaml"])["topics"]]
    resources = list(yaml.safe_load_all(texts["kafka-topics.yaml"]))
    assert kafka == list(read_catalogue())
    assert [resource["metadata"]["name"] for resource in resources] == kafka
