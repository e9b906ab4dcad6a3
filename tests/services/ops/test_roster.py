"""Each service holds the keys of its own audiences, and no others."""

from pathlib import Path

import pytest

from contracts.vocabulary import Audience
from services.kit.sealing import Keyring
from services.ops.platform import SERVICES
from services.ops.roster import audiences_of, keyring_file, services_at_work, write_keyrings


def ring_of(folder: Path, service: str) -> Keyring:
    return Keyring.from_json(keyring_file(folder, service).read_text())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_holds_its_own_audiences_keys_and_no_others(tmp_path: Path, service: str) -> None:
    write_keyrings(tmp_path)
    assert frozenset(ring_of(tmp_path, service).keys) == audiences_of(service)
    assert keyring_file(tmp_path, service).stat().st_mode & 0o077 == 0


def test_what_one_seals_another_of_the_audience_can_open(tmp_path: Path) -> None:
    write_keyrings(tmp_path)
    said = ring_of(tmp_path, "police_notifications").seal_with[Audience.MASH]
    assert said in ring_of(tmp_path, "mash_screening").keys[Audience.MASH]


def test_keys_that_are_there_stay_and_a_lacking_one_is_filled_from_them(tmp_path: Path) -> None:
    write_keyrings(tmp_path)
    before = ring_of(tmp_path, "mash_screening").to_json()
    lacking = Keyring.generated().only({Audience.SCHOOL})
    keyring_file(tmp_path, "mash_screening").write_text(lacking.to_json())
    write_keyrings(tmp_path)
    assert ring_of(tmp_path, "mash_screening").to_json() == before


def test_ops_holds_no_key_at_all(tmp_path: Path) -> None:
    write_keyrings(tmp_path)
    assert ring_of(tmp_path, "ops").keys == {}


def test_the_services_stand_in_the_order_of_the_flow() -> None:
    assert tuple(service.name for service in services_at_work()) == SERVICES
