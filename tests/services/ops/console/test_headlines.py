"""Every event that ops hears has a sentence of its own, made from plain fields."""

import json
from pathlib import Path

import pytest

from services.kit.catalogue import heard_by, read_catalogue
from services.ops.console.chapters import is_note_to_oneself
from services.ops.console.headlines import HEADLINES, headline_of
from services.ops.console.wording import clock, reasons_of

EXAMPLES = Path(__file__).parents[4] / "contracts" / "examples"
TOLD = [t for t in heard_by("ops", read_catalogue()) if not is_note_to_oneself(t)]
UNTOLD = {"identity.advocate-conflicts-identified", "identity.pupil-enrolment-identified"}
"""About no report: no trace shows them."""


@pytest.mark.parametrize("topic", TOLD)
def test_an_example_of_every_event_is_told_in_a_sentence(topic: str) -> None:
    examples = sorted((EXAMPLES / topic).glob("valid-*.json"))
    assert examples, f"{topic} has no example"
    for example in examples:
        sentence = headline_of(topic, json.loads(example.read_text()))
        assert sentence and "None" not in sentence
        assert "_" not in sentence or topic.endswith("refused.v1"), "a code is told in words"


def test_no_event_that_ops_hears_is_without_a_sentence() -> None:
    assert {topic.removesuffix(".v1") for topic in TOLD} - set(HEADLINES) == UNTOLD


def test_an_event_that_nobody_knows_yet_is_told_by_its_name() -> None:
    assert headline_of("mash.case-reopened.v1", {}) == "Case reopened"


def test_times_are_read_in_london() -> None:
    assert clock("2027-06-01T11:30:00Z") == "Tue 01 Jun 12:30"
    assert clock(None) == "no time"


@pytest.mark.parametrize(
    ("topic", "fields", "said"),
    [
        (
            "alert-escalated",
            {"recipient_role": "authority_lead", "school_urn": "106835", "reason": "phone_task"},
            "passed on to the authority lead of 372 for school 106835 (phone task)",
        ),
        (
            "alert-escalated",
            {"recipient_role": "deputy", "school_urn": "106835"},
            "passed on to the deputy of school 106835",
        ),
        (
            "alert-corrected",
            {"recipient_role": "education_team"},
            "a correction goes to the education team of 372",
        ),
        (
            "alert-withheld",
            {"reason": "early_years_not_told"},
            "nothing goes to anybody (early years not told)",
        ),
        (
            "alert-withheld",
            {"recipient_role": "key_adult", "school_urn": "106835"},
            "nothing goes to the key adult of school 106835",
        ),
    ],
)
def test_the_lead_and_the_desks_are_the_authoritys_and_no_role_is_nobody(
    topic: str, fields: dict[str, str], said: str
) -> None:
    body = {"child_ref": "x", "authority": "372"} | fields
    assert headline_of(f"schools.{topic}.v1", body) == f"Child x: {said}"


def test_a_reason_said_twice_is_told_once() -> None:
    reason = {"code": "c", "sentence": "Because."}
    assert reasons_of({"reasons": [reason], "marks": [reason]}) == ["Because."]


BOTH = "the key adult of school 1 and the deputy of school 1"


@pytest.mark.parametrize(
    ("topic", "sentence"),
    [
        ("schools.alert-corrected.v1", f"a correction goes to {BOTH}"),
        ("schools.alert-sent.v1", f"{BOTH} were told at no time"),
    ],
)
def test_every_role_that_a_correction_goes_to_is_named(topic: str, sentence: str) -> None:
    roles = ["key_adult", "deputy"]
    body = {"child_ref": "c1", "school_urn": "1", "recipient_role": "deputy"}
    assert headline_of(topic, {**body, "recipient_roles": roles}) == f"Child c1: {sentence}"
