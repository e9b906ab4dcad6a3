"""`onward screening` on a platform that runs: list, show and decide, as a practitioner would."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from rich.console import Console

from contracts.envelope import Problem
from contracts.mash import MashInputRefused
from contracts.partner import ScreeningDecision, Victim
from contracts.sealed import CasePart, SealedParts
from services.kit.database import Database
from services.kit.migrations import migrate
from services.kit.sealing import Keyring, seal_parts
from services.kit.testing import make_topics
from services.mash_screening.app import SERVICE
from services.ops.handlers import keep_note
from services.ops.platform import Addresses
from services.ops.platform.addresses import LOOPBACK, free_ports
from services.ops.roster import keyring_file, write_keyrings
from services.ops.screening_command import waiting_table
from services.ops.store import save
from services.ops.working_set import Notebook
from tests.services.at_work import at_work
from tests.services.mash_screening.builders import MONDAY_9, an_incident, incident
from tests.services.ops.builders import FRIDAY, heard

NAME = "mash_screening"
EMPTY = "TRUNCATE cases, heard, case_files, rulings, kit.views, kit.inbox, kit.outbox"


@dataclass(frozen=True)
class Desk:
    """A practitioner's terminal."""

    environment: dict[str, str]
    addresses: Addresses

    async def types(self, *words: str) -> tuple[int, str]:
        """Run `onward screening ...`: its exit code and what it prints."""
        command = (sys.executable, "-m", "services.ops.cli", "screening", *words)
        process = await asyncio.create_subprocess_exec(
            *command, env=self.environment, stdout=-1, stderr=-2
        )
        out, _ = await process.communicate()
        return process.returncode or 0, out.decode()


@pytest.fixture
async def desk(
    platform: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """One incident is screened and waits; its part is sealed with the installation's keys."""
    folder = tmp_path / "platform"
    folder.mkdir()
    platform.save(folder / "addresses.json")
    write_keyrings(folder / "keys")
    await migrate(platform.dsn(NAME), NAME)
    await make_topics(platform.bootstrap, [ScreeningDecision.TOPIC])
    keys = keyring_file(folder / "keys", NAME)
    working = await at_work(SERVICE, platform.dsn(NAME), MONDAY_9, keys)
    whole = Keyring.from_json(
        keyring_file(folder / "keys", "police_notifications").read_text(encoding="utf-8")
    )
    part = CasePart(victim=Victim(given_names="Invented"), circumstances="A long story.")
    event = an_incident(sealed=SealedParts(mash=part))
    await working.hears(seal_parts(event, whole).heard_in(event.envelope))
    monkeypatch.setenv("PLATFORM", "external")
    monkeypatch.setenv("ONWARD_KAFKA", platform.bootstrap)
    monkeypatch.setenv("ONWARD_POSTGRES", platform.postgres.dsn())
    monkeypatch.setenv("ONWARD_HOME", str(tmp_path))
    monkeypatch.setenv("ONWARD_OPERATOR", "practitioner-1")
    yield Desk(dict(os.environ), platform)
    await working.runtime.database.fetch(EMPTY)
    await working.runtime.database.close()


async def test_a_practitioner_lists_shows_and_decides(desk: Desk) -> None:
    code, out = await desk.types("list", "--json")
    [waiting] = json.loads(out.splitlines()[-1])
    assert (code, waiting["incident"], waiting["rag"]) == (0, str(incident(1)), "GREEN")
    code, out = await desk.types("show", "R1", "--json")
    shown = json.loads(out.splitlines()[-1])
    assert (code, shown["circumstances"]) == (0, "A long story.")
    code, out = await desk.types("decide", "R1", "early_help", "--rationale", "Seen.")
    assert code == 0, out
    decided = await last_decision(desk.addresses.bootstrap)
    assert decided["incident_id"] == str(incident(1))
    assert (decided["decision"], decided["decided_by"]) == ("early_help", "practitioner-1")


def test_a_waiting_case_can_be_named_on_a_narrow_terminal() -> None:
    line = {
        "incident": str(incident(1)),
        "reference": "south-yorkshire-police/SYP-000175",
        "area": "rotherham",
        "rag": "AMBER",
        "risk": "STANDARD",
        "due": "Sat 28 Nov 03:13",
        "pathways": "children social care, early help, adult social care, substance misuse",
    }
    longer = {**line, "reference": "a-police-force-with-a-very-long-name/SYP-000175"}
    with open(os.devnull, "w") as nowhere:
        console = Console(width=80, record=True, file=nowhere)
        console.print(waiting_table([line, longer]))
    shown = console.export_text()
    assert all(len(row) <= 80 for row in shown.splitlines())
    assert all(line[name] in shown for name in ("reference", "area", "rag", "risk", "due"))
    assert "…" not in shown


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--rationale", ""), "not sent: A decision needs a rationale."),
        (("--rationale", "Seen.", "--child", "9"), "not sent: The incident has no such child."),
    ],
)
async def test_a_decision_that_cannot_stand_is_not_sent_and_says_why(
    desk: Desk, words: tuple[str, ...], why: str
) -> None:
    code, out = await desk.types("decide", "R1", "early_help", *words)
    assert (code, why in unwrapped(out)) == (2, True), out
    await desk.types("decide", "R1", "no_further_action", "--rationale", "Seen.")
    assert (await last_decision(desk.addresses.bootstrap))["decision"] == "no_further_action"


def unwrapped(text: str) -> str:
    """What stands in a frame, as one line."""
    return " ".join(text.replace("│", " ").split())


async def test_a_decision_that_was_refused_is_shown_with_why(desk: Desk) -> None:
    await migrate(desk.addresses.dsn("ops"), "ops")
    refusal = MashInputRefused(
        topic=ScreeningDecision.TOPIC,
        reference=str(incident(1)),
        problems=(Problem(path="/second_approver", code="missing", message="must be given"),),
    )
    notebook = Notebook()
    keep_note(heard(refusal), notebook, FRIDAY)
    ops = await Database.connect(desk.addresses.dsn("ops"), connections=1)
    try:
        async with ops.transaction(FRIDAY) as transaction:
            await save(transaction, notebook)
        shown = await desk.types("show", "R1", "--json")
        await ops.fetch("TRUNCATE notes")
    finally:
        await ops.close()
    [told] = json.loads(shown[1].splitlines()[-1])["refused"]
    why = "Refused (screening decision): /second_approver: must be given"
    assert told == f"Fri 27 Nov 21:03  {why}"


async def test_what_nobody_screened_cannot_be_shown_or_decided(desk: Desk) -> None:
    assert (await desk.types("show", "R404"))[0] == 1
    assert (await desk.types("decide", "R404", "early_help", "--rationale", "Seen."))[0] == 2


async def test_a_decision_that_the_broker_cannot_take_is_a_sentence(desk: Desk) -> None:
    [nobody] = free_ports(1)
    away = f"{LOOPBACK}:{nobody}"
    terminal = Desk({**desk.environment, "ONWARD_KAFKA": away}, desk.addresses)
    decided = await terminal.types("decide", "R1", "early_help", "--rationale", "Seen.")
    assert decided == (3, f"Kafka does not answer at {away}.\n")


async def last_decision(bootstrap: str) -> dict[str, Any]:
    """The last decision that stands on the topic."""
    consumer = AIOKafkaConsumer(
        ScreeningDecision.TOPIC, bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        record = await asyncio.wait_for(consumer.getone(), timeout=30)
    finally:
        await consumer.stop()
    sent: dict[str, Any] = json.loads(record.value or b"{}")
    return sent
