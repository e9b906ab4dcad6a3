"""Where the broker and the databases are, and who may enter which database."""

import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

LOOPBACK = "127.0.0.1"
SERVICES = (
    "police_notifications",
    "person_matching",
    "mash_screening",
    "idva_allocation",
    "victim_contact",
    "school_alerts",
    "ops",
)
"""Every service in the order of the flow; each has a database and a login of its name."""


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server and its superuser."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def dsn(self, database: str = "postgres") -> str:
        """The superuser's address of a database."""
        return _dsn(self.user, self.password, f"{self.host}:{self.port}", database)


@dataclass(frozen=True)
class Addresses:
    """Everything a process needs to find the platform."""

    bootstrap: str
    postgres: PostgresServer
    passwords: Mapping[str, str] = field(repr=False)
    """By service: what its login enters its own database with."""
    pids: Mapping[str, int] = field(default_factory=dict)
    """Process ids of `kafka` and `postgres` where they were started here."""

    def dsn(self, service: str) -> str:
        """The address of a service's database, with its own login."""
        host = f"{self.postgres.host}:{self.postgres.port}"
        return _dsn(service, self.passwords[service], host, service)

    def save(self, path: Path) -> None:
        """Write for other processes of the same user to read, and for nobody else."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file)

    @classmethod
    def read(cls, path: Path) -> "Addresses":
        """What `save` wrote."""
        text = json.loads(path.read_text(encoding="utf-8"))
        server = PostgresServer(**text.pop("postgres"))
        return cls(postgres=server, **text)


def new_passwords() -> dict[str, str]:
    """A password for every service's login."""
    return {service: secrets.token_urlsafe(24) for service in SERVICES}


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on; all different."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    try:
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _dsn(user: str, password: str, host: str, database: str) -> str:
    return f"postgresql://{user}:{quote(password, safe='')}@{host}/{database}"
