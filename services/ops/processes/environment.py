"""What each service's process is told through its environment."""

from dataclasses import dataclass
from pathlib import Path

from services.kit.areas import DEFAULT_DIR
from services.ops.platform import SERVICES, Addresses
from services.ops.roster import keyring_file, tokens_file

FIRST_PORT = 8081


@dataclass(frozen=True)
class Surroundings:
    """What all services of one installation share."""

    addresses: Addresses
    keys: Path
    """The folder of keyring files."""
    smtp_port: int
    area_dir: Path = Path(DEFAULT_DIR)
    first_port: int = FIRST_PORT
    """Where the first service's door and health listen; the others follow in order."""

    def port_of(self, service: str) -> int:
        """The HTTP port of a service."""
        return self.first_port + SERVICES.index(service)

    def of(self, service: str) -> dict[str, str]:
        """The environment of a service: its own login and keys, and nobody else's."""
        return {
            "ONWARD_KAFKA": self.addresses.bootstrap,
            "ONWARD_DATABASE_HOST": self.addresses.postgres.host,
            "ONWARD_DATABASE_PORT": str(self.addresses.postgres.port),
            "ONWARD_DATABASE_PASSWORD": self.addresses.passwords[service],
            "ONWARD_KEYRING_FILE": str(keyring_file(self.keys, service).resolve()),
            "ONWARD_TOKENS_FILE": str(tokens_file(self.keys).resolve()),
            "ONWARD_SMTP_HOST": "127.0.0.1",
            "ONWARD_SMTP_PORT": str(self.smtp_port),
            "ONWARD_AREA_DIR": str(self.area_dir.resolve()),
            "ONWARD_PORT": str(self.port_of(service)),
        }
