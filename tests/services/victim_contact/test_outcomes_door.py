"""Workers tell outcomes over real HTTP: taken in, or refused with the field and nothing changed."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from contracts.contact import AttemptRecorded, LeadGranted
from services.victim_contact.door import door
from tests.services.victim_contact.builders import HIGH, HOUR, NOON, a_regrade, a_screening
from tests.services.victim_contact.conftest import Contact

UNKNOWN = "00000000-0000-5000-8000-000000000000"


@dataclass
class Served:
    """The door on a socket, and the lead that outreach holds."""

    contact: Contact
    client: httpx.AsyncClient
    lead: LeadGranted

    async def tells(self, knocks: str | None = "outreach", **told: Any) -> httpx.Response:
        """Somebody tells an outcome of the lead."""
        headers = self.contact.token_of(knocks) if knocks else {}
        said = {"channel": "call", "outcome": "no_answer", "fence": 1, "at": NOON.isoformat()}
        lead_id = told.pop("of", self.lead.lead_id)
        body = told.pop("body", None) or json.dumps(said | told)
        return await self.client.post(
            f"/v1/leads/{lead_id}/outcomes", content=body, headers=headers
        )

    async def kept(self) -> list[Any]:
        """Everything that is kept of contact groups and leads."""
        tables = ("contact_groups", "leads")
        fetch = self.contact.runtime.database.fetch
        return [tuple(row) for table in tables for row in await fetch(f"SELECT * FROM {table}")]


@pytest.fixture
async def served(contact: Contact) -> AsyncIterator[Served]:
    """The door, served, with a lead."""
    await contact.hears(a_screening())
    [lead] = await contact.said(LeadGranted)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(door(contact.runtime), log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address) as client:
        yield Served(contact, client, lead)
    server.should_exit = True
    await serving


async def test_an_outcome_is_taken_in_with_the_token_of_the_lead(served: Served) -> None:
    answer = await served.tells(outcome="reached")
    assert (answer.status_code, answer.json()["new"]) == (202, True)
    [recorded] = await served.contact.said(AttemptRecorded)
    assert (recorded.lead_id, recorded.outcome) == (served.lead.lead_id, "reached")


REFUSED: list[tuple[str, dict[str, Any], int, list[str]]] = [
    ("no token", {"knocks": None}, 401, []),
    ("another agency's token", {"knocks": "victim_support"}, 403, []),
    ("for another agency", {"agency": "idva"}, 403, []),
    ("of another source", {"source": "idva"}, 403, []),
    ("of another lead than the path's", {"lead_id": UNKNOWN}, 403, []),
    ("a lead that was never granted", {"of": UNKNOWN}, 404, []),
    ("a lead that is no id", {"of": "hers"}, 404, []),
    ("an outcome nobody knows", {"outcome": "shouted"}, 422, ["/outcome"]),
    ("a channel nobody knows", {"channel": "pigeon"}, 422, ["/channel"]),
    ("a time without offset", {"at": "2026-11-24T12:00:00"}, 422, ["/at"]),
    ("a fence never granted", {"fence": 2}, 422, ["/fence"]),
    ("a fence of nought", {"fence": 0}, 422, ["/fence"]),
    ("a fence in words", {"fence": "one"}, 422, ["/fence"]),
    ("a point it was not given", {"contact_point": UNKNOWN}, 422, ["/contact_point"]),
    ("a note with a NUL", {"note": "a\u0000b"}, 422, ["/note"]),
    ("several faults at once", {"outcome": 5, "at": 5}, 422, ["/at", "/outcome"]),
    ("no JSON", {"body": b"{"}, 422, [""]),
    ("a list", {"body": b"[]"}, 422, [""]),
]


@pytest.mark.parametrize(
    ("words", "told", "status", "paths"), REFUSED, ids=[words for words, *_ in REFUSED]
)
async def test_it_is_refused_with_the_field_and_changes_nothing(
    served: Served, words: str, told: dict[str, Any], status: int, paths: list[str]
) -> None:
    before = await served.kept()
    answer = await served.tells(**told)
    assert answer.status_code == status, words
    assert answer.headers["content-type"] == "application/problem+json"
    found = [problem["path"] for problem in answer.json().get("problems") or []]
    assert sorted(found) == paths
    assert await served.kept() == before
    assert await served.contact.said(AttemptRecorded) == []


@pytest.mark.parametrize("told", [{"fence": 2}, {"contact_point": UNKNOWN}])
async def test_what_was_refused_is_refused_again(served: Served, told: dict[str, Any]) -> None:
    answers = [await served.tells(outcome="asked_no_contact", **told) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert answers[0].json() == answers[1].json() == answers[2].json()


async def test_what_was_taken_in_is_answered_alike_again(served: Served) -> None:
    answers = [await served.tells(outcome="asked_no_contact") for _ in range(2)]
    assert [(answer.status_code, answer.json()["new"]) for answer in answers] == [
        (202, True),
        (202, False),
    ]


async def test_an_old_lead_may_say_what_she_said_and_moves_nothing(served: Served) -> None:
    await served.contact.hears(a_regrade(risk=HIGH, at=NOON + HOUR))
    assert (await served.tells(outcome="no_answer")).status_code == 202
    assert (await served.tells(outcome="reached")).status_code == 202
    [_, present] = await served.contact.said(LeadGranted)
    rows = await served.contact.runtime.database.fetch(
        "SELECT lead_id FROM leads WHERE ended_at IS NULL"
    )
    assert [row[0] for row in rows] == [present.lead_id]


async def test_openapi_describes_it(served: Served) -> None:
    described = (await served.client.get("/openapi.json")).json()
    post = described["paths"]["/v1/leads/{lead_id}/outcomes"]["post"]
    assert {"202", "401", "403", "404", "422", "503"} <= set(post["responses"])
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ContactOutcomeTold"}
