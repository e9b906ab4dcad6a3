"""Which keys are still needed is counted from the parts themselves."""

from pathlib import Path
from uuid import uuid4

from contracts.sealed import ContactPart, SealedParts
from services.kit.sealing import Keyring, seal_parts
from services.ops.keys_command import PASSWORDS, issue, kids_in
from services.ops.platform import SERVICES
from tests.services.ops.builders import a_report


def test_a_part_is_counted_by_its_key_in_text_and_in_bytes() -> None:
    report = a_report().model_copy(update={"sealed": SealedParts(contact=ContactPart())})
    sealed = seal_parts(report, Keyring.generated("7")).model_dump_json()
    assert kids_in(sealed) == kids_in(sealed.encode()) == ["contact-7"]


def test_what_only_looks_like_a_part_has_no_key() -> None:
    assert kids_in(None) == kids_in(str(uuid4())) == kids_in("eyJub3QganNvbg..a.b.c") == []


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    issue(tmp_path / "secrets")
    path = tmp_path / "secrets" / PASSWORDS
    before = path.read_text()
    names = [line.partition("=")[0] for line in before.splitlines()]
    assert names == [*(f"{name.upper()}_PASSWORD" for name in SERVICES), "ONWARD_UID", "ONWARD_GID"]
    assert path.stat().st_mode & 0o077 == 0
    issue(tmp_path / "secrets")
    assert path.read_text() == before
