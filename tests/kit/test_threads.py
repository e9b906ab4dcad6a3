"""Messages of one thread: their order, their end, and who hears that one was not accepted."""

from collections.abc import AsyncIterator
from email import message_from_bytes
from uuid import uuid4

import orjson
import pytest

from contracts.envelope import Envelope
from contracts.ops import OpsAlarm
from services.kit import sendings
from services.kit.dispatch import Dispatcher
from services.kit.gateways import Outcome
from services.kit.intents import Intents
from services.kit.runtime import Runtime
from services.kit.sending import Mail, Send
from tests.kit.mail_server import Server
from tests.kit.test_dispatch import step_to
from tests.kit.trial import NOON, a_cancellation, an_alarm, incident, trail

LEAD = "lead/1"


@pytest.fixture
async def dispatcher(runtime: Runtime, server: Server) -> AsyncIterator[Dispatcher]:
    found = Dispatcher(runtime)
    yield found
    await found.stop()


def told(name: str, thread: str | None = LEAD) -> Send[OpsAlarm]:
    mail = Mail(to="idva@rotherham.invalid", subject=name, text="Nothing personal.")
    return Send(name, mail, an_alarm(a_cancellation(1)), thread=thread)


def the_cause() -> Envelope:
    about = trail(1)
    return Envelope(
        id=uuid4(),
        type="police.incident-cancelled.v1",
        source="/services/test",
        time=NOON,
        subject=about.subject,
        key=str(incident(1)),
        correlation_id=about.correlation_id,
    )


async def queue(runtime: Runtime, *sends: Send[OpsAlarm], ending: str | None = None) -> None:
    intents = Intents(runtime.voice, steered=False)
    now = runtime.clock.now()
    for send in sends:
        intents.send(send, the_cause(), now)
    if ending is not None:
        intents.end_thread(ending, now)
    async with runtime.database.transaction(now) as transaction:
        await intents.save(transaction)


def subjects(server: Server) -> list[str]:
    return [str(message_from_bytes(letter)["Subject"]) for letter in server.kept]


async def alarms(runtime: Runtime) -> list[str]:
    rows = await runtime.database.fetch(
        "SELECT payload FROM kit.outbox WHERE type = 'ops.alarm-raised.v1'"
    )
    return [orjson.loads(row["payload"])["code"] for row in rows]


async def test_what_one_batch_queues_is_handed_over_in_the_order_in_which_it_was_said(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    await queue(runtime, told("granted"), told("attempt"), told("ended"))
    await dispatcher.round("mail")
    assert subjects(server) == ["granted", "attempt", "ended"]


async def test_what_could_not_be_told_in_time_is_not_told_after_its_thread_ended(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    server.at_rcpt = "451 not now"
    await queue(runtime, told("granted"))
    assert len((await dispatcher.round("mail")).again) == 1
    step_to(runtime, 1)
    await queue(runtime, told("ended", thread=None), ending=LEAD)
    server.at_rcpt = ""
    step_to(runtime, 2)
    outcomes = {each.claimed.reference: each.outcome for each in await all_of(dispatcher)}
    assert outcomes == {"granted": Outcome.EXPIRED, "ended": Outcome.ACCEPTED}
    assert subjects(server) == ["ended"]
    assert await alarms(runtime) == []


async def test_what_is_queued_and_ended_at_once_is_not_told(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    await queue(runtime, told("granted"), told("ended", thread=None), ending=LEAD)
    step_to(runtime, 1)
    await all_of(dispatcher)
    assert subjects(server) == ["ended"]


async def test_a_claim_whose_owner_died_is_not_handed_over_after_its_thread_ended(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    await queue(runtime, told("granted"))
    async with runtime.database.transaction(NOON) as transaction:
        await sendings.claim(transaction, uuid4(), "mail", 10, NOON)
    step_to(runtime, 1)
    await queue(runtime, ending=LEAD)
    step_to(runtime, 3)
    [ended] = await all_of(dispatcher)
    assert (ended.outcome, server.kept) == (Outcome.EXPIRED, [])


async def test_other_threads_go_on(
    runtime: Runtime, dispatcher: Dispatcher, server: Server
) -> None:
    await queue(runtime, told("hers", thread="lead/2"), ending=LEAD)
    step_to(runtime, 1)
    await all_of(dispatcher)
    assert subjects(server) == ["hers"]


@pytest.mark.parametrize(("answer", "raised"), [("", []), ("550 no", ["too_many"])])
async def test_an_alarm_as_the_answer_is_raised_only_where_the_message_was_not_accepted(
    runtime: Runtime, dispatcher: Dispatcher, server: Server, answer: str, raised: list[str]
) -> None:
    server.at_rcpt = answer
    await queue(runtime, told("granted"))
    heard: list[str] = []
    runtime.listeners.append(lambda done: heard.extend(type(e).__name__ for e in done.events))
    await dispatcher.round("mail")
    assert await alarms(runtime) == raised
    assert heard == ["OpsAlarm" for _ in raised]
    waiting = await runtime.database.fetch(
        "SELECT message FROM kit.sendings WHERE state = 'waiting'"
    )
    notices = [orjson.loads(row["message"])["headers"]["X-Onward-Reference"] for row in waiting]
    assert notices == [str(incident(1)) for _ in raised]


async def all_of(dispatcher: Dispatcher) -> list[sendings.Ended]:
    return (await dispatcher.round("mail")).ended
