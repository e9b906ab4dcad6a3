"""One batch in one transaction: inbox, state, announcements, all of it or nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.envelope import AlarmRaised, Envelope, Event
from services.kit import inbox, outbox, paging, parking
from services.kit.database import Transaction
from services.kit.intents import Intents
from services.kit.notices import notice_of
from services.kit.parking import Held, Parked
from services.kit.records import Incoming
from services.kit.runtime import Runtime
from services.kit.saying import Said
from services.kit.sending import EndThread, Send, Withdraw
from services.kit.service import LockMore
from services.kit.timers import Later

Allows = Callable[[Transaction, Sequence[Said]], Awaitable[None]]
"""Raises on what a batch would say, which is then taken back with everything else; what it writes
itself is committed with that.
"""
LOCKS_AT_MOST = 4000
RESTARTS_AT_MOST = 20


class TooMuchAtOnce(Exception):  # noqa: N818
    """A batch needs more locks than one transaction may take: it must be smaller."""


class RefusalUnsaid(Exception):  # noqa: N818
    """A partner's message is bad and the service has no event to refuse it with."""


@dataclass
class Answers:
    """What a batch announces, collected in order."""

    runtime: Runtime
    said: list[Said] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    intents: Intents = field(init=False)

    def __post_init__(self) -> None:
        self.intents = Intents(self.runtime.voice, steered=self.runtime.clock.steered)

    def add(self, answer: Any, cause: Envelope, at: datetime) -> None:
        """One thing that a handler returned."""
        match answer:
            case Later():
                due = max(answer.at, at)  # Nothing is said before what it answers.
                self.said.append(self.runtime.voice.say(answer.event, cause, at, due))
            case Send():
                self.intents.send(answer, cause, at)
            case Withdraw():
                self.intents.withdraw(answer.reference, at)
            case EndThread():
                self.intents.end_thread(answer.thread, at)
            case _:
                self._say(answer, cause, at)

    def _say(self, event: Event, cause: Envelope, at: datetime) -> None:
        said = self.runtime.voice.say(event, cause, at)
        self.said.append(said)
        self.events.append(event)
        if isinstance(event, AlarmRaised):
            self.intents.send(notice_of(event, said.id, said.headers["ce_subject"]), cause, at)


@dataclass(frozen=True)
class Committed:
    """What a batch left behind, for those who go on with it."""

    taken: int = 0
    said: int = 0
    answered: int = 0
    """Outcomes of sendings, said to oneself: nobody waits for them, they go with what is next."""
    timers: tuple[datetime, ...] = ()
    sendings: tuple[datetime, ...] = ()
    parked: tuple[Parked, ...] = ()
    events: tuple[Event, ...] = ()


async def commit(
    runtime: Runtime,
    items: Sequence[Incoming],
    parked: Parked | None = None,
    *,
    allows: Allows | None = None,
) -> Committed:
    """Handle a batch; with `parked`, its one message is kept aside instead."""
    await runtime.partitions.ensure({item.day for item in items})
    # What is kept aside touches no state; and it may be the naming of locks that failed.
    names = _locks(runtime, items) if parked is None else set()
    for _ in range(RESTARTS_AT_MOST):
        if len(names) > LOCKS_AT_MOST and len(items) > 1:
            raise TooMuchAtOnce(f"{len(names)} locks")
        try:
            return await _attempt(runtime, items, names, parked, allows)
        except LockMore as more:
            if more.names <= names:
                raise
            names = names | more.names
    raise TooMuchAtOnce(f"the load asked for more locks {RESTARTS_AT_MOST} times")


def _locks(runtime: Runtime, items: Sequence[Incoming]) -> set[str]:
    return set(runtime.service.locks([item.event for item in items if item.event is not None]))


async def _attempt(
    runtime: Runtime,
    items: Sequence[Incoming],
    names: set[str],
    parked: Parked | None,
    allows: Allows | None,
) -> Committed:
    now = max(_moments(runtime, items, runtime.clock.now()))
    async with runtime.database.transaction(now, runtime.reference, locked=names) as transaction:
        fresh, held = await _sort_out(transaction, items)
        if parked is not None and fresh:
            held.set_aside(parked)
        ready = held.sort_out(fresh)
        answers = await decide(runtime, transaction, ready)
        if allows is not None:
            await allows(transaction, answers.said)
        for each in held.parked:
            page(runtime, answers, each, now)
        await write(transaction, answers)
        await parking.park(transaction, held.parked, now)
    return committed(len(fresh), answers, tuple(held.parked))


async def _sort_out(
    transaction: Transaction, items: Sequence[Incoming]
) -> tuple[list[Incoming], Held]:
    fresh, places = await inbox.first_seen(transaction, items)
    if not places and len(fresh) == len(items):
        return fresh, Held(set())
    # Whoever handled the others meanwhile may have parked them: what was read then is too old.
    return fresh, await parking.held(transaction, fresh)


async def decide(runtime: Runtime, transaction: Transaction, items: Sequence[Incoming]) -> Answers:
    """Load what they may touch, let the handlers answer in order, save what changed."""
    answers = Answers(runtime)
    heard = [item.event for item in items if item.event is not None]
    state = await runtime.service.load(transaction, heard) if heard else None
    for item, now in zip(items, _moments(runtime, items, transaction.now), strict=True):
        _answer(runtime, answers, item, state, now)
    if heard:
        await runtime.service.save(transaction, state)
    return answers


def _moments(runtime: Runtime, items: Sequence[Incoming], now: datetime) -> Sequence[datetime]:
    """When each is decided: one moment for a whole batch, unless the clock is steered."""
    if not runtime.clock.steered:
        return [now] * len(items)
    return [runtime.clock.at_event(item.envelope.time) for item in items]


def _answer(runtime: Runtime, answers: Answers, item: Incoming, state: Any, now: datetime) -> None:
    if item.event is None:
        answers.add(_refusal(runtime, item), item.envelope, now)
        return
    for handler in runtime.hearers[type(item.event)]:
        for answer in handler(item.event, state, now):
            answers.add(answer, item.envelope, now)


def _refusal(runtime: Runtime, item: Incoming) -> Event:
    if runtime.service.refuses is None:
        raise RefusalUnsaid(item.record.topic)
    refusal = runtime.service.refuses(
        topic=item.record.topic, reference=item.envelope.subject, problems=item.problems
    )
    return refusal.keyed(item.envelope.key)


def page(runtime: Runtime, answers: Answers, parked: Parked, now: datetime) -> None:
    """Tell a human at once that a message was parked, how grave it is and by when."""
    alarm = None if parked.behind else paging.parked_alarm(runtime, parked)
    if alarm is not None:
        answers.add(alarm, parked.item.envelope, now)


async def write(transaction: Any, answers: Answers) -> None:
    """Announcements and intents, with the state."""
    await outbox.say(transaction, answers.said)
    await answers.intents.save(transaction)


def committed(taken: int, answers: Answers, parked: tuple[Parked, ...] = ()) -> Committed:
    """The summary of what was written."""
    return Committed(
        taken=taken,
        said=sum(1 for said in answers.said if said.deliver_at is None),
        timers=tuple(said.deliver_at for said in answers.said if said.deliver_at is not None),
        sendings=tuple(answers.intents.due),
        parked=parked,
        events=tuple(answers.events),
    )
