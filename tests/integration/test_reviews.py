"""`onward review` on services that run: listed, shown, decided, and what the deciding changes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from typer.testing import CliRunner

from contracts.identity import IncidentIdentified, PersonsMerged, PersonsSeparated, ReviewDecided
from services.ops.platform import running_platform
from services.ops.review_command import app as review
from services.ops.token_command import app as token
from tests.integration.waiting import ready, until

ONWARD = [sys.executable, "-m", "services.ops.cli"]
SERVICES = ("police_notifications", "person_matching")
PATIENCE = 120.0
eventually = partial(until, within=PATIENCE)
FIRST_PORT = 18191
POLICE = "south-yorkshire-police"
PEOPLE = {
    "RV-A": ("Leanne", "Hartshorn", "1991-03-14"),
    "RV-B": ("Agnieszka", "Wrona", "1988-07-02"),
}
"""Two reports are about each name; no more agrees than the name and the birth date."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        patch.setenv("ONWARD_HOME", str(folder))
        patch.setenv("ONWARD_OPERATOR", "practitioner-1")
        yield folder


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[None]:
    """The two services at work; each name was reported twice, and two questions wait."""
    command = [*ONWARD, "up", *SERVICES, "--first-port", str(FIRST_PORT)]
    with subprocess.Popen(command, env=dict(os.environ)) as process:
        try:
            eventually(lambda: all(ready(FIRST_PORT + place) for place in range(len(SERVICES))))
            said = CliRunner().invoke(token, ["issue", POLICE]).output
            for name, place in product(PEOPLE, (1, 2)):
                report(f"{name}{place}", *PEOPLE[name], said.strip().splitlines()[-1])
            eventually(lambda: len(waiting()) == len(PEOPLE))
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def test_a_question_is_listed_shown_and_decided_and_every_look_is_recorded(running: None) -> None:
    [one, other] = sorted(waiting(), key=lambda each: shown(each["review"])["one"][0]["record"])
    assert one["why"] == "Only name and birth date agree."
    sides = shown(one["review"])
    assert {side[0]["given_names"] for side in (sides["one"], sides["other"])} == {"Leanne"}
    assert ["birth", "exact"] in [part[:2] for part in sides["evidence"]]
    assert views(one["review"]) == ["practitioner-1"] * 2

    decide("same", one["review"])
    eventually(lambda: len(waiting()) == 1 and len(of(PersonsMerged)) == 1)
    [merged] = of(PersonsMerged)
    assert len(merged["merged_ids"]) == 1
    eventually(lambda: victims("RV-A1") == victims("RV-A2") == {merged["kept_id"]})

    decide("different", other["review"])
    eventually(lambda: waiting() == [] and len(of(ReviewDecided)) == 2)
    assert [each["decision"] for each in of(ReviewDecided)] == ["same", "different"]
    assert victims("RV-B1") != victims("RV-B2")
    assert len(of(PersonsMerged)) == 1

    decide("different", one["review"])
    eventually(lambda: len(of(PersonsSeparated)) == 1)
    eventually(lambda: victims("RV-A1") != victims("RV-A2"))
    assert shown(one["review"])["stage"] == "different"


def test_a_review_that_is_not_named_by_its_id_is_neither_shown_nor_decided(running: None) -> None:
    assert CliRunner().invoke(review, ["show", "no-such-review"]).exit_code == 1
    command = ["same", "no-such-review", "--rationale", "Seen."]
    assert CliRunner().invoke(review, command).exit_code == 1


def report(reference: str, given: str, family: str, born: str, secret: str) -> None:
    """A report at the police's door about somebody of that name."""
    told = {
        "source": POLICE,
        "reference": reference,
        "revision": 1,
        "status": "reported",
        "reported_at": "2026-11-27T21:00:00Z",
        "area": "rotherham",
        "victim": {"given_names": given, "family_name": family, "date_of_birth": born},
        "risk": {"tool": "NONE", "officer_grade": "MEDIUM"},
    }
    headers = {"Authorization": f"Bearer {secret}"}
    door = f"http://127.0.0.1:{FIRST_PORT}/v1/incident-reports"
    assert httpx.post(door, json=told, headers=headers).status_code == 202


def waiting() -> list[dict[str, Any]]:
    """The questions that are open."""
    found: list[dict[str, Any]] = said_by("list")
    return found


def shown(name: str) -> dict[str, Any]:
    """A question with both sides; looking is recorded."""
    found: dict[str, Any] = said_by("show", name)
    return found


def said_by(*words: str) -> Any:
    result = CliRunner().invoke(review, [*words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output.splitlines()[-1])


def decide(choice: str, name: str) -> None:
    result = CliRunner().invoke(review, [choice, name, "--rationale", "Both were asked."])
    assert result.exit_code == 0, result.output


def views(about: str) -> list[str]:
    """Who looked at a question."""
    return asyncio.run(_views(about))


async def _views(about: str) -> list[str]:
    connection = await asyncpg.connect(addresses().dsn("person_matching"))
    try:
        rows = await connection.fetch("SELECT who FROM kit.views WHERE about = $1", about)
    finally:
        await connection.close()
    return [row["who"] for row in rows]


def victims(reference: str) -> set[str]:
    """Whom the latest word about a report is about."""
    told = [event for event in of(IncidentIdentified) if event["about"].endswith(reference)]
    return {max(told, key=lambda event: int(event["version"]))["victim_id"]} if told else set()


def of(kind: type[Any]) -> list[dict[str, Any]]:
    """Everything that stands on a topic, in its order."""
    return asyncio.run(_on(kind.TOPIC))


async def _on(topic: str) -> list[dict[str, Any]]:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=addresses().bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        found: list[tuple[int, dict[str, Any]]] = []
        while len(found) < sum(ends.values()):
            record = await asyncio.wait_for(consumer.getone(), PATIENCE)
            about = dict(record.headers)["ce_subject"].decode()
            found.append((record.timestamp, {**json.loads(record.value or b"{}"), "about": about}))
    finally:
        await consumer.stop()
    return [event for _, event in sorted(found, key=lambda pair: pair[0])]


def addresses() -> Any:
    """Where the platform that runs is reached."""
    found = running_platform(Path(os.environ["ONWARD_HOME"]) / "platform")
    assert found
    return found
