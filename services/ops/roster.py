"""The seven services in the order of the flow, and the keys that each may hold."""

import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from contracts.vocabulary import Audience
from services.kit.fingerprints import FingerprintKey
from services.kit.sealing import Keyring
from services.kit.service import Service
from services.ops.platform.addresses import SERVICES

SEALERS = frozenset({"police_notifications", "person_matching"})
"""They hear partners' plain words, and seal them for everyone who may open a part."""

REPEATABLE = FingerprintKey("fingerprint-repeatable", b"the same names in every replay...")
"""For throw-away platforms alone."""


def service_named(name: str) -> Service:
    """A service's wiring, imported now."""
    service: Service = import_module(f"services.{name}.app").SERVICE
    return service


def services_at_work() -> list[Service]:
    """All of them, in the order in which a step drains them."""
    return [service_named(name) for name in SERVICES]


def write_keyrings(folder: Path, *, repeatable: bool = False) -> None:
    """A file of keys for each service that lacks one it needs: its own audiences' and no more.

    Contact points are named by their fingerprints: `repeatable` fixes the key of those, so that
    two runs of one file name them the same. Nothing outlives such a run.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lacking = [name for name in SERVICES if not _complete(folder, name)]
    if not lacking:
        return
    ring = _whole(folder)
    if repeatable:
        ring = replace(ring, fingerprint=REPEATABLE)
    for name in lacking:
        _write(keyring_file(folder, name), ring.only(audiences_of(name)))


def _complete(folder: Path, name: str) -> bool:
    path = keyring_file(folder, name)
    if not path.exists():
        return False
    held = Keyring.from_json(path.read_text(encoding="utf-8")).keys
    return audiences_of(name) == frozenset(held)


def keyring_file(folder: Path, service: str) -> Path:
    """Where a service's keys are."""
    return folder / f"{service}.keys.json"


def tokens_file(folder: Path) -> Path:
    """Where the hashes of the senders' tokens are."""
    return folder / "tokens.json"


def audiences_of(name: str) -> frozenset[Audience]:
    """The audiences whose keys a service holds."""
    if name in SEALERS:
        return frozenset(Audience)
    service = service_named(name)
    return service.opens | service.keeps


def _whole(folder: Path) -> Keyring:
    known = keyring_file(folder, "police_notifications")
    if known.exists():
        return Keyring.from_json(known.read_text(encoding="utf-8"))
    return Keyring.generated()


def _write(path: Path, ring: Keyring) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(ring.to_json())
