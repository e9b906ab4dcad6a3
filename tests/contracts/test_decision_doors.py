"""Every door where somebody decides refuses what it cannot read, and names each field at fault."""

import json
from typing import Any

import pytest

from contracts.envelope import EVENTS, PartnerEvent
from services.kit.partner_reading import read
from services.ops.contract_tools.examples import read_examples

DOORS = (
    "partner.screening-decision.v1",
    "partner.identity-decision.v1",
    "partner.contact-outcome.v1",
    "partner.contact-closed.v1",
    "partner.marac-meeting.v1",
    "partner.advocate-roster.v1",
)
VALID = {example.topic: example.data for example in read_examples() if example.path is None}
CODES = {"decision", "outcome", "channel", "reason"}
TIMES = {"at", "held_at", "agenda_closes_at"}
NUMBERS = {"fence", "capacity"}


def kind_of(topic: str) -> type[PartnerEvent]:
    """The contract of a topic."""
    kind = EVENTS[topic]
    assert issubclass(kind, PartnerEvent)
    return kind


def needed(topic: str) -> list[str]:
    """The fields that a message of a topic must have."""
    return [name for name, field in kind_of(topic).model_fields.items() if field.is_required()]


def faults(topic: str, data: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and code of everything at fault; nothing of the message was read."""
    reading = read(kind_of(topic), json.dumps(data).encode())
    assert reading.event is None
    assert all(problem.message for problem in reading.problems)
    return [(problem.path, problem.code) for problem in reading.problems]


NEEDED = [(topic, name) for topic in DOORS for name in needed(topic)]


@pytest.mark.parametrize(("topic", "name"), NEEDED)
def test_a_field_that_must_be_there_is_named_where_it_is_missing(topic: str, name: str) -> None:
    rest = {field: value for field, value in VALID[topic].items() if field != name}
    assert [path for path, _ in faults(topic, rest)] == [f"/{name}"]


@pytest.mark.parametrize(("topic", "name"), NEEDED)
def test_a_field_of_another_type_is_named_and_never_guessed_at(topic: str, name: str) -> None:
    wrong = "7" if name in NUMBERS else 7
    assert faults(topic, VALID[topic] | {name: wrong}) == [(f"/{name}", "wrong_type")]


@pytest.mark.parametrize(("topic", "name"), [each for each in NEEDED if each[1] in CODES])
def test_a_code_that_nobody_knows_is_named(topic: str, name: str) -> None:
    assert faults(topic, VALID[topic] | {name: "shouted"}) == [(f"/{name}", "unknown_code")]


@pytest.mark.parametrize(("topic", "name"), [each for each in NEEDED if each[1] in TIMES])
@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("yesterday", "unparseable"),
        ("2026-11-27T18:30:00", "no_offset"),
        ("2026-02-30T18:30:00Z", "unparseable"),
    ],
)
def test_a_time_that_is_none_is_named(topic: str, name: str, at: str, code: str) -> None:
    assert faults(topic, VALID[topic] | {name: at}) == [(f"/{name}", code)]


@pytest.mark.parametrize("topic", DOORS)
def test_every_fault_is_named_at_once(topic: str) -> None:
    bad = VALID[topic] | {name: [] for name in needed(topic)}
    assert {path for path, _ in faults(topic, bad)} == {f"/{name}" for name in needed(topic)}


@pytest.mark.parametrize("topic", DOORS)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe{}", b"null"])
def test_an_unreadable_body_is_refused_with_an_empty_path(topic: str, body: bytes) -> None:
    assert [problem.path for problem in read(kind_of(topic), body).problems] == [""]
