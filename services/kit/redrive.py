"""Handles parked messages that a human marked, in the order of their key, under its lock."""

import asyncio
from typing import Any

from services.kit import parking
from services.kit.batch import Answers, Committed, committed, decide, page, write
from services.kit.database import Transaction
from services.kit.faults import is_infrastructure
from services.kit.logging import kind_of, logger
from services.kit.parking import Parked
from services.kit.records import Incoming
from services.kit.runtime import Runtime
from services.kit.service import LockMore

POLL = 1.0
HEADS = """
SELECT topic, key FROM (
    SELECT DISTINCT ON (topic, key) topic, key, behind, mark FROM kit.parked
    ORDER BY topic, key, seq) AS heads
WHERE mark IS NOT NULL OR behind
"""
HEAD = "SELECT * FROM kit.parked WHERE topic = $1 AND key = $2 ORDER BY seq LIMIT 1"
REMOVE = "DELETE FROM kit.parked WHERE seq = $1"
FAILED_AGAIN = """
UPDATE kit.parked SET attempts = attempts + 1, behind = false, mark = NULL, reason = $2, detail = $3
WHERE seq = $1
"""
log = logger("redrive")


class Redriver:
    """Frees keys: the first of a key when marked, then those that only waited behind it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def run(self) -> None:
        """Look for marks for ever."""
        while True:
            try:
                await self.round()
            except Exception as fault:
                level = log.warning if is_infrastructure(fault) else log.error
                level("redrive_waits", fault=kind_of(fault))
            await asyncio.sleep(POLL)

    async def round(self) -> int:
        """Free what may be freed; returns how many messages left the car park."""
        freed = 0
        for topic, key in await self._runtime.database.fetch(HEADS):
            while await self.step((topic, key)):
                freed += 1
        return freed

    async def step(self, place: tuple[str, str]) -> bool:
        """The first message of a key; True where it left, so that the next may follow."""
        found = await self._runtime.database.fetch(HEAD, *place)
        if not found or not (found[0]["mark"] or found[0]["behind"]):
            return False
        row = found[0]
        item = self._runtime.reader.read(parking.record_of(row))
        try:
            result = await self._alone(row, item)
        except Exception as fault:
            if is_infrastructure(fault):
                raise
            await self._keep(row, item, fault)
            return False
        if result is None:
            return False
        self._runtime.tell(result)
        return True

    async def _alone(self, row: Any, item: Incoming) -> Committed | None:
        heard = [item.event] if item.event is not None else []
        names = set(self._runtime.service.locks(heard))
        while True:
            try:
                return await self._attempt(row, item, names)
            except LockMore as more:
                if more.names <= names:
                    raise
                names |= more.names

    async def _attempt(self, row: Any, item: Incoming, names: set[str]) -> Committed | None:
        now = self._runtime.clock.at_event(item.envelope.time)
        place = (row["topic"], row["key"])
        async with self._runtime.database.transaction(
            now, self._runtime.reference, locked=names
        ) as transaction:
            await transaction.lock([parking.lock_name(place)])
            [head] = await transaction.fetch(HEAD, *place) or [None]
            if head is None or head["seq"] != row["seq"] or head["mark"] != row["mark"]:
                return None
            answers = await self._answers(transaction, row, item)
            await write(transaction, answers)
            await transaction.execute(REMOVE, row["seq"])
            await parking.note(transaction, _act(row), (row["event_id"], row["topic"]), _by(row))
        return committed(1, answers)

    async def _answers(self, transaction: Transaction, row: Any, item: Incoming) -> Answers:
        if row["mark"] == "discard":
            return Answers(self._runtime)
        if item.fault is not None:
            raise StillUnreadable(item.fault)
        return await decide(self._runtime, transaction, [item])

    async def _keep(self, row: Any, item: Incoming, fault: Exception) -> None:
        now, answers = self._runtime.clock.now(), Answers(self._runtime)
        reason = "unreadable" if item.fault else "failed"
        page(self._runtime, answers, Parked(item, reason), now)
        async with self._runtime.database.transaction(now) as transaction:
            await transaction.execute(
                FAILED_AGAIN, row["seq"], reason, item.fault or kind_of(fault)
            )
            await write(transaction, answers)
            event = (row["event_id"], row["topic"])
            await parking.note(transaction, "failed_again", event, _by(row))
        self._runtime.tell(committed(0, answers))


class StillUnreadable(Exception):  # noqa: N818
    """A parked message cannot be read by this version either."""


def _act(row: Any) -> str:
    return "discarded" if row["mark"] == "discard" else "redriven"


def _by(row: Any) -> tuple[str, str]:
    return (row["marked_by"] or "kit", row["marked_why"] or "the message before it is gone")
