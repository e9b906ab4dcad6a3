"""The list of parked messages names what the next command asks for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.kit.parked import Kept
from services.ops.console.parked_command import Found, show_all
from tests.services.ops.builders import FRIDAY

EVENT, INCIDENT = UUID(int=1), str(UUID(int=2))


def a_parked(**changed: Any) -> Found:
    told: dict[str, Any] = {
        "seq": 1,
        "event_id": EVENT,
        "topic": "contact.lead-granted.v1",
        "key": "group[1]",
        "partition": 0,
        "record_offset": 7,
        "event_time": FRIDAY,
        "reason": "unreadable",
        "detail": "",
        "behind": False,
        "attempts": 1,
        "traceparent": None,
        "summary": {"incident_id": INCIDENT, "risk": "HIGH"},
        "parked_at": FRIDAY + timedelta(minutes=1),
        "mark": None,
        "marked_by": None,
        "marked_why": None,
        "marked_at": None,
    }
    return Found("ops", Kept(**{**told, **changed}))


def test_each_line_names_the_key_and_what_can_be_traced(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_all([a_parked(), a_parked(key=INCIDENT, behind=True)], as_lines=False)
    first, second = (part.split() for part in capsys.readouterr().out.split("ops  ")[1:])
    assert {"key", "group[1]", "trace", INCIDENT, str(EVENT), "HIGH"} <= set(first)
    assert {"key", INCIDENT} <= set(second)


def test_a_long_key_is_not_cut_or_broken(capsys: pytest.CaptureFixture[str]) -> None:
    key = f"{INCIDENT}/{INCIDENT}/{INCIDENT}"
    show_all([a_parked(key=key)], as_lines=False)
    assert key in capsys.readouterr().out
