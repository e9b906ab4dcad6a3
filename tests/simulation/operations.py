"""Statements of the kit with arguments drawn by chance, as two or three sessions would say them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from services.kit import (
    bulk,
    database,
    inbox,
    intents,
    outbox,
    ownership,
    parked,
    parking,
    progress,
    redrive,
    relay,
    sendings,
)
from services.kit.bulk import to_json
from services.kit.ownership import LOCK_CLASS
from services.kit.saying import ROUTINE, URGENT
from services.victim_contact.store import COUNTERS, PLACES
from services.victim_contact.working_set import Place, SaidOf

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = [NOON.date() + timedelta(days=each) for each in range(2)]
SESSIONS = 3
THREADS = ("lead/1", "lead/2")
KEYS, TOPICS = ("a", "b"), ("t.one.v1", "t.two.v1")
ORDERED = {outbox.DUE, redrive.HEAD, parked.LISTED}


@dataclass(frozen=True)
class Operation:
    """One statement of one session."""

    number: int
    session: int
    sql: str
    arguments: tuple[Any, ...] = field(default=())

    def canonical(self, came: Any) -> Any:
        """What came of it; rows whose order nothing promises are sorted."""
        if not isinstance(came, list) or self.sql in ORDERED or "ORDER BY" in self.sql[-200:]:
            return came
        return sorted(came, key=repr)


Draw = Callable[[Random], tuple[Any, ...]]


def drawn(seed: int, length: int = 40) -> list[Operation]:
    """A sequence of operations."""
    chance = Random(seed)
    kinds = chance.sample(list(DRAWS), chance.randint(3, 9))
    return [_one(chance, number, kinds) for number in range(length)]


def _one(chance: Random, number: int, kinds: Sequence[str]) -> Operation:
    session, what = chance.randrange(SESSIONS), chance.random()
    if what < 0.3:
        return Operation(number, session, chance.choice(("BEGIN", "COMMIT", "COMMIT", "ROLLBACK")))
    sql = chance.choice(kinds)
    return Operation(number, session, sql, DRAWS[sql](chance))


def _uuid(chance: Random) -> UUID:
    return UUID(int=chance.randint(1, 6))


def _time(chance: Random) -> datetime:
    return NOON + timedelta(minutes=chance.randint(0, 5))


def _some(chance: Random, one: Callable[[Random], Any]) -> list[Any]:
    return list({one(chance): None for _ in range(chance.randint(1, 3))})


def _few(chance: Random) -> range:
    return range(chance.randint(1, 3))


def _first_seen(chance: Random) -> tuple[Any, ...]:
    ids = sorted(_some(chance, _uuid))
    places = _some(chance, _place)
    days = [DAYS[event_id.int % 2] for event_id in ids]
    return ids, days, [place[0] for place in places], [place[1] for place in places]


def _place(chance: Random) -> tuple[str, str]:
    return chance.choice(TOPICS), chance.choice(KEYS)


def _said(chance: Random) -> tuple[Any, ...]:
    few = _few(chance)
    places = [_place(chance) for _ in few]
    return (
        [_uuid(chance) for _ in few],
        [place[0] for place in places],
        [place[1] for place in places],
        [b"body" for _ in few],
        [{"ce_id": str(number)} for number in few],
        [outbox.shard_of(place[1]) for place in places],
        [chance.choice((None, None, _time(chance))) for _ in few],
        [chance.choice((ROUTINE, ROUTINE, URGENT)) for _ in few],
    )


def _said_urgent(chance: Random) -> tuple[Any, ...]:
    keys = sorted(_some(chance, lambda chance: chance.choice(KEYS)))
    return *_said(chance), [outbox.shard_of(key) for key in keys], keys


def _due(chance: Random) -> tuple[Any, ...]:
    return list(range(outbox.SHARDS)), _time(chance), chance.randint(1, 4), chance.randint(0, 4)


def _numbers(chance: Random) -> list[int]:
    return sorted(_some(chance, lambda chance: chance.randint(1, 8)))


def _parked(chance: Random) -> tuple[Any, ...]:
    few = _few(chance)
    places = [_place(chance) for _ in few]
    return (
        [_uuid(chance) for _ in few],
        [place[0] for place in places],
        [place[1] for place in places],
        [0 for _ in few],
        [1 for _ in few],
        [2 for _ in few],
        [chance.choice((None, b"body")) for _ in few],
        [to_json([["ce_id", "MQ=="], ["empty", None]]) for _ in few],
        [_time(chance) for _ in few],
        [chance.choice(("failed", "behind")) for _ in few],
        ["" for _ in few],
        [chance.random() < 0.5 for _ in few],
        [1 for _ in few],
        [None for _ in few],
        [{"area": "rotherham"} for _ in few],
        [_time(chance) for _ in few],
    )


def _references(chance: Random) -> list[str]:
    return sorted(_some(chance, lambda chance: f"mail/{chance.randint(1, 4)}"))


def _queued(chance: Random) -> tuple[Any, ...]:
    names = _references(chance)
    answered = [chance.choice((None, b"{}")) for _ in names]
    return (
        names,
        ["mail" for _ in names],
        [b"message" for _ in names],
        [None if a is None else "t.one.v1" for a in answered],
        answered,
        [None if a is None else {"ce_id": "1"} for a in answered],
        [None if a is None else "key" for a in answered],
        [_time(chance) for _ in names],
        [_time(chance) for _ in names],
        [NOON + timedelta(days=7) for _ in names],
        [chance.random() < 0.5 for _ in names],
        [chance.choice((None, *THREADS)) for _ in names],
        [chance.randint(0, 1) for _ in names],
    )


def _lease(chance: Random) -> UUID:
    return UUID(int=chance.randint(100, 102))


def _claimed(chance: Random) -> tuple[Any, ...]:
    until = _time(chance)
    return _lease(chance), until, until + timedelta(minutes=1), "mail", chance.randint(1, 3)


def _ended(chance: Random) -> tuple[Any, ...]:
    names = _references(chance)
    outcomes = [chance.choice(("accepted", "uncertain")) for _ in names]
    return _lease(chance), names, outcomes, [_time(chance) for _ in names], ["" for _ in names]


def _let_go(chance: Random) -> tuple[Any, ...]:
    names = _references(chance)
    untried = [chance.randint(0, 1) for _ in names]
    return _lease(chance), names, [_time(chance) for _ in names], ["later" for _ in names], untried


def _withdrawn(chance: Random) -> tuple[Any, ...]:
    names = _references(chance)
    return names, [_time(chance) for _ in names], chance.random() < 0.5


def _threads_ended(chance: Random) -> tuple[Any, ...]:
    threads = sorted(_some(chance, lambda chance: chance.choice(THREADS)))
    return threads, [_time(chance) for _ in threads], chance.random() < 0.5


def _progress(chance: Random) -> tuple[Any, ...]:
    topics = sorted(_some(chance, lambda chance: chance.choice(TOPICS)))
    return topics, [0 for _ in topics], [_time(chance) for _ in topics]


def _rows_of(kind: Any, table: Any) -> Draw:
    def draw(chance: Random) -> tuple[Any, ...]:
        keys = _some(chance, _uuid)
        rows = [
            kind(key, chance.randint(1, 9) if kind is SaidOf else _uuid(chance)) for key in keys
        ]
        return tuple(bulk.writing(kind, table).arrays(rows))

    return draw


def _uuids(chance: Random) -> tuple[Any, ...]:
    return (_some(chance, _uuid),)


COUNTING, PLACING = bulk.writing(SaidOf, COUNTERS), bulk.writing(Place, PLACES)
DRAWS: dict[str, Draw] = {
    inbox.FIRST_SEEN: _first_seen,
    outbox.SAY: _said,
    outbox.SAY_BEFORE_OTHERS: _said_urgent,
    outbox.DUE: _due,
    outbox.REMOVE: lambda chance: (_numbers(chance),),
    outbox.FAIL: lambda chance: (_numbers(chance), _time(chance)),
    outbox.TRY_AGAIN: lambda chance: (),
    outbox.DUE_COUNT: lambda chance: (_time(chance),),
    relay.ANYTHING: lambda chance: (_time(chance),),
    ownership.TAKE: lambda chance: (_numbers(chance), LOCK_CLASS),
    database.LOCK: lambda chance: (_numbers(chance),),
    parking.HELD: lambda chance: tuple(zip(*_some(chance, _place), strict=True)),
    parking.PARK: _parked,
    parking.ACT: lambda chance: (_uuid(chance), "t", "redriven", "who", "why", _time(chance)),
    redrive.HEADS: lambda chance: (),
    redrive.HEAD: _place,
    redrive.REMOVE: lambda chance: (chance.randint(1, 6),),
    redrive.FAILED_AGAIN: lambda chance: (chance.randint(1, 6), "failed", "again"),
    parked.LISTED: lambda chance: (None, chance.choice((None, *TOPICS)), None, None, None, None),
    parked.MARK: lambda chance: (_numbers(chance), "retry", "who", "why", _time(chance)),
    intents.QUEUE: _queued,
    intents.WITHDRAW: _withdrawn,
    intents.END_THREADS: _threads_ended,
    sendings.CLAIM: _claimed,
    sendings.END: _ended,
    sendings.LET_GO: _let_go,
    sendings.NEXT: lambda chance: (),
    sendings.OPEN_COUNT: lambda chance: (_time(chance),),
    progress.NOTE: _progress,
    progress.HEARD: lambda chance: (chance.choice(TOPICS),),
    progress.PARKED: lambda chance: (chance.choice(TOPICS), list(KEYS)),
    COUNTING.upsert: _rows_of(SaidOf, COUNTERS),
    COUNTING.insert: _rows_of(SaidOf, COUNTERS),
    PLACING.upsert: _rows_of(Place, PLACES),
    bulk.locking(SaidOf, COUNTERS, "contact_group"): _uuids,
    bulk.reading(Place, PLACES, "contact_group"): _uuids,
    bulk.deleting(PLACES, "id"): _uuids,
}
"""By statement: how its arguments are drawn."""
