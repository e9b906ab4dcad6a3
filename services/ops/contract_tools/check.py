"""Everything that must hold before a change of the contracts may be merged."""

from pathlib import Path

from services.ops.contract_tools import asyncapi, examples, schemas, topics
from services.ops.contract_tools.schemas import CONTRACTS, as_text

ROOT = CONTRACTS.parent


def findings() -> list[str]:
    """What is wrong with the contracts as they stand; none = they may go out."""
    return [
        *schemas.incompatible(),
        *schemas.out_of_step(),
        *_stale_documents(),
        *examples.wrong_examples(),
    ]


def documents() -> dict[Path, str]:
    """The generated documents and their text."""
    return {
        CONTRACTS / "asyncapi.json": as_text(asyncapi.document()),
        ROOT / "deploy/kafka/topics.yaml": topics.kafka_topics(),
        ROOT / "k8s/base/kafka-topics.yaml": topics.kubernetes_topics(),
    }


def write_documents() -> None:
    """Write the generated documents."""
    for path, text in documents().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _stale_documents() -> list[str]:
    return [
        f"{path.relative_to(ROOT)} is not in step with the catalogue"
        for path, text in documents().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
