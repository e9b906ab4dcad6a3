"""A platform that runs elsewhere: who only asks changes nothing there, and needs its passwords."""

from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from services.ops.keys_command import PASSWORDS
from services.ops.platform import (
    SERVICES,
    Addresses,
    PlatformMissing,
    chosen_platform,
    reached_platform,
)
from services.ops.platform.passwords import keep, kept_addresses

LOGINS = "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = ANY($1) ORDER BY 1"


async def logins(platform: Addresses) -> list[tuple[str, str]]:
    """Every service's login and the digest of its password."""
    connection = await asyncpg.connect(platform.postgres.dsn())
    try:
        return [tuple(row) for row in await connection.fetch(LOGINS, list(SERVICES))]
    finally:
        await connection.close()


def a_file(folder: Path, platform: Addresses) -> Path:
    """The passwords as `onward keys issue` writes them."""
    path = folder / PASSWORDS
    words = platform.passwords.items()
    path.write_text("".join(f"{name.upper()}_PASSWORD={word}\n" for name, word in words))
    return path


@pytest.fixture
def home(platform: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an engineer who knows where the platform is, and nothing else."""
    monkeypatch.setenv("PLATFORM", "external")
    monkeypatch.setenv("ONWARD_KAFKA", platform.bootstrap)
    monkeypatch.setenv("ONWARD_POSTGRES", platform.postgres.dsn())
    monkeypatch.delenv("ONWARD_PASSWORDS_FILE", raising=False)
    return tmp_path / "platform"


async def test_who_asks_without_the_passwords_is_told_so_and_changes_none(
    platform: Addresses, home: Path
) -> None:
    before = await logins(platform)
    with pytest.raises(PlatformMissing, match="ONWARD_PASSWORDS_FILE"):
        async with reached_platform(home):
            pass
    assert await logins(platform) == before and len(before) == len(SERVICES)
    assert kept_addresses(home) is None


async def test_who_asks_with_the_passwords_enters_each_database_and_leaves_no_trace(
    platform: Addresses, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = f"{platform.postgres.host}:{platform.postgres.port}"
    monkeypatch.setenv("ONWARD_POSTGRES", f"postgresql://{host}")
    monkeypatch.setenv("ONWARD_PASSWORDS_FILE", str(a_file(tmp_path, platform)))
    before = await logins(platform)
    async with reached_platform(home) as found:
        for service in SERVICES:
            await (await asyncpg.connect(found.dsn(service))).close()
    assert await logins(platform) == before
    assert kept_addresses(home) is None


async def test_where_the_platform_was_made_from_here_its_passwords_are_known(
    platform: Addresses, home: Path
) -> None:
    keep(platform, home)
    async with reached_platform(home) as found:
        assert found.passwords == platform.passwords


async def test_a_file_that_leaves_a_service_out_is_named(
    platform: Addresses, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(tmp_path, platform)
    path.write_text(path.read_text().replace("OPS_PASSWORD", "# OPS_PASSWORD"))
    monkeypatch.setenv("ONWARD_PASSWORDS_FILE", str(path))
    with pytest.raises(PlatformMissing, match="OPS_PASSWORD"):
        async with reached_platform(home):
            pass
    monkeypatch.setenv("ONWARD_PASSWORDS_FILE", str(tmp_path / "absent.env"))
    with pytest.raises(PlatformMissing, match="absent"):
        async with reached_platform(home):
            pass


async def test_services_are_not_started_beside_logins_whose_passwords_nobody_named(
    platform: Addresses, home: Path
) -> None:
    before = await logins(platform)
    with pytest.raises(PlatformMissing, match="ONWARD_PASSWORDS_FILE"):
        async with chosen_platform(home):
            pass
    assert await logins(platform) == before
    assert kept_addresses(home) is None


async def test_a_login_that_exists_keeps_its_password_whatever_was_named(
    platform: Addresses, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / PASSWORDS
    path.write_text("".join(f"{name.upper()}_PASSWORD=another\n" for name in SERVICES))
    monkeypatch.setenv("ONWARD_PASSWORDS_FILE", str(path))
    before = await logins(platform)
    async with chosen_platform(home):
        assert await logins(platform) == before


async def test_the_passwords_of_a_platform_of_ones_own_are_not_written_over(
    platform: Addresses, home: Path
) -> None:
    own = replace(platform.postgres, port=platform.postgres.port + 1)
    keep(replace(platform, postgres=own), home)
    with pytest.raises(PlatformMissing, match="ONWARD_HOME"):
        async with chosen_platform(home):
            pass
    assert kept_addresses(home) == replace(platform, postgres=own)
