"""What a run stands on: a broker and a durable database that may be killed, and the services."""

import asyncio
import re
import secrets
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from services.kit.areas import DEFAULT_DIR
from services.kit.authentication import issue
from services.kit.catalogue import read_catalogue
from services.ops.chaos.keeper import Keeper
from services.ops.chaos.posts import BROKER, DATABASE, Post
from services.ops.platform import Addresses, PostgresServer, jars, kafka, postgres
from services.ops.platform.addresses import LOOPBACK, free_ports, new_passwords
from services.ops.platform.children import Child, Command, start
from services.ops.platform.databases import make_databases
from services.ops.processes.environment import Surroundings
from services.ops.roster import tokens_file, write_keyrings
from services.ops.topics import apply_topics

SESSION = 6.0
"""Seconds: the shortest session that the broker allows, so that runs are short."""
PARTITIONS = 2
"""Of each topic: a broker that was killed looks through every partition before it serves again."""
QUICK = {"broker.session.timeout.ms": "2000", "broker.heartbeat.interval.ms": "500"}
"""How soon the controller believes that a killed broker is gone and lets it register again."""
POLICE = "south-yorkshire-police"
ALL_DAY = """[school_alerts]
send_from = 00:00:00
cut_off = 23:59:00
evening = 23:59:00
"""
"""Alerts of a school day are due that day at any hour, so that a run at night sends some."""
TIMES = re.compile(r"^(send_from|cut_off|evening) = .*\n", re.MULTILINE)


@dataclass(frozen=True)
class Ground:
    """Where everything is."""

    folder: Path
    addresses: Addresses
    keeper: Keeper
    smtp_port: int
    police_token: str
    told: Mapping[str, str] = field(default_factory=dict)
    """Further settings of every process."""

    def launch(self, post: Post) -> int:
        """Start a process of a service and keep it going; returns the port of its health."""
        [port] = free_ports(1)
        environment = self._environment(post, port)
        (self.folder / "logs").mkdir(exist_ok=True)
        command = Command(
            name=post.name,
            arguments=[sys.executable, "-m", f"services.{post.service}"],
            log=self.folder / "logs" / f"{post.name}.log",
            environment=environment,
        )
        self.keeper.keep(post.name, lambda: start(command))
        return port

    def _environment(self, post: Post, port: int) -> dict[str, str]:
        surroundings = Surroundings(
            self.addresses,
            self.folder / "keys",
            self.smtp_port,
            self.folder / "areas",
        )
        roles = ",".join(f'"{role}"' for role in post.role)
        told = surroundings.of(post.service)
        told |= {
            "ONWARD_ROLE": f"[{roles}]",
            "ONWARD_PORT": str(port),
            "ONWARD_SESSION_SECONDS": str(SESSION),
        }
        if post.consumes and "relay" in post.role and post.number == 1:
            # Members with a lasting name and members without recover in different ways: try both.
            told["ONWARD_MEMBER"] = post.service
        return {**told, **self.told}


async def prepared(folder: Path, keeper: Keeper, smtp_port: int) -> Ground:
    """Start an empty platform of one's own: files, topics, databases, keys, areas, a token."""
    broker_port, controller_port, postgres_port = free_ports(3)
    server = PostgresServer(LOOPBACK, postgres_port, postgres.SUPERUSER, secrets.token_urlsafe(24))
    addresses = Addresses(f"{LOOPBACK}:{broker_port}", server, new_passwords())
    await asyncio.gather(
        _database(folder, server, keeper), _broker(folder, (broker_port, controller_port), keeper)
    )
    await make_databases(server, addresses.passwords)
    topics = read_catalogue().values()
    await apply_topics(addresses.bootstrap, topics, partitions=PARTITIONS)
    write_keyrings(folder / "keys")
    _write_areas(folder / "areas")
    token = issue(tokens_file(folder / "keys"), POLICE, datetime.now(UTC))
    return Ground(folder, addresses, keeper, smtp_port, token)


async def _database(folder: Path, server: PostgresServer, keeper: Keeper) -> None:
    files = folder / "postgres"
    await asyncio.to_thread(postgres.prepare, files, server.password)
    child = keeper.keep(DATABASE, lambda: _launched_database(files, server.port))
    await postgres.answering(child, server)


def _launched_database(files: Path, port: int) -> Child:
    return postgres.launch(files, port, durable=True)


async def _broker(folder: Path, ports: tuple[int, int], keeper: Keeper) -> None:
    files = folder / "kafka"
    classpath = await asyncio.to_thread(jars.classpath)
    settings = kafka.properties(files, *ports) | QUICK
    await asyncio.to_thread(kafka.prepare, files, settings, classpath)
    child = keeper.keep(BROKER, lambda: kafka.launch(files, classpath))
    await kafka.answering(child, f"{LOOPBACK}:{ports[0]}")


def _write_areas(folder: Path) -> None:
    shutil.copytree(DEFAULT_DIR, folder)
    for path in folder.glob("*.toml"):
        text = TIMES.sub("", path.read_text(encoding="utf-8"))
        if "[school_alerts]\n" not in text:
            text += "\n[school_alerts]\n"
        path.write_text(text.replace("[school_alerts]\n", ALL_DAY), encoding="utf-8")
