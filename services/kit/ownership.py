"""Which shards of the outbox a relay owns: advisory locks of one transaction that stays open."""

import asyncio
import contextlib
from typing import Any

from services.kit.database import Database
from services.kit.outbox import SHARDS

LOCK_CLASS = 0x0D  # one word of our own among advisory locks
ASK_EVERY = 5.0
TAKE = """
SELECT shard FROM unnest($1::int[]) AS shard WHERE pg_try_advisory_xact_lock($2::int, shard)
"""


class Ownership:
    """Held as long as its connection lives and is asked now and then; a frozen owner loses it.

    The transaction writes nothing and keeps no snapshot, so it holds nothing else up.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stack = contextlib.AsyncExitStack()
        self._connection: Any = None
        self._owned: set[int] = set()
        self._unsure: set[int] = set()
        self._asked_at = 0.0

    async def shards(self) -> list[int]:
        """The shards owned now, after trying for those that nobody owns."""
        try:
            connection = await self._opened()
            missing = [shard for shard in range(SHARDS) if shard not in self._owned]
            taken = {row[0] for row in await connection.fetch(TAKE, missing, LOCK_CLASS)}
        except BaseException:
            await self.let_go()
            raise
        self._asked_at = _seconds()
        self._owned |= taken
        self._unsure |= taken
        return sorted(self._owned)

    @property
    def stale(self) -> bool:
        """Whether it is time to ask again, so that the transaction does not look frozen."""
        return _seconds() - self._asked_at > ASK_EVERY

    @property
    def unsure(self) -> bool:
        """Whether an earlier owner may have published rows that still stand in the outbox."""
        return bool(self._unsure)

    def sure(self) -> None:
        """What was left by an earlier owner has been dealt with."""
        self._unsure.clear()

    def doubt(self) -> None:
        """A lot was not acknowledged: some of it may have been published."""
        self._unsure |= self._owned

    async def let_go(self) -> None:
        """Own nothing any more."""
        self._owned.clear()
        self._unsure.clear()
        self._connection = None
        with contextlib.suppress(Exception):
            await self._stack.aclose()

    async def _opened(self) -> Any:
        if self._connection is None:
            connection = await self._stack.enter_async_context(self._database.connection())
            await self._stack.enter_async_context(connection.transaction())
            self._connection = connection
        return self._connection


def _seconds() -> float:
    return asyncio.get_running_loop().time()
