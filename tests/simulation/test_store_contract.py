"""The simulated database answers every statement of the kit's as PostgreSQL does."""

from collections.abc import AsyncIterator, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

import services.kit
from services.kit.bulk import named
from services.kit.database import Database
from services.kit.inbox import Partitions
from services.kit.tables import INBOX, OUTBOX, PARKED, PARKED_ACTS, PROGRESS, SENDINGS
from services.ops.simulation.every_statement import KIT
from services.ops.simulation.planted import PLANTED
from services.ops.simulation.store import Server
from services.victim_contact.store import COUNTERS, PLACES
from tests.conftest import OpenDatabase
from tests.simulation.operations import DAYS, DRAWS, SESSIONS, Operation, drawn
from tests.simulation.sessions import DEADLOCK, WAITS, Seen, play, real_sessions, simulated

LOTS, SEQUENCES = 3, 40
SEARCHED = 600
"""Sequences among which one must tell a planted bug from what is right."""
TABLES = (INBOX, OUTBOX, PARKED, PARKED_ACTS, PROGRESS, SENDINGS, COUNTERS, PLACES)
EMPTY = f"TRUNCATE {', '.join(map(named, TABLES))} RESTART IDENTITY"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "(SELECT", "BEGIN")
ELSEWHERE = {
    "database.BEGIN_LOCKED": "the simulated connection begins by itself",
    "doorway.WAITING": "only doors ask for it",
    "inbox.PARTITIONS": "only the dropping of old days asks for them",
    "inbox.STANDS": "every day of a simulated inbox has its partition",
    "migrations.LOCK": "nothing is migrated",
    "migrations.UNLOCK": "nothing is migrated",
    "parked.ACTS": "only people ask for them",
    "telling.PUT_OFF_SINCE": "only a metric asks for it",
    "views.NOTE": "only doors note views",
}
"""Statements of the kit's that are not compared, and why."""


@pytest.fixture
async def contact(database: OpenDatabase) -> AsyncIterator[Database]:
    opened = await database("victim_contact")
    await Partitions(opened).ensure(DAYS)
    yield opened


async def really(database: Database, operations: list[Operation]) -> list[Seen]:
    await database.fetch(EMPTY)
    async with real_sessions(database, SESSIONS) as sessions:
        return await play(sessions, operations)


@pytest.mark.parametrize("lot", range(LOTS))
async def test_the_same_operations_are_answered_alike(contact: Database, lot: int) -> None:
    for seed in range(lot * SEQUENCES, (lot + 1) * SEQUENCES):
        operations = drawn(seed)
        made, server = simulated(operations, SESSIONS)
        real = await really(contact, operations)
        known = list(promised(made))
        assert known == real[: len(known)], f"seed {seed}"
        if len(known) == len(made):
            assert kept_in(server) == await kept(contact), f"seed {seed}"


async def test_another_answer_would_be_noticed(contact: Database) -> None:
    for name in ("sending-without-fence", "relay-remembers-last"):
        noticed = False
        for seed in range(SEARCHED):
            operations = drawn(seed)
            made, _ = simulated(operations, SESSIONS, PLANTED[name].statements)
            if made != simulated(operations, SESSIONS)[0]:
                noticed = made != await really(contact, operations)
                break
        assert noticed, name


def test_every_statement_of_the_kit_is_compared() -> None:
    found = statements()
    compared = {sql for sql in found.values() if sql in DRAWS}
    assert {name for name, sql in found.items() if sql not in compared} == set(ELSEWHERE)
    assert set(KIT) - set(found.values()) == set()


def statements() -> Mapping[str, str]:
    """Every statement of the kit's, by the name of its constant."""
    return {
        f"{module.name}.{name}": value
        for module in iter_modules(services.kit.__path__)
        for name, value in vars(import_module(f"services.kit.{module.name}")).items()
        if name.isupper() and _is_sql(value)
    }


def _is_sql(value: Any) -> bool:
    return isinstance(value, str) and value.strip().startswith(VERBS) and not value.isupper()


def kept_in(server: Server) -> dict[str, Any]:
    """What a simulated database keeps."""
    names = {table: table.fullname if table.schema else named(table) for table in TABLES}
    return {
        table.name: sorted(sorted(row.items()).__repr__() for row in server.table(name).values())
        for table, name in names.items()
    }


async def kept(database: Database) -> dict[str, Any]:
    """What PostgreSQL keeps."""
    return {
        table.name: sorted(
            sorted(dict(row).items()).__repr__()
            for row in await database.fetch(f"SELECT * FROM {named(table)}")
        )
        for table in TABLES
    }


def promised(seen: list[Seen]) -> Iterator[Seen]:
    """What PostgreSQL promises: who breaks a circle, or goes first of two who wait, it does not."""
    waiting: set[int] = set()
    for each in seen:
        waiting.discard(each.number)
        if each.came == DEADLOCK or (each.came == WAITS and waiting):
            return
        if each.came == WAITS:
            waiting.add(each.number)
        yield each
