"""police_notifications at work on a database of its own, with a door and a steered clock."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.kit.authentication import issue
from services.kit.clock import SteeredClock
from services.kit.runtime import Runtime, open_runtime
from services.kit.sealing import Keyring
from services.kit.settings import Settings
from services.kit.testing import Databases
from services.police_notifications.app import SERVICE
from services.police_notifications.door import PATH, door
from tests.services.police_notifications.builders import NOON, SOURCE


@dataclass
class Police:
    """A police system that speaks to the door."""

    runtime: Runtime
    client: httpx.AsyncClient
    token: str
    clock: SteeredClock

    async def post(self, content: Any, **headers: str) -> httpx.Response:
        """Hand in a report: a form, or bytes as they are."""
        sent = {"authorization": f"Bearer {self.token}"} | headers
        if isinstance(content, bytes):
            return await self.client.post(PATH, content=content, headers=sent)
        return await self.client.post(PATH, json=content, headers=sent)

    async def get(self, path: str) -> httpx.Response:
        """Ask for a receipt."""
        return await self.client.get(path, headers={"authorization": f"Bearer {self.token}"})

    async def said(self) -> list[str]:
        """The topics of everything said, in order."""
        rows = await self.runtime.database.fetch("SELECT type FROM kit.outbox ORDER BY seq")
        return [row[0] for row in rows]


@pytest.fixture
async def police_settings(databases: Databases, tmp_path: Path) -> Settings:
    """Settings of the service, with keys and without tokens."""
    keyring = tmp_path / "keyring.json"
    keyring.write_text(Keyring.generated().to_json())
    return Settings(
        database_url=SecretStr(await databases.new("police_notifications")),
        keyring_file=keyring,
        tokens_file=tmp_path / "tokens.json",
        port=0,
    )


@pytest.fixture
async def police(police_settings: Settings) -> AsyncIterator[Police]:
    """The service's door, at noon."""
    assert police_settings.tokens_file is not None
    token = issue(police_settings.tokens_file, SOURCE, NOON)
    clock = SteeredClock(NOON)
    runtime = await open_runtime(SERVICE, police_settings, clock)
    transport = httpx.ASGITransport(app=door(runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://police.test") as client:
        yield Police(runtime, client, token, clock)
    await runtime.database.close()
