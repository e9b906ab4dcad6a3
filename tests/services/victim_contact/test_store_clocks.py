"""Leases and capacities on a real database: what is read beside the groups."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from contracts.contact import LeadGranted, LeadLapsed, LeaseDue
from contracts.partner import ContactOutcomeTold
from services.kit import progress
from services.kit.areas import Policies
from services.kit.working_time import WorkingTime
from services.victim_contact.domain.directory import Listed
from services.victim_contact.domain.policy import Policy
from services.victim_contact.working_set import Reference
from tests.services.victim_contact.builders import (
    BEA,
    HOUR,
    a_number,
    a_part,
    a_screening,
    heard,
)
from tests.services.victim_contact.conftest import Contact

MINUTE = timedelta(minutes=1)


async def the_lease(contact: Contact) -> LeaseDue:
    """The note of the last lease that was set."""
    found: LeaseDue = (await contact.said(LeaseDue))[-1]
    return found


def as_it_comes(note: Any) -> Any:
    """The note as its topic delivers it."""
    return heard(note, "contact/lease", note.lead_id, note.due_at)


async def test_a_lease_waits_until_outcomes_are_read_up_to_its_time(contact: Contact) -> None:
    await contact.hears(a_screening())
    note = await the_lease(contact)
    await contact.hears(as_it_comes(note))
    assert await contact.said(LeadLapsed) == []
    assert len(await contact.said(LeaseDue)) == 2
    place = (ContactOutcomeTold.TOPIC, 0)
    await progress.note(contact.runtime.database, {place: note.expires_at + MINUTE})
    late = heard(note, "contact/lease", note.lead_id, note.due_at + MINUTE)
    await contact.hears(late)
    assert len(await contact.said(LeadLapsed)) == 1


async def test_a_service_without_room_is_passed_over_whatever_batch_filled_it(
    contact: Contact,
) -> None:
    full = Policy(services={"outreach": Listed("Elm House", "advice", capacity=1)})
    reference = Reference(Policies({"rotherham": full}, {}, full), WorkingTime())
    contact.runtime = replace(contact.runtime, reference=reference)
    await contact.hears(a_screening(1))
    other = a_part(a_number("07700900002"))
    await contact.hears(a_screening(2, victim=BEA, part=other, at=a_screening().received_at + HOUR))
    agencies = [lead.agency for lead in await contact.said(LeadGranted)]
    assert agencies == ["outreach", "victim_support"]
