"""A broker or a database that is away is one sentence, and what the other knows is still shown."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.ops.platform import SERVICES, Addresses, PostgresServer
from services.ops.platform.addresses import LOOPBACK, free_ports
from services.ops.platform.passwords import keep

Types = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def types(platform: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Run `onward ...` against a broker and a database: exit code, answer, what is beside it."""
    monkeypatch.setenv("PLATFORM", "external")
    monkeypatch.setenv("ONWARD_HOME", str(tmp_path))

    async def run(addresses: Addresses, *words: str) -> tuple[int, str, str]:
        keep(addresses, tmp_path / "platform")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.ops.cli", *words),
            env={
                **os.environ,
                "ONWARD_KAFKA": addresses.bootstrap,
                "ONWARD_POSTGRES": addresses.postgres.dsn(),
            },
            stdout=-1,
            stderr=-1,
        )
        out, beside = await process.communicate()
        return process.returncode or 0, out.decode(), beside.decode()

    return run


def without_broker(platform: Addresses) -> Addresses:
    [nobody] = free_ports(1)
    return replace(platform, bootstrap=f"{LOOPBACK}:{nobody}")


def without_database(platform: Addresses) -> Addresses:
    [nobody] = free_ports(1)
    return replace(platform, postgres=PostgresServer(LOOPBACK, nobody, "nobody", ""))


async def test_without_a_broker_lag_shows_what_the_databases_know(
    platform: Addresses, types: Types
) -> None:
    away = without_broker(platform)
    code, out, beside = await types(away, "lag")
    assert (code, beside) == (3, f"Kafka does not answer at {away.bootstrap}.\n")
    assert out.count("unknown") == 2 * len(SERVICES)
    code, out, beside = await types(away, "lag", "--json")
    lags = json.loads(out)["lags"]
    assert {name: (lag["behind"], lag["parked"]) for name, lag in lags.items()} == dict.fromkeys(
        SERVICES, (None, 0)
    )


async def test_without_a_broker_nothing_is_said_on_it_and_a_sentence_says_so(
    platform: Addresses, types: Types
) -> None:
    away = without_broker(platform)
    told = f"Kafka does not answer at {away.bootstrap}.\n"
    assert await types(away, "topics", "apply") == (3, "", told)


@pytest.mark.parametrize(
    "words", [("lag",), ("parked", "list"), ("trace", "R1"), ("keys", "count")]
)
async def test_without_a_database_a_question_is_answered_by_a_sentence(
    platform: Addresses, types: Types, words: tuple[str, ...]
) -> None:
    away = without_database(platform)
    place = f"{away.postgres.host}:{away.postgres.port}"
    assert await types(away, *words) == (3, "", f"PostgreSQL does not answer at {place}.\n")


async def test_a_password_that_is_not_the_logins_is_a_sentence(
    platform: Addresses, types: Types
) -> None:
    wrong = replace(platform, passwords=dict.fromkeys(SERVICES, "another"))
    code, out, beside = await types(wrong, "parked", "list")
    assert (code, out, len(beside.splitlines())) == (3, "", 1)
    assert "ONWARD_PASSWORDS_FILE" in beside
