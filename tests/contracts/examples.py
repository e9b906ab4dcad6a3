"""The committed example payloads of partner topics, as parameters of tests."""

from typing import Any

from services.ops.contract_tools.examples import read_examples


def partner_examples() -> list[tuple[str, Any]]:
    """Topic and content of every valid example that a partner could send."""
    return [
        (example.topic, example.data)
        for example in read_examples()
        if example.topic.startswith("partner.") and example.path is None
    ]
