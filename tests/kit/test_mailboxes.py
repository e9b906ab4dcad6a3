"""Where notices go: a mailbox or a webhook of the area's file, else the made-up address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest

from services.kit.areas import Area, AreaFileWrong, read_areas
from services.kit.clock import Clock
from services.kit.dispatch import Dispatcher, Lot
from services.kit.gateways import Outcome
from services.kit.mailboxes import mailboxes_of
from services.kit.runtime import Runtime
from services.kit.sending import Mail
from services.kit.sendings import Claimed
from tests.kit.mail_server import Server
from tests.kit.trial import NOON

NOTICE = {"X-Onward-Reference": "some-lead", "X-Onward-Step": "notice"}
REFERENCE = "granted/some-lead/housing"
MADE_UP = "housing@rotherham.invalid"


class OnTheWall:
    """A clock that nobody steers, at noon."""

    steered = False

    def now(self) -> datetime:
        return NOON

    def at_event(self, time: datetime) -> datetime:
        return NOON


def test_what_is_no_areas_goes_to_the_first_area_that_names_the_role() -> None:
    tables = {"rotherham": {"mash": "a@r.example"}, "sheffield": {"on_call": "b@s.example"}}
    found = mailboxes_of(tables)
    assert found["on_call@unknown.invalid"] == found["on_call@sheffield.invalid"] == "b@s.example"
    assert "on_call@rotherham.invalid" not in found


@dataclass
class Agency:
    """An agency's server: keeps what is posted and answers as told."""

    status: int | None = 200
    """None = it hangs up."""
    kept: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[1:-1]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head)}
        self.kept.append((headers, await reader.readexactly(int(headers["content-length"]))))
        if self.status is not None:
            moved = f"HTTP/1.1 {self.status} Word\r\nLocation: /moved\r\n"
            writer.write(f"{moved}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def answering(agency: Agency) -> AsyncIterator[str]:
    """The URL of an agency's webhook."""
    server = await asyncio.start_server(agency.serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/onward"
    server.close()


@asynccontextmanager
async def dispatching(
    runtime: Runtime, mailboxes: dict[str, str], *, clock: Clock | None = None
) -> AsyncIterator[Dispatcher]:
    """A dispatcher where the file of Rotherham names these mailboxes."""
    areas = {"rotherham": Area("rotherham", "372", "v", {"mailboxes": mailboxes})}
    at_work = replace(runtime, areas=areas, clock=clock or OnTheWall())
    dispatcher = Dispatcher(at_work)
    yield dispatcher
    await dispatcher.stop()


async def send(dispatcher: Dispatcher, to: str = MADE_UP, step: str = "notice") -> Lot:
    """Hand one mail over."""
    headers = NOTICE | {"X-Onward-Step": step}
    mail = Mail(to=to, subject="Onward: a lead", text="Stop.\n", headers=headers)
    claimed = Claimed(
        reference=REFERENCE,
        gateway="mail",
        message=mail.model_dump_json().encode(),
        answer_topic=None,
        answer=None,
        answer_headers=None,
        answer_key=None,
        created_at=NOON,
        due_at=NOON,
        try_at=NOON,
        at_most_once=False,
        attempts=1,
        place=0,
        left_uncertain=False,
        expires_at=NOON,
    )
    lot = Lot()
    await dispatcher.hand_over(claimed, NOON, lot)
    return lot


def addressee(letter: bytes) -> str:
    return next(li for li in letter.decode().splitlines() if li.startswith("To: "))[4:]


@pytest.mark.parametrize(
    ("to", "goes_to"),
    [
        (MADE_UP, "duty@housing.example"),
        ("idva@rotherham.invalid", "idva@rotherham.invalid"),
        ("housing@sheffield.invalid", "housing@sheffield.invalid"),
        ("head.106960@schools.invalid", "head.106960@schools.invalid"),
    ],
)
async def test_a_notice_goes_to_the_mailbox_of_the_areas_file_and_nothing_else_does(
    runtime: Runtime, server: Server, to: str, goes_to: str
) -> None:
    async with dispatching(runtime, {"housing": "duty@housing.example"}) as dispatcher:
        [ended] = (await send(dispatcher, to)).ended
    assert ended.outcome is Outcome.ACCEPTED
    assert [addressee(letter) for letter in server.kept] == [goes_to]


async def test_a_webhook_is_called_with_the_notice_under_the_sendings_reference(
    runtime: Runtime, server: Server
) -> None:
    agency = Agency()
    async with answering(agency) as url, dispatching(runtime, {"housing": url}) as dispatcher:
        [ended] = (await send(dispatcher)).ended
    assert ended.outcome is Outcome.ACCEPTED
    [(headers, body)] = agency.kept
    assert headers["idempotency-key"] == REFERENCE
    assert orjson.loads(body) == {
        "reference": "some-lead",
        "step": "notice",
        "subject": "Onward: a lead",
        "text": "Stop.\n",
        "sent_at": "2026-11-27T12:00:00Z",
    }
    assert server.kept == []


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
async def test_what_a_webhook_refuses_is_not_tried_again(runtime: Runtime, status: int) -> None:
    agency = Agency(status)
    async with answering(agency) as url, dispatching(runtime, {"housing": url}) as dispatcher:
        [ended] = (await send(dispatcher)).ended
    assert (ended.outcome, ended.why) == (Outcome.REFUSED, f"refused with {status}")


@pytest.mark.parametrize("status", [302, 408, 425, 429, 500, 503])
async def test_what_a_webhook_puts_off_is_tried_again_and_no_redirect_is_followed(
    runtime: Runtime, status: int
) -> None:
    agency = Agency(status)
    async with answering(agency) as url, dispatching(runtime, {"housing": url}) as dispatcher:
        lot = await send(dispatcher)
    assert [each.why for each in lot.again] == [f"put off with {status}"]
    assert len(agency.kept) == 1


async def test_a_webhook_that_hangs_up_is_uncertain_and_left_alone_for_a_while(
    runtime: Runtime,
) -> None:
    agency = Agency(None)
    async with answering(agency) as url, dispatching(runtime, {"housing": url}) as dispatcher:
        lots = [await send(dispatcher) for _ in range(2)]
    reasons = [each.why for lot in lots for each in lot.again]
    assert reasons == ["no answer after it was handed over", "it did not answer just now"]
    [_, [untried]] = [lot.again for lot in lots]
    assert not untried.tried
    assert NOON < untried.at <= NOON + timedelta(seconds=30)
    assert len(agency.kept) == 1


async def test_a_webhook_that_is_away_holds_up_no_mail(runtime: Runtime, server: Server) -> None:
    async with answering(Agency()) as url:
        pass
    async with dispatching(runtime, {"housing": url}) as dispatcher:
        lot = await send(dispatcher)
        assert ([each.why for each in lot.again], lot.put_off) == (["no connection"], 0)
        [ended] = (await send(dispatcher, "idva@rotherham.invalid")).ended
    assert ended.outcome is Outcome.ACCEPTED


async def test_what_is_no_notice_never_reaches_a_webhook(runtime: Runtime) -> None:
    agency = Agency()
    async with answering(agency) as url, dispatching(runtime, {"housing": url}) as dispatcher:
        [ended] = (await send(dispatcher, step="first")).ended
    assert (ended.outcome, agency.kept) == (Outcome.REFUSED, [])


async def test_under_a_steered_clock_nobody_real_is_told(runtime: Runtime, server: Server) -> None:
    mailboxes = {"housing": "duty@housing.example"}
    async with dispatching(runtime, mailboxes, clock=runtime.clock) as dispatcher:
        await send(dispatcher)
    assert [addressee(letter) for letter in server.kept] == [MADE_UP]


def a_file(folder: Path, mailboxes: str) -> Path:
    """A folder of one area with these mailboxes."""
    head = 'area = "here"\nauthority = "1"\nversion = "v"\n'
    (folder / "here.toml").write_text(f"{head}{mailboxes}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "place",
    [
        "duty@idva.example",
        "first.last+duty@idva.example.org",
        "https://housing.example/onward?key=1",
        "https://housing.example:8443",
        "http://127.0.0.1:9000/onward",
        "http://localhost/onward",
        "http://[::1]:9000",
    ],
)
def test_an_area_file_names_an_address_or_a_webhook(tmp_path: Path, place: str) -> None:
    areas = read_areas(a_file(tmp_path, f'[mailboxes]\nidva = "{place}"'))
    assert areas["here"].mailboxes == {"idva": place}


@pytest.mark.parametrize(
    "entry",
    [
        'idva = "nobody"',
        'idva = ""',
        'idva = "a@b"',
        'idva = "a@b.example, c@d.example"',
        'idva = "a@b.example;c@d.example"',
        'idva = "Duty <a@b.example>"',
        'idva = "a@b@c.example"',
        'idva = "a@b.example\\nBcc: c@d.example"',
        'idva = "http://housing.example/onward"',
        'idva = "https://"',
        'idva = "https://housing.example:port/"',
        'idva = "https://[housing/"',
        'idva = "https://housing.example/a b"',
        'idva = "ftp://housing.example"',
        "idva = 7",
        'idva = ["a@b.example"]',
    ],
)
def test_a_mailbox_that_cannot_be_one_is_named_with_its_file(tmp_path: Path, entry: str) -> None:
    with pytest.raises(AreaFileWrong, match=r"^here\.toml \[mailboxes\] idva: "):
        read_areas(a_file(tmp_path, f"[mailboxes]\n{entry}"))


@pytest.mark.parametrize("desk", ["authority_lead", "education_team", "authority_officer"])
def test_a_desk_that_is_told_of_children_has_no_webhook(tmp_path: Path, desk: str) -> None:
    with pytest.raises(AreaFileWrong, match=rf"{desk}: is told of children by mail"):
        read_areas(a_file(tmp_path, f'[mailboxes]\n{desk} = "https://council.example"'))
    read_areas(a_file(tmp_path, f'[mailboxes]\n{desk} = "team@council.example"'))


def test_mailboxes_that_are_no_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AreaFileWrong, match=r"^here\.toml \[mailboxes\]"):
        read_areas(a_file(tmp_path, 'mailboxes = "a@b.example"'))
