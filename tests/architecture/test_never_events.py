"""Each thing that must never happen (domain.md 8) has tests that are named by its number."""

import re

import pytest

from tests.architecture.house import functions, sources

NUMBERS = range(1, 21)
NAMED = re.compile(r"test_never_event_(\d\d)_\w+")
TESTS = [
    found
    for source in sources()
    if source.is_test
    for function in functions(source.tree)
    if (found := NAMED.fullmatch(function.name))
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_never_event_has_a_test_by_its_number(number: int) -> None:
    assert [found for found in TESTS if int(found[1]) == number]


def test_no_test_is_named_by_a_number_that_is_none() -> None:
    assert {int(found[1]) for found in TESTS} <= set(NUMBERS)
