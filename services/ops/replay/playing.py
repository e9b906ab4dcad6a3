"""One run from start to end: host the services, steer the clock, gather what was said."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from services.kit.catalogue import read_catalogue
from services.kit.database import Database
from services.ops.platform.addresses import Addresses
from services.ops.replay.figures import Report, report_of
from services.ops.replay.hosting import Host, Reference, hosted
from services.ops.replay.invariants import Broken, Run, broken_promises
from services.ops.replay.lines import Line
from services.ops.replay.log import everything_said, feed
from services.ops.replay.said import write_topics
from services.ops.replay.schedule import Schedule
from services.ops.replay.steering import Steering
from services.person_matching.store import people

TOPICS, MAIL = "topics", "mail"
Stepped = Callable[[datetime], None]


@dataclass(frozen=True)
class Play:
    """What is played, and how."""

    lines: Sequence[Line]
    until: datetime
    step: timedelta
    reference: Reference


@dataclass(frozen=True)
class Outcome:
    """A run that ended: what it left behind, its figures, and the promises it broke."""

    run: Run
    report: Report
    people: Sequence[dict[str, Any]]
    broken: Sequence[Broken]


async def play(directory: Path, wanted: Play, stepped: Stepped) -> Outcome:
    """Play a file on the platform of this directory, which must be new."""
    begun = time.perf_counter()
    async with hosted(directory, wanted.reference) as host:
        return await play_on(host, wanted, stepped, begun)


async def play_on(host: Host, wanted: Play, stepped: Stepped, begun: float) -> Outcome:
    """Play a file on services that are hosted already."""
    async with feed(host.addresses.bootstrap) as lines:
        schedule = Schedule(wanted.lines, wanted.step, wanted.until)
        await Steering(host.flow, host.watching, lines, stepped).play(schedule)
    run = await _left_behind(host, wanted.until)
    people = await _people(host.addresses, wanted.until)
    report = report_of(
        run.everything,
        parked=sum(run.parked.values()),
        wall_seconds=time.perf_counter() - begun,
    )
    return Outcome(run, report, people, broken_promises(run))


def dump(outcome: Outcome, folder: Path) -> None:
    """Write everything that was said and sent, and who was taken for whom."""
    for name in (TOPICS, MAIL):
        shutil.rmtree(folder / name, ignore_errors=True)
    write_topics(outcome.run.everything, folder / TOPICS)
    (folder / MAIL).mkdir()
    for number, mail in enumerate(outcome.run.mails, start=1):
        (folder / MAIL / f"{number:06d}.eml").write_bytes(mail.content)
    lines = b"".join(orjson.dumps(person) + b"\n" for person in outcome.people)
    (folder / "people.jsonl").write_bytes(lines)


async def _left_behind(host: Host, until: datetime) -> Run:
    everything = await everything_said(host.addresses.bootstrap, read_catalogue())
    return Run(
        everything=everything,
        mails=tuple(host.mails.mails()),
        until=until,
        parked={each.service.name: each.parked for each in host.stations},
        undelivered={each.service.name: await each.undelivered(until) for each in host.stations},
    )


async def _people(addresses: Addresses, now: datetime) -> list[dict[str, Any]]:
    database = await Database.connect(addresses.dsn("person_matching"), connections=1)
    try:
        async with database.transaction(now) as transaction:
            return await people(transaction)
    finally:
        await database.close()
