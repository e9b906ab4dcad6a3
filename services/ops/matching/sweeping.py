"""Looking again, more loosely, at whoever changed lately; it raises reviews and nothing else."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from uuid_utils.compat import uuid7

from contracts.envelope import Envelope
from contracts.identity import ReviewOpened
from services.kit.batch import Answers, write
from services.kit.clock import WallClock
from services.kit.faults import is_infrastructure, waits
from services.kit.runtime import Runtime, open_runtime
from services.kit.service import LockMore
from services.kit.settings import Settings
from services.ops.places import current_dir
from services.ops.platform import reached_platform
from services.ops.roster import keyring_file
from services.person_matching.app import SERVICE
from services.person_matching.domain.rows import Record
from services.person_matching.handlers.sweeping import sweep
from services.person_matching.store import load_about, save, told_since
from services.person_matching.working_set import Reference

LOOSER = 2.0
"""Bits by which a sweep asks sooner than the moment a record comes."""
AT_ONCE = 100


async def sweep_lately(hours: float, area_dir: Path) -> int:
    """Sweep the records of the last hours on this directory's platform; how many reviews opened."""
    async with reached_platform(current_dir()) as addresses:
        settings = Settings(
            kafka=addresses.bootstrap,
            database_url=SecretStr(addresses.dsn(SERVICE.name)),
            keyring_file=keyring_file(current_dir() / "keys", SERVICE.name),
            area_dir=area_dir,
        )
        return await sweep_with(settings, hours)


async def sweep_with(settings: Settings, hours: float) -> int:
    """Sweep with a service's own settings; how many reviews it opened."""
    runtime = await open_runtime(SERVICE, settings, WallClock())
    try:
        return await swept(runtime, timedelta(hours=hours))
    finally:
        await runtime.database.close()


async def swept(runtime: Runtime, lately: timedelta) -> int:
    """What `sweep_lately` does, on an open runtime: announcements go out with the service's own."""
    now = runtime.clock.now()
    async with runtime.database.transaction(now, runtime.reference) as transaction:
        records = await told_since(transaction, now - lately)
    return sum([await _swept(runtime, part, now) for part in _parts(records)])


async def _swept(runtime: Runtime, records: Sequence[Record], now: datetime) -> int:
    names = set[str]()
    for wait in waits():
        try:
            return await _attempt(runtime, records, now, names)
        except LockMore as more:
            names |= more.names
        except Exception as fault:
            if not is_infrastructure(fault):
                raise
            await asyncio.sleep(wait)
    raise AssertionError("waits never end")


async def _attempt(
    runtime: Runtime, records: Sequence[Record], now: datetime, names: set[str]
) -> int:
    answers, looser = Answers(runtime), _looser(runtime.reference)
    async with runtime.database.transaction(now, looser, locked=names) as transaction:
        persons = await load_about(transaction, records)
        current = [record for r in records if (record := persons.record(r.record_id))]
        for announced in sweep(current, persons, now):
            answers.add(announced, _cause(now), now)
        await save(transaction, persons)
        await write(transaction, answers)
    return sum(isinstance(event, ReviewOpened) for event in answers.events)


def _looser(reference: Reference) -> Reference:
    model = reference.model
    return replace(reference, model=replace(model, new_below=model.new_below - LOOSER))


def _cause(now: datetime) -> Envelope:
    sweep_id = uuid7()
    return Envelope(
        id=sweep_id,
        type="sweep",
        source="/onward/match/sweep",
        time=now,
        subject="sweep",
        key="sweep",
        correlation_id=sweep_id,
    )


def _parts(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), AT_ONCE):
        yield records[start : start + AT_ONCE]
