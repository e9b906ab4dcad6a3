"""Our own code keeps the rules of the house, and each rule is seen to fail when broken."""

from pathlib import Path
from statistics import median

import pytest

from tests.architecture.house import RULES, Rule, Source, functions, length, sources

OURS = sources()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_our_code_keeps_the_rule(rule: Rule) -> None:
    found = [f"{source.path}: {finding}" for source in OURS for finding in rule(source)]
    assert found == []


def test_functions_and_files_are_small() -> None:
    written = [source for source in OURS if not source.is_test]
    assert median(length(one) for source in written for one in functions(source.tree)) <= 8
    assert median(source.text.count("\n") for source in written) <= 100


BROKEN = [
    ("too_long", "services/kit/a.py", '"""A."""\n' + "\n" * 300),
    ("too_long", "services/kit/a.py", "def f() -> None:\n" + "    x = 1\n" * 51),
    (
        "too_deep",
        "services/kit/a.py",
        "def f():\n for a in b:\n  if a:\n   while a:\n    if b:\n     return",
    ),
    ("too_many_arguments", "services/kit/a.py", "def f(a, b, c, d, e, g): ..."),
    ("banned_names", "services/kit/string_utils.py", ""),
    ("banned_names", "services/kit/a.py", "class Manager: ..."),
    ("banned_names", "services/kit/a.py", "def handle_report(): ..."),
    ("no_opening_sentence", "services/kit/a.py", "x = 1"),
    ("no_opening_sentence", "services/kit/a.py", '"""A."""\ndef f(): ...'),
    (
        "no_opening_sentence",
        "services/kit/a.py",
        '"""A."""\nclass A:\n """A."""\n def f(self): ...',
    ),
    ("promises", "services/kit/a.py", "x = 1  # TODO tidy"),
    ("promises", "services/kit/a.py", "x = 1  # see #12"),
    ("clocks", "services/victim_contact/handlers.py", "at = datetime.now(UTC)"),
    ("clocks", "services/victim_contact/domain/a.py", "name = uuid4()"),
    ("clocks", "services/victim_contact/working_set.py", "x = random.random()"),
    ("sql_clocks", "services/victim_contact/store.py", 'Q = "SELECT 1 WHERE at < now()"'),
    ("personal_in_logs", "services/kit/a.py", "log.info('read', family_name=1)"),
    ("personal_in_logs", "services/kit/a.py", "log.info('read', who=person.family_name)"),
    ("personal_in_logs", "services/kit/a.py", "log.warning(f'{person}')"),
    ("personal_in_logs", "services/kit/a.py", "self.log.info('read', **payload)"),
    ("printing", "services/kit/a.py", "print(1)"),
]


@pytest.mark.parametrize(("name", "path", "text"), BROKEN)
def test_a_rule_is_seen_to_fail_when_broken(name: str, path: str, text: str) -> None:
    [rule] = [rule for rule in RULES if rule.__name__ == name]
    assert list(rule(Source(Path(path), text)))


def test_every_rule_was_seen_to_fail() -> None:
    assert {name for name, _, _ in BROKEN} == {rule.__name__ for rule in RULES}


def test_what_the_rules_allow_passes() -> None:
    body = '    """Say it."""\n    if a:\n        log.info("done", count=b)\n'
    plain = f'"""A."""\n\n\ndef f(a, b):\n{body}'
    source = Source(Path("services/victim_contact/handlers.py"), plain)
    assert [finding for rule in RULES for finding in rule(source)] == []
