"""A path that cannot be read or written is one sentence, said before any work is begun."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from services.ops.console import parked_command
from services.ops.generate import command as generate
from services.ops.match_command import app as match
from services.ops.places import writable
from services.ops.replay import command as replay

NOWHERE = "/proc/nowhere"
"""Nobody can make it, root neither."""


def answered(app: typer.Typer, words: Sequence[str]) -> tuple[int, str]:
    """The exit code and what was said, as one line without its frame."""
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, " ".join(result.output.replace("│", " ").split())


@pytest.fixture
def lines(tmp_path: Path) -> str:
    (tmp_path / "lines.jsonl").write_text("")
    return str(tmp_path / "lines.jsonl")


@pytest.mark.parametrize(
    "words", [("--dump", NOWHERE), ("--report", NOWHERE), ("--report", f"{NOWHERE}/R.json")]
)
def test_a_replay_that_could_not_be_written_is_not_played(
    lines: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "_played", lambda wanted: pytest.fail("it was played"))
    until = ("--until", "2026-11-30T00:00:00Z")
    code, said = answered(replay.app, (lines, *until, *words))
    assert (code, f"cannot write {NOWHERE}" in said) == (2, True), said


def test_a_town_that_could_not_be_written_is_not_invented(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(generate, "weekend_of", lambda *wanted: pytest.fail("it was invented"))
    code, said = answered(generate.app, ("--out", f"{NOWHERE}/town.jsonl"))
    assert (code, f"cannot write {NOWHERE}/town.jsonl" in said) == (2, True), said


def test_a_file_of_persons_that_is_missing_is_named(lines: str, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "out.jsonl"))
    told = ("evaluate", "--known", "/nowhere", "--incoming", lines, *out)
    code, said = answered(match, told)
    assert (code, "--known" in said, "does not exist" in said) == (2, True, True), said
    out = ("--out", NOWHERE)
    code, said = answered(match, ("evaluate", "--known", lines, "--incoming", lines, *out))
    assert (code, f"cannot write {NOWHERE}" in said) == (2, True), said


def test_seeing_whether_a_file_can_be_written_leaves_it_as_it_was(tmp_path: Path) -> None:
    there, absent = tmp_path / "there", tmp_path / "absent"
    there.write_text("kept")
    assert (writable(there), writable(absent)) == (there, absent)
    assert (there.read_text(), absent.exists()) == ("kept", False)


@pytest.mark.parametrize("act", ["retry", "discard"])
def test_parked_messages_are_not_marked_without_a_reason(act: str) -> None:
    code, said = answered(parked_command.app, (act, "--why", " ", "--service", "ops"))
    assert (code, "say why" in said) == (2, True), said
