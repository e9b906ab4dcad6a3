"""Which failures are the infrastructure's, to be waited for, and which are a message's own."""

import asyncio
import random
from collections.abc import Iterator

import asyncpg
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError

FIRST_WAIT = 0.1
LONGEST_WAIT = 15.0
LOST = ("closed", "closing", "released back to the pool")
INFRASTRUCTURE: tuple[type[BaseException], ...] = (
    OSError,
    asyncio.TimeoutError,
    KafkaError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.InternalClientError,
)


def is_infrastructure(fault: BaseException) -> bool:
    """Whether the same batch may succeed later with nothing about it changed."""
    if isinstance(fault, DBAPIError) and fault.orig is not None:
        # Migrations go through SQLAlchemy, which wraps what the driver raised.
        return is_infrastructure(fault.orig.__cause__ or fault.orig)
    if isinstance(fault, asyncpg.InterfaceError):
        # asyncpg uses one class for a lost connection and for a wrong argument.
        return not isinstance(fault, ValueError) and any(word in str(fault) for word in LOST)
    return isinstance(fault, INFRASTRUCTURE)


def waits() -> Iterator[float]:
    """How long to wait before each further try: longer each time, never all at once."""
    longest = FIRST_WAIT
    while True:
        yield longest * random.uniform(0.5, 1.0)
        longest = min(longest * 2, LONGEST_WAIT)
