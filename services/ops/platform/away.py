"""A broker or database that is away while a command speaks with it: one sentence says so."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaTimeoutError,
    NodeNotReadyError,
    RequestTimedOutError,
)

from services.ops.platform.addresses import PostgresServer
from services.ops.platform.missing import PlatformMissing
from services.ops.platform.passwords import FILE

BROKER_AWAY = (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError, RequestTimedOutError)
DATABASE_AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)


def without_broker(bootstrap: str) -> str:
    """What is said where the broker is away."""
    return f"Kafka does not answer at {bootstrap}."


@contextmanager
def told_when_away(bootstrap: str, server: PostgresServer | None = None) -> Iterator[None]:
    """Whatever inside fails because one of them is away ends as PlatformMissing."""
    try:
        yield
    except BROKER_AWAY as fault:
        raise PlatformMissing(without_broker(bootstrap)) from fault
    except asyncpg.InvalidAuthorizationSpecificationError as fault:
        raise PlatformMissing(
            f"A service's login is not let in with the password that is known here: see {FILE}."
        ) from fault
    except DATABASE_AWAY as fault:
        # A file that cannot be opened is an OSError as well, and names itself.
        if server is None or getattr(fault, "filename", None) is not None:
            raise
        raise PlatformMissing(
            f"PostgreSQL does not answer at {server.host}:{server.port}."
        ) from fault
