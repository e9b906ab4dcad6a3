"""The door of victim_contact, on the real database."""

from typing import Any

from contracts.contact import LeadGranted
from services.victim_contact.app import SERVICE
from tests.services.victim_contact.builders import (
    HIGH,
    HOUR,
    NOON,
    a_number,
    a_part,
    a_regrade,
    a_screening,
    an_outcome,
)
from tests.services.victim_contact.conftest import Contact
from tests.services.victim_contact.test_store import a_lead

UNKNOWN = "00000000-0000-5000-8000-000000000000"
PART = a_part(
    a_number("07700900001", voicemail_ok=True),
    given_names="Testa",
    family_name="Mensch",
    suspect_name="Sam Muster",
    children_count=2,
    interpreter_language="pl",
)


async def granted(contact: Contact, **fields: Any) -> LeadGranted:
    """A lead that outreach holds."""
    await contact.hears(a_screening(part=PART, **fields))
    found: LeadGranted = (await contact.said(LeadGranted))[-1]
    return found


def is_problem(response: Any, status: int) -> bool:
    """A refusal as problem+json."""
    kind = response.headers["content-type"]
    return bool(response.status_code == status and kind == "application/problem+json")


async def test_the_lead_reads_the_safe_points_and_each_reading_is_recorded(
    contact: Contact,
) -> None:
    lead = await granted(contact)
    answer = await contact.reads(lead.lead_id, "outreach")
    assert answer.status_code == 200
    [person] = answer.json()["persons"]
    assert (person["given_names"], person["suspect_name"]) == ("Testa", "Sam Muster")
    assert {way["value"] for way in person["contact_points"]} == {"07700900001"}
    ids = {way["id"] for way in person["contact_points"]}
    assert ids == {str(point.id) for point in lead.contact_points}
    views = await contact.runtime.database.fetch("SELECT about, who FROM kit.views")
    assert [(view[0], view[1]) for view in views] == [(str(lead.lead_id), "outreach")]


async def test_nobody_else_reads_them(contact: Contact) -> None:
    lead = await granted(contact)
    bare = await contact.client.get(f"/v1/leads/{lead.lead_id}")
    assert is_problem(bare, 401)
    assert is_problem(await contact.reads(lead.lead_id, "victim_support"), 403)
    assert is_problem(await contact.reads(UNKNOWN, "outreach"), 404)
    assert is_problem(await contact.reads("not-an-id", "outreach"), 404)
    assert "07700900001" not in bare.text
    assert await contact.runtime.database.fetch("SELECT 1 FROM kit.views") == []


async def test_a_lead_that_ended_reads_nothing_any_more(contact: Contact) -> None:
    lead = await granted(contact)
    await contact.hears(a_regrade(risk=HIGH, at=NOON + HOUR))
    assert is_problem(await contact.reads(lead.lead_id, "outreach"), 410)


async def test_a_point_that_became_unsafe_is_not_read(contact: Contact) -> None:
    lead = await granted(contact)
    one = a_lead(lead.contact_group, 1, "outreach")
    await contact.hears(
        a_screening(2, part=a_part(a_number("07700900002")), at=NOON + HOUR),
        an_outcome(one, "answered_by_other", at=NOON + 2 * HOUR),
    )
    answer = await contact.reads(lead.lead_id, "outreach")
    assert answer.status_code == 410


async def test_an_outcome_told_at_the_door_is_recorded(contact: Contact) -> None:
    lead = await granted(contact)
    answer = await contact.tells(lead.lead_id, "outreach", outcome="reached")
    assert answer.status_code == 202
    assert "contact.attempt-recorded.v1" in await contact.announced()
    again = await contact.tells(lead.lead_id, "outreach", outcome="reached")
    assert again.json() == {"lead_id": str(lead.lead_id), "new": False}


async def test_a_sheet_is_kept_by_no_cache(contact: Contact) -> None:
    lead = await granted(contact)
    for agency in ("outreach", "victim_support"):
        answer = await contact.reads(lead.lead_id, agency)
        assert answer.headers["cache-control"] == "no-store"


async def test_a_leads_id_may_be_written_in_capitals(contact: Contact) -> None:
    lead = await granted(contact)
    loud = str(lead.lead_id).upper()
    answer = await contact.tells(lead.lead_id, "outreach", lead_id=loud)
    assert answer.json() == {"lead_id": str(lead.lead_id), "new": True}
    again = await contact.tells(loud, "outreach")
    assert again.json() == {"lead_id": str(lead.lead_id), "new": False}
    assert is_problem(await contact.tells(lead.lead_id, "outreach", lead_id=UNKNOWN), 403)
    assert is_problem(await contact.tells(lead.lead_id, "outreach", lead_id=None), 403)


async def test_an_outcome_that_is_anothers_or_wrong_is_refused_and_changes_nothing(
    contact: Contact,
) -> None:
    lead = await granted(contact)
    before = await contact.announced()
    assert is_problem(await contact.tells(lead.lead_id, "victim_support"), 403)
    assert is_problem(await contact.tells(lead.lead_id, "outreach", agency="idva"), 403)
    assert is_problem(await contact.tells(UNKNOWN, "outreach"), 404)
    assert await contact.announced() == before
    wrong = await contact.tells(lead.lead_id, "outreach", outcome="shouted", at="yesterday")
    assert is_problem(wrong, 422)
    assert {problem["path"] for problem in wrong.json()["problems"]} == {"/outcome", "/at"}
    stale = await contact.tells(lead.lead_id, "outreach", fence=9)
    assert [problem["path"] for problem in stale.json()["problems"]] == ["/fence"]
    assert "contact.attempt-recorded.v1" not in await contact.announced()


async def test_the_door_describes_itself(contact: Contact) -> None:
    described = (await contact.client.get("/openapi.json")).json()
    assert set(described["paths"]) == {"/v1/leads/{lead_id}", "/v1/leads/{lead_id}/outcomes"}
    assert "ContactOutcomeTold" in described["components"]["schemas"]
    assert SERVICE.door is not None
