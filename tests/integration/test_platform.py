"""The embedded platform starts, keeps what it holds, lets each login into its own, and ends."""

import os
import select
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.kit.catalogue import read_catalogue
from services.ops.platform import PlatformMissing, embedded_platform, running_platform
from services.ops.topics import apply_topics

TOPIC = "police.report-refused.v1"


async def test_what_it_holds_outlives_a_restart_on_other_ports(tmp_path: Path) -> None:
    topics = [read_catalogue()[TOPIC]]
    async with embedded_platform(tmp_path, durable=False) as first:
        assert (await apply_topics(first.bootstrap, topics)).created == (TOPIC,)
        await _say(first.bootstrap, b"said before")
        await _execute(first.dsn("ops"), "CREATE TABLE kept (id int)")
    async with embedded_platform(tmp_path, durable=False) as second:
        assert second.bootstrap != first.bootstrap
        assert (await apply_topics(second.bootstrap, topics)).created == ()
        assert await _first_said(second.bootstrap) == b"said before"
        await _execute(second.dsn("ops"), "SELECT id FROM kept")


async def test_a_login_enters_its_own_database_and_no_other(tmp_path: Path) -> None:
    async with embedded_platform(tmp_path, durable=False) as addresses:
        own = addresses.dsn("mash_screening")
        await _execute(own, "CREATE TABLE mine (id int)")
        others = own.rpartition("/")[0] + "/victim_contact"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _execute(others, "SELECT 1")
        wrong = addresses.postgres.dsn().replace(addresses.postgres.password, "guess")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await _execute(wrong, "SELECT 1")


async def test_a_directory_has_one_platform_at_a_time(tmp_path: Path) -> None:
    assert running_platform(tmp_path) is None
    async with embedded_platform(tmp_path, durable=False) as addresses:
        found = running_platform(tmp_path)
        assert found is not None and found.bootstrap == addresses.bootstrap
        with pytest.raises(PlatformMissing, match="Another process"):
            async with embedded_platform(tmp_path):
                pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_a_parent_that_is_killed(tmp_path: Path, end: signal.Signals) -> None:
    script = textwrap.dedent(
        f"""
        import asyncio, sys
        from pathlib import Path
        from services.ops.platform import embedded_platform
        async def main():
            async with embedded_platform(Path({str(tmp_path)!r}), durable=False) as found:
                print(*found.pids.values(), flush=True)
                await asyncio.sleep(60)
        asyncio.run(main())
        """
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        children = [int(word) for word in parent.stdout.readline().split()]
        parent.send_signal(end)
        parent.wait(10)
    assert len(children) == 2
    assert all(_gone(pid) for pid in children)


def _gone(pid: int) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ended, _, _ = select.select([handle], [], [], 20)
        return bool(ended)
    finally:
        os.close(handle)


async def _say(bootstrap: str, body: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait(TOPIC, body, key=b"k")


async def _first_said(bootstrap: str) -> bytes | None:
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with consumer:
        found: bytes | None = (await consumer.getone()).value
        return found


async def _execute(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
