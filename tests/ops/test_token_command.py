"""`onward token` gives tokens out once and takes them back."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.kit.authentication import Tokens
from services.ops.token_command import app

runner = CliRunner()


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Where the hashes are kept."""
    return str(tmp_path / "tokens.json")


def test_a_token_is_shown_once_and_opens_until_it_is_taken_back(file: str) -> None:
    token = runner.invoke(app, ["issue", "housing", "--file", file]).output.strip()
    tokens = Tokens(Path(file))
    assert tokens.sender_of(f"Bearer {token}") == "housing"
    listed = runner.invoke(app, ["list", "--file", file]).output
    assert "housing" in listed
    assert token not in listed
    assert runner.invoke(app, ["revoke", "housing", "--file", file]).exit_code == 0
    assert tokens.sender_of(f"Bearer {token}") is None
    assert runner.invoke(app, ["revoke", "housing", "--file", file]).exit_code == 1


def test_a_sender_that_is_no_code_is_refused(file: str) -> None:
    assert runner.invoke(app, ["issue", "two words", "--file", file]).exit_code == 2


@pytest.mark.parametrize("command", [["list"], ["revoke", "housing"], ["issue", "housing"]])
def test_a_broken_file_is_one_sentence(file: str, command: list[str]) -> None:
    Path(file).write_text("{")
    result = runner.invoke(app, [*command, "--file", file])
    assert (result.exit_code, "not a file of tokens" in result.output) == (2, True)
