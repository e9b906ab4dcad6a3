"""Nothing personal stands in plain words outside the partners' topics."""

from dataclasses import replace
from typing import Any

import pytest

from services.ops.replay.leaks import leaks_of
from services.ops.replay.said import Said
from tests.services.ops.replay.builders import a_report_line, a_said, an_id, everything

VICTIM = {
    "given_names": "Marguerite",
    "family_name": "Will",
    "phones": [{"number": "07700 900123"}],
    "emails": ["marguerite@post.example"],
    "address": {"lines": ["12 Anvil Lane"], "postcode": "S60 2QU"},
}


def a_report(**more: Any) -> Said:
    line = a_report_line("1", victim=VICTIM, circumstances="He broke the kitchen door.", **more)
    return replace(line, correlation_id=an_id("report"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("told Marguerite so", "name"),
        ("call +447700900123", "number"),
        ("at S602QU", "postcode"),
        ("sent to marguerite@post.example", "narrative, address or e-mail"),
        ("lives at 12 Anvil Lane", "narrative, address or e-mail"),
        ("He broke the kitchen door.", "narrative, address or e-mail"),
    ],
)
def test_something_personal_in_plain_words_is_found(text: str, kind: str) -> None:
    said = everything(a_report(), a_said("mash.incident-screened.v1", note=[{"sentence": text}]))
    [leak] = leaks_of(said)
    assert (leak.kind, leak.path) == (kind, "/note/0/sentence")
    assert text not in repr(leak)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27T18:00:00Z",
        an_id("anything"),
        "eyJhbGciOiJkaXIifQ..Marguerite.Marguerite.Marguerite",
        "rotherham-2026-11",
        "mash_section_47",
    ],
)
def test_ids_times_codes_and_sealed_parts_are_no_leak(text: str) -> None:
    assert leaks_of(everything(a_report(), a_said("mash.incident-screened.v1", value=text))) == []


def test_a_form_of_words_that_a_name_happens_to_be_in_is_no_leak() -> None:
    sentence = "Will be looked at again."
    about_her = a_said("mash.incident-screened.v1", sentence=sentence)
    other = replace(a_report_line("2"), correlation_id=an_id("another"))
    about_other = replace(about_her, correlation_id=an_id("another"))
    assert len(leaks_of(everything(a_report(), about_her))) == 1
    assert leaks_of(everything(a_report(), about_her, other, about_other)) == []
