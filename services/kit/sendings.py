"""The sendings table as the dispatcher works it: claim with a lease, end with an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from contracts.envelope import EVENTS, AlarmRaised, Event
from services.kit import intents, outbox
from services.kit.database import Database, Transaction
from services.kit.gateways import Outcome
from services.kit.headers import stamp
from services.kit.intents import Intent
from services.kit.notices import notice_of
from services.kit.saying import Said

LEASE = timedelta(seconds=60)
CLAIM = """
WITH picked AS (
    SELECT reference, state = 'claimed' AS left_uncertain FROM kit.sendings
    WHERE gateway = $4 AND (state = 'waiting' AND try_at <= $2
                            OR state = 'claimed' AND lease_until < $2)
    ORDER BY due_at, created_at, place, reference LIMIT $5 FOR UPDATE SKIP LOCKED)
UPDATE kit.sendings s
SET state = 'claimed', lease = $1, lease_until = $3, attempts = attempts + 1
FROM picked WHERE s.reference = picked.reference
RETURNING s.reference, gateway, message, answer_topic, answer, answer_headers, answer_key,
    created_at, due_at, try_at, expires_at, at_most_once, attempts, place, left_uncertain
"""
LET_GO = """
UPDATE kit.sendings SET state = 'waiting', lease = NULL, lease_until = NULL, try_at = let.try_at,
    why = let.why, attempts = attempts - let.untried
FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::integer[])
    AS let(reference, try_at, why, untried)
WHERE sendings.reference = let.reference AND sendings.lease = $1
"""
END = """
UPDATE kit.sendings SET state = ended.outcome, ended_at = ended.at, why = ended.why,
    message = NULL, answer = NULL, lease = NULL, lease_until = NULL
FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[])
    AS ended(reference, outcome, at, why)
WHERE sendings.reference = ended.reference AND sendings.lease = $1
RETURNING sendings.reference
"""
NEXT = """
SELECT min(try_at) FROM kit.sendings WHERE state = 'waiting'
"""
OPEN_COUNT = (
    "SELECT count(*) FROM kit.sendings WHERE state IN ('waiting', 'claimed') AND due_at <= $1"
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message one dispatcher may hand over while its lease lasts."""

    reference: str
    gateway: str
    message: bytes
    answer_topic: str | None
    answer: bytes | None
    answer_headers: dict[str, str] | None
    answer_key: str | None
    created_at: datetime
    due_at: datetime
    try_at: datetime
    expires_at: datetime
    at_most_once: bool
    attempts: int
    place: int
    """Its place among what was queued with it: what was said first is handed over first."""
    left_uncertain: bool
    """Somebody may have handed it over before and not lived to say so."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a claimed message."""

    claimed: Claimed
    outcome: Outcome
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """A claimed message that is given back, and when to try it again."""

    claimed: Claimed
    at: datetime
    why: str
    tried: bool = True
    """False: it was not even tried, which does not make the next wait longer."""


async def claim(
    database: Database | Transaction, lease: UUID, gateway: str, most: int, until: datetime
) -> list[Claimed]:
    """Take up to so many that are due by then, the longest due first."""
    records = await database.fetch(CLAIM, lease, until, until + LEASE, gateway, most)
    found = [Claimed(*record) for record in records]
    return sorted(found, key=lambda one: (one.due_at, one.created_at, one.place, one.reference))


async def end(transaction: Transaction, lease: UUID, ended: Sequence[Ended]) -> list[AlarmRaised]:
    """Keep outcomes and say the answers, for those whose lease is still ours; returns alarms."""
    if not ended:
        return []
    kept = await transaction.fetch(
        END,
        lease,
        [each.claimed.reference for each in ended],
        [each.outcome.value for each in ended],
        [each.at for each in ended],
        [each.why for each in ended],
    )
    ours = {record[0] for record in kept}
    answers = [_answer_of(each) for each in ended if each.claimed.reference in ours]
    said = [answer for answer in answers if answer is not None]
    await outbox.say(transaction, [answer.said for answer in said])
    await intents.queue(transaction, [each.notice for each in said if each.notice is not None])
    return [answer.alarm for answer in said if answer.alarm is not None]


async def let_go(transaction: Transaction, lease: UUID, again: Sequence[Again]) -> None:
    """Give back what could not be sent now, to be tried at a later time."""
    if again:
        await transaction.execute(
            LET_GO,
            lease,
            [each.claimed.reference for each in again],
            [each.at for each in again],
            [each.why for each in again],
            [int(not each.tried) for each in again],
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of an outcome; an alarm with the notice that goes with it."""

    said: Said
    alarm: AlarmRaised | None = None
    notice: Intent | None = None


def _answer_of(ended: Ended) -> Answer | None:
    claimed = ended.claimed
    if claimed.answer_topic is None or claimed.answer is None:
        return None
    event: Any = EVENTS[claimed.answer_topic].model_validate_json(claimed.answer)
    if isinstance(event, AlarmRaised):
        if ended.outcome is Outcome.ACCEPTED:
            return None
        said = _said(ended, claimed.answer_topic, event)
        notice = notice_of(event, said.id, said.headers["ce_subject"])
        return Answer(said, event, Intent(notice, ended.at))
    told = event.model_copy(update={"outcome": ended.outcome.value, "at": ended.at})
    return Answer(_said(ended, claimed.answer_topic, told))


def _said(ended: Ended, topic: str, event: Event) -> Said:
    event_id = uuid7()
    headers = dict(ended.claimed.answer_headers or {})
    headers |= {"ce_id": str(event_id), "ce_time": stamp(ended.at)}
    body = event.model_dump_json(exclude_none=True, by_alias=True).encode()
    return Said(event_id, topic, ended.claimed.answer_key or "", body, headers)
