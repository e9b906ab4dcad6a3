"""One run of chaos: start everything, strike under load, wait for quiet, account."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import asyncpg

from contracts.vocabulary import named
from services.kit.catalogue import read_catalogue
from services.kit.mail import DOMAIN
from services.ops.chaos import ground as grounds
from services.ops.chaos.accounting import Account, Ledger, account_of, first_copies
from services.ops.chaos.asking import until_ready
from services.ops.chaos.blows import plan
from services.ops.chaos.keeper import Keeper
from services.ops.chaos.load import Accepted, Load, town
from services.ops.chaos.lookout import Lookout
from services.ops.chaos.outcomes import Mails, mails_of, two_leads, unfinished
from services.ops.chaos.posts import Post, posts
from services.ops.chaos.striking import Recovery, Striker
from services.ops.platform import SERVICES, Addresses, MailSink, mail_sink
from services.ops.replay.invariants import Broken
from services.ops.replay.log import everything_said

READY_WITHIN = 90.0
QUIET_WITHIN = 90.0
LONGEST_BETWEEN = 5.0
INBOX = "SELECT event_id FROM kit.inbox"
PARKED = "SELECT count(*) FROM kit.parked"
REFUSED = "SELECT aggregatetype, id FROM kit.outbox WHERE failed_at IS NOT NULL"
INTENDED = "SELECT reference, state = 'accepted' FROM kit.sendings WHERE gateway = 'mail'"


@dataclass(frozen=True)
class Wanted:
    """What a run is to be."""

    kills: int
    seed: int
    a_second: float
    apart: int


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    account: Account
    mails: Mails
    parked: Mapping[str, int]
    recoveries: Mapping[str, Recovery]
    quiet_after: float
    tried_again: Mapping[str, int]
    ended_by_themselves: Mapping[str, int]
    broken: Sequence[Broken]


async def run(folder: Path, wanted: Wanted) -> Outcome:
    """Run once in an empty folder."""
    chance = Random(wanted.seed)
    keeper = Keeper()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(keeper.stop)
        sink = await stack.enter_async_context(mail_sink(folder / "mail"))
        ground = await grounds.prepared(folder, keeper, sink.port)
        cast = posts(chance, wanted.apart)
        ports = await _all_ready(ground, cast)
        lookout = Lookout(ground.addresses)
        await stack.enter_async_context(_beside(keeper.watch(), lookout.run()))
        striker = Striker(ground, lookout, {post.name: post for post in cast}, ports)
        accepted = await _storm(wanted, chance, striker)
        quiet_after = await _quiet(lookout)
        return await _accounted(striker, accepted, sink, quiet_after)


async def _all_ready(ground: grounds.Ground, cast: Sequence[Post]) -> dict[str, int]:
    ports = {post.name: ground.launch(post) for post in cast}
    async with asyncio.timeout(READY_WITHIN):
        await asyncio.gather(*(until_ready(port) for port in ports.values()))
    return ports


async def _storm(wanted: Wanted, chance: Random, striker: Striker) -> Accepted:
    blows = plan(chance, wanted.kills, list(striker.posts.values()))
    lines = town(wanted.seed, round(LONGEST_BETWEEN * len(blows) * wanted.a_second))
    door = _door_of(striker)
    ground = striker.ground
    load = Load(ground.addresses.bootstrap, door, ground.police_token, chance)
    struck = asyncio.Event()
    try:
        await asyncio.gather(
            load.send(lines, wanted.a_second, struck), striker.carry_out(blows, struck)
        )
    finally:
        await load.close()
    return load.accepted


def _door_of(striker: Striker) -> str:
    at_the_door = next(
        name
        for name, post in striker.posts.items()
        if post.service == "police_notifications" and "door" in post.role
    )
    return f"http://127.0.0.1:{striker.ports[at_the_door]}"


async def _quiet(lookout: Lookout) -> float:
    begun = time.monotonic()
    try:
        await lookout.until_quiet(QUIET_WITHIN)
    except TimeoutError:
        return float("inf")
    return time.monotonic() - begun


async def _accounted(
    striker: Striker, accepted: Accepted, sink: MailSink, quiet_after: float
) -> Outcome:
    addresses, catalogue = striker.ground.addresses, read_catalogue()
    said = await everything_said(addresses.bootstrap, catalogue)
    kept = {name: await _kept(addresses, name) for name in SERVICES}
    ledger = Ledger(
        on_topics={str(event_id): topic for event_id, topic in accepted.on_topics.items()},
        at_the_door=[str(event_id) for event_id in accepted.at_the_door],
        said=said,
        handled={name: each.handled for name, each in kept.items()},
        catalogue=catalogue,
    )
    account, (once, _) = account_of(ledger), first_copies(said)
    intended = {message: sent for each in kept.values() for message, sent in each.mails.items()}
    mails = mails_of(sink.mails(), intended)
    parked = {name: each.parked for name, each in kept.items() if each.parked}
    others = [*unfinished(once), *two_leads(once), *mails.broken]
    others += [broken for each in kept.values() for broken in each.refused]
    others += [Broken("parked", f"{name}: {count}") for name, count in parked.items()]
    others += [Broken("not recovered", what) for what in striker.unrecovered]
    if quiet_after == float("inf"):
        others.append(Broken("not quiet", striker.lookout.still_to_do))
    return Outcome(
        account,
        mails,
        parked,
        striker.recoveries,
        quiet_after,
        accepted.tried_again,
        striker.ground.keeper.ended_by_themselves,
        [*account.broken, *others],
    )


@dataclass(frozen=True)
class Kept:
    """What a service's database holds at the end."""

    handled: frozenset[str]
    parked: int
    mails: Mapping[str, bool]
    """By Message-ID: whether it was noted as sent."""
    refused: Sequence[Broken]
    """What it said and the broker would not take: it waits for a human, as all of its key does."""


async def _kept(addresses: Addresses, service: str) -> Kept:
    connection = await asyncpg.connect(addresses.dsn(service))
    try:
        handled = frozenset(str(row[0]) for row in await connection.fetch(INBOX))
        rows = await connection.fetch(INTENDED)
        mails = {f"<{named('message', row[0])}@{DOMAIN}>": row[1] for row in rows}
        refused = [
            Broken("refused", f"{service}: {topic} {event_id} was not taken by the broker")
            for topic, event_id in await connection.fetch(REFUSED)
        ]
        return Kept(handled, await connection.fetchval(PARKED), mails, refused)
    finally:
        await connection.close()


@asynccontextmanager
async def _beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
