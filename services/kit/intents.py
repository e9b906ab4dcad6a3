"""Intents to send, as rows: queued with the state, withdrawn while nobody has claimed them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.envelope import Envelope
from services.kit.bulk import to_json
from services.kit.database import Transaction
from services.kit.saying import Said, Voice
from services.kit.sending import Send

STANDS = timedelta(days=7)
QUEUE = """
INSERT INTO kit.sendings AS old
    (reference, gateway, state, message, answer_topic, answer, answer_headers, answer_key,
     created_at, due_at, try_at, expires_at, at_most_once, thread, place, attempts)
SELECT reference, gateway, 'waiting', message, topic, answer, headers, key,
       created_at, due_at, due_at, expires_at, at_most_once, thread, place, 0
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::jsonb[], $7::text[],
            $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::boolean[],
            $12::text[], $13::integer[])
    AS sent(reference, gateway, message, topic, answer, headers, key,
            created_at, due_at, expires_at, at_most_once, thread, place)
ON CONFLICT (reference) DO UPDATE SET
    state = 'waiting', message = excluded.message, answer_topic = excluded.answer_topic,
    answer = excluded.answer, answer_headers = excluded.answer_headers,
    answer_key = excluded.answer_key, created_at = excluded.created_at, due_at = excluded.due_at,
    try_at = excluded.try_at, expires_at = excluded.expires_at, thread = excluded.thread,
    place = excluded.place, attempts = 0, ended_at = NULL
WHERE old.state = 'withdrawn'
"""
WITHDRAW = """
UPDATE kit.sendings SET state = 'withdrawn', message = NULL, ended_at = asked.at
FROM unnest($1::text[], $2::timestamptz[]) AS asked(reference, at)
WHERE sendings.reference = asked.reference AND sendings.state = 'waiting'
  AND (NOT $3::boolean OR sendings.due_at >= asked.at)
"""
END_THREADS = """
UPDATE kit.sendings SET expires_at = asked.at, answer_topic = NULL, answer = NULL
FROM unnest($1::text[], $2::timestamptz[]) AS asked(thread, at)
WHERE sendings.thread = asked.thread AND sendings.state IN ('waiting', 'claimed')
  AND sendings.expires_at > asked.at AND (NOT $3::boolean OR sendings.due_at >= asked.at)
"""


@dataclass(frozen=True, slots=True)
class Intent:
    """A handler's wish to send, with what its answer will say."""

    send: Send[Any]
    at: datetime
    answer: Said | None = None

    @property
    def due_at(self) -> datetime:
        """The earliest time to send it: when it was made, unless it says later."""
        return max(self.at, self.send.not_before or self.at)

    @property
    def expires_at(self) -> datetime:
        """After this it is not sent any more."""
        return self.send.expires_at or self.due_at + STANDS


class Intents:
    """What a batch wants sent and taken back, in the order its handlers said so."""

    def __init__(self, voice: Voice, *, steered: bool) -> None:
        self._voice = voice
        self._steered = steered
        self._queued: dict[str, Intent] = {}
        self._withdrawn: dict[str, datetime] = {}
        self._ended: dict[str, datetime] = {}

    def send(self, send: Send[Any], cause: Envelope, at: datetime) -> None:
        """Queue it; a reference that is queued already changes nothing."""
        answer = self._voice.say(send.answer, cause, at) if send.answer is not None else None
        self._queued.setdefault(send.reference, Intent(send, at, answer))

    def withdraw(self, reference: str, at: datetime) -> None:
        """Take it back, unless its time has passed: then somebody may have claimed it."""
        queued = self._queued.get(reference)
        if queued and self._steered and queued.due_at < at:
            return
        self._queued.pop(reference, None)
        self._withdrawn[reference] = at

    def end_thread(self, thread: str, at: datetime) -> None:
        """Hand over nothing more of it, whether it was queued before or is queued with this."""
        self._ended.setdefault(thread, at)

    @property
    def due(self) -> list[datetime]:
        """When each queued intent is due."""
        return [intent.due_at for intent in self._queued.values()]

    async def save(self, transaction: Transaction) -> None:
        """Write them: withdrawals first, since a withdrawn reference may be queued again."""
        if self._withdrawn:
            names, times = list(self._withdrawn), list(self._withdrawn.values())
            await transaction.execute(WITHDRAW, names, times, self._steered)
        await queue(transaction, self._queued.values())
        if self._ended:
            threads, times = list(self._ended), list(self._ended.values())
            await transaction.execute(END_THREADS, threads, times, self._steered)


async def queue(transaction: Transaction, intents: Collection[Intent]) -> None:
    """Queue what is to be sent; a reference that is queued already changes nothing."""
    if intents:
        await transaction.execute(QUEUE, *_columns(intents))


def _columns(intents: Collection[Intent]) -> Sequence[list[Any]]:
    places = {intent.send.reference: place for place, intent in enumerate(intents)}
    ordered = sorted(intents, key=lambda intent: intent.send.reference)
    answers = [intent.answer for intent in ordered]
    return (
        [intent.send.reference for intent in ordered],
        [intent.send.gateway for intent in ordered],
        [to_json(intent.send.message) for intent in ordered],
        [answer and answer.topic for answer in answers],
        [answer and answer.body for answer in answers],
        [answer and answer.headers for answer in answers],
        [answer and answer.key for answer in answers],
        [intent.at for intent in ordered],
        [intent.due_at for intent in ordered],
        [intent.expires_at for intent in ordered],
        [intent.send.at_most_once for intent in ordered],
        [intent.send.thread for intent in ordered],
        [places[intent.send.reference] for intent in ordered],
    )
