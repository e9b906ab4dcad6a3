"""The examples of what partners send are read as partners' messages are: refused where they say."""

import json

import pytest

from services.kit.partner_reading import read
from services.ops.contract_tools.examples import Example, read_examples
from services.ops.contract_tools.spoken import spoken
from services.ops.generate.bad import MARKED, REFUSED, a_plain_report

PARTNERS = [one for one in read_examples() if one.topic.startswith("partner.")]
FOR_THE_SERVICE = {"/source", "/victim"}
"""Paths that only the service can judge: senders, and whether a victim is anybody."""


@pytest.mark.parametrize("example", PARTNERS, ids=lambda example: example.name)
def test_an_example_is_read_as_it_says(example: Example) -> None:
    reading = read(spoken()[example.topic], json.dumps(example.data).encode())  # type: ignore[type-var]
    assert [problem.path for problem in reading.problems] == (
        [example.path] if example.path else []
    )
    assert (reading.event is None) == (example.path is not None)


@pytest.mark.parametrize("path", REFUSED.keys() - FOR_THE_SERVICE)
def test_a_bad_report_of_the_town_is_refused_where_it_says(path: str) -> None:
    body = json.dumps(REFUSED[path](a_plain_report("BAD-1"))).encode()
    reading = read(spoken()["partner.incident-report.v1"], body)  # type: ignore[type-var]
    assert [problem.path for problem in reading.problems] == [path]


@pytest.mark.parametrize("what", MARKED)
def test_an_odd_report_of_the_town_is_accepted(what: str) -> None:
    body = json.dumps(MARKED[what](a_plain_report("BAD-1"))).encode()
    reading = read(spoken()["partner.incident-report.v1"], body)  # type: ignore[type-var]
    assert reading.event is not None
    assert reading.problems == ()
