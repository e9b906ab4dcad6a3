"""The trial service at work on a database of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.kit.clock import SteeredClock
from services.kit.runtime import Runtime, open_runtime
from services.kit.settings import Settings
from services.kit.testing import Databases
from services.ops.platform import Addresses
from tests.kit.mail_server import Server, listening
from tests.kit.trial import NOON, TRIAL, make_tables

OpenTrial = Callable[[], Awaitable[Runtime]]


@pytest.fixture
async def trial_settings(platform: Addresses, databases: Databases) -> Settings:
    """Settings of the trial service, its tables made."""
    settings = Settings(
        kafka=platform.bootstrap,
        database_url=SecretStr(await databases.new("trial")),
        area_dir=Path("deploy/areas"),
        port=0,
    )
    return settings


@pytest.fixture
async def runtime(trial_settings: Settings) -> AsyncIterator[Runtime]:
    """The trial service, steered, at noon."""
    opened = await open_runtime(TRIAL, trial_settings, SteeredClock(NOON))
    await make_tables(opened.database)
    yield opened
    await opened.database.close()


@pytest.fixture
async def server(runtime: Runtime) -> AsyncIterator[Server]:
    """The mail server that the trial service writes to."""
    found = Server()
    async with listening(found) as port:
        told = runtime.settings.model_copy(update={"smtp_port": port})
        object.__setattr__(runtime, "settings", told)
        yield found
