"""The door of police_notifications, on the real database."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest

from services.kit import doorway
from services.kit.authentication import issue, revoke
from services.police_notifications.door import door
from tests.services.police_notifications.builders import NOON, SOURCE, a_form, graded
from tests.services.police_notifications.conftest import Police

REPORTED = "police.incident-reported.v1"
AMENDED = "police.incident-amended.v1"
REFUSED = "police.report-refused.v1"


def paths(response: httpx.Response) -> list[str]:
    """Which fields a refusal names."""
    assert response.headers["content-type"] == "application/problem+json"
    return [problem["path"] for problem in response.json()["problems"]]


async def test_a_report_is_accepted_with_the_place_of_its_receipt(police: Police) -> None:
    answer = await police.post(a_form(reference="SYP 1/2", suspect=None))
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/incident-reports/{SOURCE}/SYP%201%2F2"
    receipt = await police.get(answer.headers["location"])
    assert receipt.status_code == 200
    told = receipt.json()
    assert (told["status"], told["revision"], told["area"]) == ("reported", 1, "rotherham")
    assert [one["outcome"] for one in told["revisions"]] == ["accepted"]
    assert {mark["code"] for mark in told["marked"]} == {"suspect_missing"}
    assert await police.said() == [REPORTED]


async def test_a_receipt_holds_nothing_personal(police: Police) -> None:
    form = a_form(circumstances="Narrated words.")
    answer = await police.post(form)
    receipt = (await police.get(answer.headers["location"])).text
    for words in ("Amina", "Testcase", "Narrated", "07700", "Example", "1991"):
        assert words not in answer.text + receipt


async def test_amendments_and_cancellations_go_the_same_way(police: Police) -> None:
    await police.post(a_form(1))
    await police.post(a_form(2, circumstances="More."))
    answer = await police.post(a_form(3, "cancelled"))
    told = (await police.get(answer.headers["location"])).json()
    assert (told["status"], told["revision"]) == ("cancelled", 3)
    outcomes = [one["outcome"] for one in told["revisions"]]
    assert outcomes == ["accepted", "amended", "cancelled"]
    assert await police.said() == [REPORTED, AMENDED, "police.incident-cancelled.v1"]


async def test_the_same_report_twice_is_answered_alike_and_said_once(police: Police) -> None:
    first, second = await police.post(a_form()), await police.post(a_form())
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert await police.said() == [REPORTED]


async def test_a_revision_with_other_content_is_refused_however_often_it_comes(
    police: Police,
) -> None:
    await police.post(a_form())
    for _ in range(2):
        answer = await police.post(a_form(circumstances="Other words."))
        assert answer.status_code == 422
        assert paths(answer) == ["/revision"]
    assert (await police.said()).count(REFUSED) == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{", [""]),
        (b"[]", [""]),
        (b'{"source": "a", "source": "b"}', [""]),
        ({**a_form(), "status": None, "revision": "one"}, ["/revision", "/status"]),
        (a_form(victim={"date_of_birth": "2021-02-30"}), ["/victim/date_of_birth"]),
        (a_form(victim={"given_names": "N/A"}), ["/victim"]),
        (a_form(circumstances="x" * 20_001), ["/circumstances"]),
        (a_form(victim={"given_names": "A\x00"}), ["/victim/given_names"]),
    ],
)
async def test_bad_input_is_refused_with_each_field_named(
    police: Police, content: Any, expected: list[str]
) -> None:
    for _ in range(2):
        answer = await police.post(content)
        assert answer.status_code == 422
        assert sorted(paths(answer)) == expected
    assert await police.said() == [REFUSED]
    [[kept]] = await police.runtime.database.fetch("SELECT count(*) FROM reports")
    assert kept == 0


async def test_a_refusal_never_quotes_the_value(police: Police) -> None:
    answer = await police.post(a_form(revision="Very-secret", victim={"sex": 5}))  # type: ignore[arg-type]
    assert "secret" not in answer.text


async def test_no_token_no_entry(police: Police) -> None:
    for headers in ({"authorization": ""}, {"authorization": "Bearer wrong"}):
        answer = await police.post(a_form(), **headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (await police.client.get(f"/v1/incident-reports/{SOURCE}/R1")).status_code == 401
    assert await police.said() == []


async def test_a_token_for_one_sender_cannot_send_or_read_for_another(police: Police) -> None:
    await police.post(a_form())
    tokens = police.runtime.settings.tokens_file
    assert tokens is not None
    police.token = issue(tokens, "other-police", NOON)
    answer = await police.post(a_form(reference="R2"))
    assert (answer.status_code, paths(answer)) == (403, ["/source"])
    assert (await police.get(f"/v1/incident-reports/{SOURCE}/R1")).status_code == 403
    assert await police.said() == [REPORTED]


async def test_a_sender_that_no_area_file_names_is_refused_at_source(police: Police) -> None:
    tokens = police.runtime.settings.tokens_file
    assert tokens is not None
    police.token = issue(tokens, "other-police", NOON)
    answer = await police.post({**a_form(), "source": "other-police"})
    assert answer.status_code == 422
    assert paths(answer) == ["/source"]


async def test_a_revoked_token_opens_nothing(police: Police) -> None:
    tokens = police.runtime.settings.tokens_file
    assert tokens is not None
    revoke(tokens, SOURCE)
    assert (await police.post(a_form())).status_code == 401


async def test_a_receipt_of_nothing_is_not_found(police: Police) -> None:
    assert (await police.get(f"/v1/incident-reports/{SOURCE}/none")).status_code == 404


async def test_256_kib_and_no_more(police: Police) -> None:
    form = a_form(circumstances="x" * 20_000)
    padding = doorway.BODY_LIMIT - len(json.dumps(form | {"padding": ""}))
    fits = json.dumps(form | {"padding": "x" * padding}).encode()
    assert (await police.post(fits)).status_code == 202
    assert (await police.post(fits + b" ")).status_code == 413


async def test_a_body_that_hides_its_length_is_cut_off_too(police: Police) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 1024

    answer = await police.client.post(
        "/v1/incident-reports",
        content=pieces(),
        headers={"authorization": f"Bearer {police.token}"},
    )
    assert answer.status_code == 413


async def test_an_idempotency_key_is_honoured_though_not_needed(police: Police) -> None:
    key = {"idempotency-key": "k-1"}
    first = await police.post(a_form(), **key)
    again = await police.post(a_form(), **key)
    assert (first.status_code, again.status_code) == (202, 202)
    other = await police.post(a_form(2), **key)
    assert other.status_code == 422
    assert other.json()["problems"][0]["code"] == "idempotency_key_reused"
    assert (await police.post(a_form(2), **{"idempotency-key": "x" * 256})).status_code == 422
    assert await police.said() == [REPORTED]


async def test_a_key_is_bound_to_what_a_report_says_not_to_how_it_is_written(
    police: Police,
) -> None:
    key = {"idempotency-key": "k-1"}
    assert (await police.post(a_form(), **key)).status_code == 202
    written_anew = json.dumps(dict(reversed(a_form().items())), indent=2).encode()
    assert (await police.post(written_anew, **key)).status_code == 202
    assert await police.said() == [REPORTED]


async def test_a_key_of_a_refused_report_may_be_used_again(police: Police) -> None:
    key = {"idempotency-key": "k-1"}
    assert (await police.post(a_form(victim=None), **key)).status_code == 422
    assert (await police.post(a_form(), **key)).status_code == 202


async def test_of_messages_under_one_key_at_one_moment_one_is_taken_in(police: Police) -> None:
    key = {"idempotency-key": "k-1"}
    forms = [a_form(reference=f"R{number}") for number in range(8)]
    answers = await asyncio.gather(*(police.post(form, **key) for form in forms))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [202] + [422] * 7
    assert await police.said() == [REPORTED]
    [taken] = [answer.json()["incident_id"] for answer in answers if answer.status_code == 202]
    rows = await police.runtime.database.fetch("SELECT report_id FROM reports")
    assert [str(row[0]) for row in rows] == [taken]


async def test_a_message_sent_twice_at_one_moment_under_one_key_is_answered_alike(
    police: Police,
) -> None:
    answers = await asyncio.gather(
        *(police.post(a_form(), **{"idempotency-key": "k-1"}) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert await police.said() == [REPORTED]


async def test_a_key_is_not_bound_by_a_report_that_is_refused_again(police: Police) -> None:
    key = {"idempotency-key": "k-1"}
    for _ in range(2):
        assert (await police.post(a_form(victim=None), **key)).status_code == 422
    assert (await police.post(a_form(), **key)).status_code == 202


@pytest.fixture
async def narrow(police: Police, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Police]:
    """A door before which two announcements may wait."""
    monkeypatch.setattr(doorway, "ASK_AGAIN_AFTER", -1.0)
    settings = police.runtime.settings.model_copy(update={"backlog_limit": 2})
    app = door(replace(police.runtime, settings=settings))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://police.test") as client:
        police.client = client
        yield police


async def test_while_the_broker_is_away_the_door_stays_open_up_to_a_bound(narrow: Police) -> None:
    answers = [await narrow.post(a_form(reference=f"R{n}")) for n in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 503]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert await narrow.said() == [REPORTED, REPORTED]


async def test_a_full_door_takes_in_what_is_urgent_up_to_twice_its_bound(narrow: Police) -> None:
    for number in range(2):
        assert (await narrow.post(a_form(reference=f"R{number}"))).status_code == 202
    grave = a_form(reference="GRAVE", risk=graded("HIGH"))
    withdrawn = a_form(2, "cancelled", reference="R0")
    later = a_form(reference="LATER", risk=graded("HIGH"))
    answers = [await narrow.post(form) for form in (grave, withdrawn, later)]
    assert [answer.status_code for answer in answers] == [202, 202, 503]
    assert await narrow.said() == [REPORTED, REPORTED, REPORTED, "police.incident-cancelled.v1"]


async def test_while_the_database_is_away_the_door_says_later(
    police: Police, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*arguments: Any) -> Any:
        raise asyncpg.ConnectionDoesNotExistError("gone")

    monkeypatch.setattr(police.runtime.database, "fetch", away)
    answer = await police.post(a_form())
    assert answer.status_code == 503
    assert "retry-after" in answer.headers


async def test_the_description_of_the_door_is_served(police: Police) -> None:
    described = (await police.client.get("/openapi.json")).json()
    posted = described["paths"]["/v1/incident-reports"]["post"]
    shape = posted["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    report = described["components"]["schemas"][shape.rsplit("/", 1)[1]]
    assert {"source", "reference", "revision", "status", "victim"} <= set(report["properties"])
    assert set(posted["responses"]) >= {"202", "401", "403", "413", "422", "503"}
    refs = set(json.dumps(described).split('"#/components/schemas/')[1:])
    names = {ref.split('"')[0] for ref in refs}
    assert names <= set(described["components"]["schemas"])


async def test_a_late_lower_revision_is_answered_with_the_present_one(police: Police) -> None:
    await police.post(a_form(2, risk=graded("STANDARD")))
    answer = await police.post(a_form(1, risk=graded("HIGH")))
    assert answer.status_code == 202
    assert answer.json()["revision"] == 2
    assert [one["outcome"] for one in answer.json()["revisions"]] == ["accepted", "amended"]
    assert await police.said() == [REPORTED, AMENDED]


async def test_revisions_handed_in_at_once_keep_one_order(police: Police) -> None:
    forms = [a_form(n, circumstances=f"Words {n}.", risk=graded("HIGH")) for n in range(1, 9)]
    answers = await asyncio.gather(*(police.post(form) for form in forms))
    assert {answer.status_code for answer in answers} == {202}
    rows = await police.runtime.database.fetch("SELECT payload FROM kit.outbox ORDER BY seq")
    said = [json.loads(row[0]) for row in rows]
    assert [one["version"] for one in said] == list(range(1, len(said) + 1))
    revisions = [one["revision"] for one in said]
    assert revisions == sorted(revisions)
    receipt = (await police.get(answers[0].headers["location"])).json()
    assert receipt["revision"] == 8
    assert len(receipt["revisions"]) == 8
