"""Handing mails over: leases, kinds of failure, expiry, and what comes back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from services.kit import sendings
from services.kit.clock import SteeredClock
from services.kit.dispatch import Dispatcher, Lot
from services.kit.gateways import NotEver, NotNow, Outcome
from services.kit.mail import MailGateway, letter_of
from services.kit.records import KeptRecord
from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.sending import Mail
from services.kit.sendings import Again
from services.kit.telling import put_off_for
from services.kit.testing import a_record
from services.ops.platform.mail import mail_sink
from tests.kit.mail_server import Server
from tests.kit.trial import MAILING, NOON, a_cancellation, incident, trail

DUE = NOON + timedelta(minutes=5)


@pytest.fixture
async def dispatcher(runtime: Runtime, server: Server) -> AsyncIterator[Dispatcher]:
    await Runner(runtime, runtime.tell).take([asks_for_mail(1)])
    found = Dispatcher(runtime)
    yield found
    await found.stop()


def asks_for_mail(number: int) -> KeptRecord:
    return a_record(a_cancellation(number, MAILING), at=NOON, trail=trail(number))


def step_to(runtime: Runtime, minutes: int) -> None:
    clock = runtime.clock
    assert isinstance(clock, SteeredClock)
    clock.step_to(NOON + timedelta(minutes=minutes))


async def state(runtime: Runtime) -> tuple[str, int, bool]:
    [row] = await runtime.database.fetch("SELECT state, attempts, message FROM kit.sendings")
    return row["state"], row["attempts"], row["message"] is not None


async def answers(runtime: Runtime) -> list[dict[str, Any]]:
    rows = await runtime.database.fetch(
        "SELECT payload, headers FROM kit.outbox WHERE type = 'schools.mail-ended.v1'"
    )
    return [orjson.loads(row["payload"]) | {"time": row["headers"]["ce_time"]} for row in rows]


async def test_an_accepted_mail_is_blanked_and_answered(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    assert (await dispatcher.round("mail")).ended == []
    step_to(runtime, 5)
    [ended] = (await dispatcher.round("mail")).ended
    assert ended.outcome is Outcome.ACCEPTED
    assert await state(runtime) == ("accepted", 1, False)
    [answer] = await answers(runtime)
    assert (answer["outcome"], answer["at"]) == ("accepted", "2026-11-27T12:05:00Z")
    assert len(server.kept) == 1
    assert (await dispatcher.round("mail")).ended == []


async def test_a_refused_mail_is_not_tried_again(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    server.at_rcpt = "550 no such person"
    step_to(runtime, 5)
    [ended] = (await dispatcher.round("mail")).ended
    assert ended.outcome is Outcome.REFUSED
    assert [answer["outcome"] for answer in await answers(runtime)] == ["refused"]


async def deliver(runtime: Runtime, *places: str) -> list[str]:
    gateway, came = MailGateway(runtime.settings), []
    for place in places:
        try:
            await gateway.deliver(Mail(to=place, subject="A child", text="Ring."), place, NOON)
        except (NotEver, NotNow) as fault:
            came.append(str(fault))
        else:
            came.append("accepted")
    await gateway.close()
    return came


async def test_an_address_that_the_server_cannot_take_spoils_no_other_mail(
    runtime: Runtime, server: Server
) -> None:
    came = await deliver(runtime, "zoë@a.sch.uk", "head@a..uk", "head@b.sch.uk", "head@schöol.uk")
    assert came == [
        "the server takes no address beyond ASCII",
        "the domain of the address is no domain",
        "accepted",
        "accepted",
    ]
    assert server.to == ["head@b.sch.uk", "head@xn--schol-lua.uk"]


async def test_an_address_beyond_ascii_is_written_to_where_the_server_takes_it(
    runtime: Runtime, tmp_path: Path
) -> None:
    async with mail_sink(tmp_path) as sink:
        at_sink = runtime.settings.model_copy(update={"smtp_port": sink.port})
        object.__setattr__(runtime, "settings", at_sink)
        assert await deliver(runtime, "zoë@schöol.uk") == ["accepted"]
        assert len(sink.mails()) == 1


async def test_commands_out_of_order_say_nothing_of_the_mailbox(
    runtime: Runtime, server: Server
) -> None:
    server.at_rcpt = "503 Error: need MAIL command"
    assert await deliver(runtime, "head@a.uk") == ["commands out of order"]


async def test_a_mail_put_off_is_tried_again_later(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    server.at_data = "451 not now"
    step_to(runtime, 5)
    lot = await dispatcher.round("mail")
    assert (lot.ended, len(lot.again)) == ([], 1)
    assert await state(runtime) == ("waiting", 1, True)
    assert (await dispatcher.round("mail")).again == []
    server.at_data = "250 kept"
    step_to(runtime, 6)
    [ended] = (await dispatcher.round("mail")).ended
    assert ended.outcome is Outcome.ACCEPTED


async def test_a_busy_mailbox_makes_no_other_mail_wait(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    """Only where nobody answers at the server do its other mails wait."""
    step_to(runtime, 5)
    for answer, waits in (("450 mailbox busy", 0), ("421 shutting down", 1)):
        server.at_rcpt = answer
        lot = await dispatcher.round("mail")
        assert (len(lot.again), lot.put_off) == (1, waits), answer
        step_to(runtime, 10)


async def test_a_broken_connection_after_the_text_means_a_second_copy_same_message_id(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    server.at_data = "hang up"
    step_to(runtime, 5)
    assert (await dispatcher.round("mail")).put_off == 1
    server.at_data = "250 kept"
    step_to(runtime, 6)
    await dispatcher.round("mail")
    first, second = (message_id(letter) for letter in server.kept)
    assert first == second


async def test_after_five_copies_that_may_have_arrived_a_human_is_asked(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    server.at_data = "hang up"
    for hour in range(5):
        step_to(runtime, 5 + 60 * hour)
        lot = await dispatcher.round("mail")
    [ended] = lot.ended
    assert (ended.outcome, len(server.kept)) == (Outcome.UNCERTAIN, 5)
    assert [answer["outcome"] for answer in await answers(runtime)] == ["uncertain"]
    step_to(runtime, 60 * 24)
    assert (await dispatcher.round("mail")).ended == []


async def test_what_was_not_even_tried_makes_the_next_wait_no_longer(runtime: Runtime) -> None:
    await Runner(runtime, runtime.tell).take([asks_for_mail(1)])
    for tried, attempts in ((False, 0), (True, 1), (False, 1)):
        lease = uuid4()
        async with runtime.database.transaction(DUE) as transaction:
            [claimed] = await sendings.claim(transaction, lease, "mail", 10, DUE)
            await sendings.let_go(transaction, lease, [Again(claimed, DUE, "rests", tried=tried)])
        assert await state(runtime) == ("waiting", attempts, True)


async def test_what_reaches_a_victim_is_never_tried_twice(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    await runtime.database.fetch("UPDATE kit.sendings SET at_most_once = true")
    server.at_data = "hang up"
    step_to(runtime, 5)
    [ended] = (await dispatcher.round("mail")).ended
    assert ended.outcome is Outcome.UNCERTAIN
    step_to(runtime, 60)
    assert (await dispatcher.round("mail")).ended == []
    assert len(server.kept) == 1


@pytest.mark.parametrize(
    ("at_most_once", "outcome", "copies"),
    [(True, Outcome.UNCERTAIN, 0), (False, Outcome.ACCEPTED, 1)],
)
async def test_a_claim_whose_owner_died_is_taken_over_when_its_lease_is_over(
    runtime: Runtime,
    dispatcher: Dispatcher,
    server: Server,
    at_most_once: bool,
    outcome: Outcome,
    copies: int,
) -> None:
    await runtime.database.fetch("UPDATE kit.sendings SET at_most_once = $1", at_most_once)
    async with runtime.database.transaction(DUE) as transaction:
        [claimed] = await sendings.claim(transaction, uuid4(), "mail", 10, DUE)
    step_to(runtime, 5)
    assert (await dispatcher.round("mail")).ended == []
    step_to(runtime, 7)
    [ended] = (await dispatcher.round("mail")).ended
    assert (ended.outcome, len(server.kept)) == (outcome, copies)
    assert claimed.reference == f"mail/{incident(1)}"


async def test_an_outcome_of_a_lost_lease_changes_nothing(runtime: Runtime) -> None:
    await Runner(runtime, runtime.tell).take([asks_for_mail(1)])
    late, owner = uuid4(), uuid4()
    async with runtime.database.transaction(DUE) as transaction:
        [claimed] = await sendings.claim(transaction, owner, "mail", 10, DUE)
    lot = Lot(ended=[sendings.Ended(claimed, Outcome.REFUSED, DUE)])
    await Dispatcher(runtime).keep(late, lot)
    assert (await state(runtime))[0] == "claimed"
    assert await answers(runtime) == []


async def test_a_mail_past_its_time_expires(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    step_to(runtime, 60 * 24 * 8)
    [ended] = (await dispatcher.round("mail")).ended
    assert ended.outcome is Outcome.EXPIRED
    assert server.kept == []


async def test_two_dispatchers_never_claim_the_same(runtime: Runtime) -> None:
    await Runner(runtime, runtime.tell).take([asks_for_mail(number) for number in range(20)])

    async def claim() -> list[str]:
        async with runtime.database.transaction(DUE) as transaction:
            found = await sendings.claim(transaction, uuid4(), "mail", 8, DUE)
        return [each.reference for each in found]

    lots = await asyncio.gather(claim(), claim(), claim())
    references = [reference for lot in lots for reference in lot]
    assert len(references) == len(set(references)) == 20


def read(mail: Mail) -> EmailMessage:
    letter = message_from_bytes(letter_of(mail, "r", NOON, "from@onward.invalid"), policy=default)
    assert isinstance(letter, EmailMessage)
    return letter


def test_markup_and_line_breaks_in_a_header_stay_one_line() -> None:
    letter = read(Mail(to="a@b.invalid", subject="one\r\nBcc: x@y.invalid", text="t"))
    assert letter["Subject"] == "one Bcc: x@y.invalid"
    assert letter["Bcc"] is None


def test_a_letter_says_what_it_was_given_to_say() -> None:
    text = "Zoë, 7.\n" + "long " * 400 + "\n.\n"
    headers = {"X-Onward-Reference": " ".join([str(uuid4())] * 20)}
    mail = Mail(to="a@b.invalid", subject="Für Zoë", text=text, html="<p>Zoë</p>", headers=headers)
    letter = read(mail)
    assert letter.get_content_type() == "multipart/alternative"
    plain = letter.get_body(("plain",))
    rich = letter.get_body(("html",))
    assert plain is not None and plain.get_content().replace("\r\n", "\n") == text
    assert rich is not None and rich.get_content().strip() == "<p>Zoë</p>"
    assert letter["Subject"] == "Für Zoë"
    assert letter["X-Onward-Reference"] == headers["X-Onward-Reference"]
    assert letter["X-Onward-Sent-At"] == "2026-11-27T12:00:00Z"


def message_id(letter: bytes) -> bytes:
    return next(line for line in letter.splitlines() if line.startswith(b"Message-ID"))


async def test_mail_that_was_tried_and_did_not_go_is_measured_from_when_it_was_due(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    later = DUE + timedelta(minutes=10)
    assert isinstance(runtime.clock, SteeredClock)
    assert await put_off_for(runtime.database, later) == 0
    server.at_rcpt = "451 4.7.1 later"
    runtime.clock.step_to(DUE)
    await dispatcher.round("mail")
    assert await put_off_for(runtime.database, later) == 600
    await Runner(runtime, runtime.tell).take([asks_for_mail(2)])
    assert await put_off_for(runtime.database, later) == 600
    server.at_rcpt = ""
    runtime.clock.step_to(later)
    await dispatcher.round("mail")
    assert await put_off_for(runtime.database, later) == 0
