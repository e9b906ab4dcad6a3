"""A part that is not what its event says is parked, and nothing of the message is read."""

from typing import Any

import pytest

from contracts.contact import ContactAlarm, LeadGranted
from services.kit.runner import Runner
from services.kit.sealing import Keyring, seal_parts
from tests.services.at_work import record_of
from tests.services.victim_contact.builders import (
    BEA,
    a_number,
    a_part,
    a_screening,
    an_unsafe,
)
from tests.services.victim_contact.conftest import Contact

HERS = a_part(a_number("07700900001"))
WRONG = (
    "a wrong key",
    "a tampered part",
    "another incident's part",
    "an older revision's part",
    "another audience's part",
    "another victim's unsafe points",
    "no part at all, but words",
)


async def take(contact: Contact, event: Any) -> None:
    """Hand the service an event as it stands on its topic."""
    await Runner(contact.runtime, lambda _: None).take([record_of(event)])


def wrongly_sealed(what: str, ring: Keyring) -> Any:
    """Her incident, with a part that is not its own."""
    plain = a_screening(1, revision=2, part=HERS, unsafe=(an_unsafe("07700900009"),))
    event = seal_parts(plain, Keyring.generated("1") if what == "a wrong key" else ring)
    other = seal_parts(a_screening(2, revision=2, part=HERS, victim=BEA), ring).sealed
    older = seal_parts(a_screening(1, revision=1, part=HERS), ring).sealed
    own = event.sealed
    body, _, tag = str(own.contact).rpartition(".")
    changed: dict[str, dict[str, Any]] = {
        "a wrong key": {},
        "a tampered part": {"contact": f"{body}.{'B' if tag[0] == 'A' else 'A'}{tag[1:]}"},
        "another incident's part": {"contact": other.contact},
        "an older revision's part": {"contact": older.contact},
        "another audience's part": {"contact": own.contact_unsafe},
        "another victim's unsafe points": {"contact_unsafe": other.contact_unsafe},
        "no part at all, but words": {"contact": "07700900001"},
    }
    sealed = own.model_copy(update=changed[what])
    return event.model_copy(update={"sealed": sealed}).heard_in(plain.envelope)


@pytest.mark.parametrize("what", WRONG)
async def test_a_part_that_is_not_its_own_is_parked_never_half_read(
    contact: Contact, what: str
) -> None:
    await take(contact, wrongly_sealed(what, contact.keyring))
    assert await contact.parked() == 1
    assert await contact.said(LeadGranted) == []
    assert len(await contact.said(ContactAlarm)) == 1
    for table in ("contact_groups", "leads", "places"):
        assert await contact.runtime.database.fetch(f"SELECT 1 FROM {table}") == []
    [row] = await contact.runtime.database.fetch("SELECT detail, summary FROM kit.parked")
    assert "07700900001" not in f"{row['detail']}{row['summary']}"
