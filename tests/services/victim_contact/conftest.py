"""victim_contact at work on a database of its own, with a door and a steered clock."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.kit.authentication import issue
from services.kit.clock import SteeredClock
from services.kit.runner import Runner
from services.kit.runtime import Runtime, open_runtime
from services.kit.sealing import Keyring, seal_parts
from services.kit.settings import Settings
from services.kit.testing import Databases
from services.victim_contact.app import SERVICE
from services.victim_contact.door import door
from tests.services.at_work import AtWork, record_of
from tests.services.victim_contact.builders import NOON


@dataclass
class Contact(AtWork):
    """The service with its door: events in, requests in, everything announced out."""

    runtime: Runtime
    client: httpx.AsyncClient
    keyring: Keyring
    tokens: Path

    async def hears(self, *events: Any) -> int:
        """Hand it these events in one batch, sealed as they are on their topics."""
        sealed = [seal_parts(event, self.keyring).heard_in(event.envelope) for event in events]
        records = [record_of(event) for event in sealed]
        return await Runner(self.runtime, lambda _: None).take(records)

    def token_of(self, agency: str) -> dict[str, str]:
        """The headers of an agency that knocks."""
        return {"authorization": f"Bearer {issue(self.tokens, agency, NOON)}"}

    async def reads(self, lead_id: object, agency: str) -> httpx.Response:
        """An agency reads a lead."""
        return await self.client.get(f"/v1/leads/{lead_id}", headers=self.token_of(agency))

    async def tells(self, lead_id: object, knocks: str, /, **told: Any) -> httpx.Response:
        """An agency tells an outcome at the door."""
        said = {"channel": "call", "outcome": "no_answer", "fence": 1, "at": NOON.isoformat()}
        path = f"/v1/leads/{lead_id}/outcomes"
        return await self.client.post(path, json=said | told, headers=self.token_of(knocks))


@pytest.fixture
async def contact(databases: Databases, tmp_path: Path) -> AsyncIterator[Contact]:
    """The service at noon."""
    keyring = Keyring.generated()
    keys, tokens = tmp_path / "keyring.json", tmp_path / "tokens.json"
    keys.write_text(keyring.to_json())
    settings = Settings(
        database_url=SecretStr(await databases.new("victim_contact")),
        keyring_file=keys,
        tokens_file=tokens,
        port=0,
    )
    runtime = await open_runtime(SERVICE, settings, SteeredClock(NOON))
    transport = httpx.ASGITransport(app=door(runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://contact.test") as client:
        yield Contact(runtime, client, keyring, tokens)
    await runtime.database.close()
