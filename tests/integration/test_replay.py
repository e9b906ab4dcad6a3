"""`onward replay` as an outside check runs it: files in, files out, an exit code."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.ops.replay.said import Everything, Said, read_topics

ONWARD = [sys.executable, "-m", "services.ops.cli"]
VOLATILE = {"sealed"}
"""Ciphertext differs from run to run by design."""


def onward(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ONWARD, *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("town") / "lines.jsonl"
    done = onward("generate", "--seed", 7, "--incidents", 15, "--out", file)
    assert done.returncode == 0, done.stderr
    return file


@pytest.fixture(scope="module")
def first(town: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    return replayed(town, "first")


def replayed(town: Path, name: str) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = town.parent / name
    done = onward("replay", town, "--report", folder / "report.json", "--dump", folder / "dump")
    return folder, done


def test_a_town_is_played_without_a_broken_promise(
    first: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = first
    assert done.returncode == 0, done.stderr
    report = json.loads((folder / "report.json").read_text())
    told = report["reports"]
    assert told["received"] == sum(told.values()) - told["received"] > 0
    assert report["parked"] == report["contact"]["double_leads"] == 0
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["victims"] == report["victims"]


def test_the_dump_holds_every_topic_every_mail_and_everybody(
    town: Path, first: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    dump = first[0] / "dump"
    said = read_topics(dump / "topics")
    assert len(said.on("partner.incident-report.v1")) == town.read_text().count(
        "partner.incident-report.v1"
    )
    ids = {event.id for event in said}
    for event in said.on("police.incident-reported.v1"):
        assert event.causation_id in ids
    assert all("X-Onward-Reference:" in mail.read_text() for mail in (dump / "mail").glob("*.eml"))
    people = [json.loads(line) for line in (dump / "people.jsonl").read_text().splitlines()]
    assert {person["role"].split("/")[0] for person in people} >= {"victim", "suspect", "child"}
    assert len({(p["source"], p["reference"], p["role"]) for p in people}) == len(people)


def test_the_same_file_played_twice_gives_the_same_decisions(
    town: Path, first: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    again, done = replayed(town, "again")
    assert done.returncode == 0, done.stderr
    one, other = (read_topics(each / "dump" / "topics") for each in (first[0], again))
    assert decisions(one) == decisions(other)


def test_a_line_that_cannot_be_played_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"at": "soon", "topic": "partner.marac-meeting.v1", "data": {}}')
    assert "line 1" in refused("replay", file)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--until", "tomorrow", "is not a time"), ("--step", "0m", "is not a step")],
)
def test_an_option_that_cannot_be_read_is_named(
    town: Path, option: str, value: str, said: str
) -> None:
    assert said in refused("replay", town, option, value)


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--area-dir", None, "cannot be read"),
        ("--schools", None, "cannot be read"),
        ("--schools", "a,b\n1,2\n", "lacks the columns"),
        ("--terms", "{", "cannot be used"),
    ],
)
def test_a_file_it_is_to_be_played_with_that_cannot_be_used_is_named(
    town: Path, tmp_path: Path, option: str, content: str | None, said: str
) -> None:
    file = tmp_path / "given"
    if content is not None:
        file.write_text(content)
    assert said in refused("replay", town, option, file)


def refused(*arguments: object) -> str:
    """What the command says as it refuses, on one line."""
    done = onward(*arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    return " ".join(done.stderr.replace("│", " ").split())


def decisions(said: Everything) -> list[Any]:
    return sorted(decision(event) for event in said if not event.topic.startswith("partner."))


def decision(event: Said) -> tuple[str, str, str, str]:
    plain = {name: value for name, value in event.data.items() if name not in VOLATILE}
    told = json.dumps(plain, sort_keys=True)
    return (event.topic, event.time.isoformat(), event.key or "", told)
