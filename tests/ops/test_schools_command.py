"""`onward schools import` on a platform that runs: what changed, and what is wrong with a file."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.kit.migrations import migrate
from services.ops.platform import Addresses
from services.ops.roster import write_keyrings

NAME = "school_alerts"
SAMPLE = "deploy/reference/gias_sample_rotherham_sheffield.csv"
TERMS = "deploy/reference/sheffield_term_dates.json"


@dataclass(frozen=True)
class Desk:
    """An officer's terminal."""

    environment: dict[str, str]
    folder: Path

    async def imports(self, *words: str) -> tuple[int, str]:
        """Run `onward schools import ...`: its exit code and what it prints."""
        command = (sys.executable, "-m", "services.ops.cli", "schools", "import", *words)
        process = await asyncio.create_subprocess_exec(
            *command, env=self.environment, stdout=-1, stderr=-2
        )
        out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    def file(self, name: str, content: bytes) -> str:
        """A file to import."""
        path = self.folder / name
        path.write_bytes(content)
        return str(path)


@pytest.fixture
async def desk(
    platform: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """A platform that runs, without any school."""
    folder = tmp_path / "platform"
    folder.mkdir()
    platform.save(folder / "addresses.json")
    write_keyrings(folder / "keys")
    await migrate(platform.dsn(NAME), NAME)
    monkeypatch.setenv("PLATFORM", "external")
    monkeypatch.setenv("ONWARD_KAFKA", platform.bootstrap)
    monkeypatch.setenv("ONWARD_POSTGRES", platform.postgres.dsn())
    monkeypatch.setenv("ONWARD_HOME", str(tmp_path))
    yield Desk(dict(os.environ), tmp_path)


async def test_without_the_installations_keys_nothing_is_imported(desk: Desk) -> None:
    """Keys made here would seal contacts, and fingerprint them, as the service cannot read."""
    keys = desk.folder / "platform" / "keys"
    keys.rename(desk.folder / "elsewhere")
    code, said = await desk.imports("--schools", SAMPLE)
    assert (code, "onward keys issue" in said, keys.exists()) == (3, True, False)


async def test_an_import_says_what_changed_and_a_second_changes_nothing(desk: Desk) -> None:
    files = ("--schools", SAMPLE, "--terms", TERMS)
    code, out = await desk.imports(*files, "--json")
    assert code == 0, out
    first = json.loads(out.splitlines()[-1])
    assert (len(first["schools"]["added"]), first["terms"]["added"]) == (35, ["373"])
    code, out = await desk.imports(*files)
    assert (code, "35 as before" in out) == (0, True)


async def test_a_bad_file_is_one_sentence_and_nothing_is_imported(desk: Desk) -> None:
    wrong = desk.file("wrong.csv", b"URN,Name\n1,A\n")
    code, out = await desk.imports("--terms", TERMS, "--schools", wrong)
    assert (code, "LA_code, EstablishmentName, Status" in " ".join(out.split())) == (2, True)
    code, out = await desk.imports("--terms", desk.file("terms.json", b"{"))
    assert (code, "is not JSON" in out) == (2, True)
    code, out = await desk.imports("--schools", str(desk.folder / "absent.csv"))
    assert (code, "cannot be read" in out) == (2, True)
    assert "Traceback" not in out
