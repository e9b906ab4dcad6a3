"""Where the passwords of an external installation's logins come from; they are never guessed."""

from collections.abc import Mapping
from pathlib import Path

from services.ops.platform.addresses import SERVICES, Addresses, PostgresServer
from services.ops.platform.embedded import ADDRESSES
from services.ops.platform.missing import PlatformMissing

FILE = "ONWARD_PASSWORDS_FILE"
NOT_KNOWN = (
    f"The passwords of the services' logins are not known here: set {FILE} to the passwords.env "
    "of `onward keys issue`, or to a file of such lines (OPS_PASSWORD=...)."
)


def known_passwords(
    directory: Path, server: PostgresServer, environment: Mapping[str, str]
) -> Mapping[str, str] | None:
    """Those of the file that is named, else those that this server was made with from here."""
    if FILE in environment:
        return _named(Path(environment[FILE]))
    kept = kept_addresses(directory)
    return kept.passwords if kept is not None and is_of(kept, server) else None


def kept_addresses(directory: Path) -> Addresses | None:
    """The installation whose addresses this directory keeps."""
    path = directory / ADDRESSES
    return Addresses.read(path) if path.exists() else None


def keep(addresses: Addresses, directory: Path) -> None:
    """Keep an installation's addresses here, for later commands of the same user."""
    directory.mkdir(parents=True, exist_ok=True)
    addresses.save(directory / ADDRESSES)


def is_of(kept: Addresses, server: PostgresServer) -> bool:
    """Whether what is kept is about this server."""
    return (kept.postgres.host, kept.postgres.port) == (server.host, server.port)


def _named(path: Path) -> Mapping[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as fault:
        raise PlatformMissing(f"{path}, which {FILE} names, cannot be read.") from fault
    told = dict(line.strip().split("=", 1) for line in text.splitlines() if "=" in line)
    names = {service: f"{service.upper()}_PASSWORD" for service in SERVICES}
    if absent := [name for name in names.values() if not told.get(name)]:
        raise PlatformMissing(f"{path}, which {FILE} names, has no {', '.join(absent)}.")
    return {service: told[name] for service, name in names.items()}
