"""Bugs put in on purpose, each another wiring of the same parts, to see that they are found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from uuid_utils.compat import uuid7

from contracts.contact import ContactInputRefused
from contracts.partner import ContactClosedTold
from services.kit import inbox, outbox, sendings
from services.kit.outbox import Row as OutboxRow
from services.kit.publisher import Published
from services.kit.records import Incoming
from services.kit.service import Service
from services.ops.simulation.broker_clients import SimulatedConsuming, SimulatedPublisher
from services.ops.simulation.kit_statements import BATCHES, due
from services.ops.simulation.living import Wiring
from services.ops.simulation.sending_statements import SENDING, end_if, let_go_if
from services.ops.simulation.statements import always
from services.ops.simulation.store import Row, Work
from services.victim_contact.handlers import close_lead
from services.victim_contact.handlers.saying import Said
from services.victim_contact.handlers.telling_outcomes import lead_of
from services.victim_contact.working_set import Groups


class CommitsOffsetsFirst(SimulatedConsuming):
    """A consumer that commits its offsets before the transaction."""

    async def _finish(self, items: Sequence[Incoming], records: Sequence[Any]) -> None:
        self._done(records)
        await self._offsets.tell()
        await super()._finish(items, records)


class NamesTimersLate(SimulatedPublisher):
    """A publisher that gives a timer its id when it is delivered, not when it was set."""

    async def publish(self, rows: Sequence[OutboxRow]) -> Published:
        """Hand over the rows, timers under new ids."""
        named = {row.seq: row for row in rows}
        published = await super().publish([_renamed(row) for row in rows])
        published.sent = [named[row.seq] for row in published.sent]
        return published


def _renamed(row: OutboxRow) -> OutboxRow:
    if row.deliver_at is None:
        return row
    event_id = uuid7()
    return replace(row, id=event_id, headers=row.headers | {"ce_id": str(event_id)})


async def due_after_the_last(
    work: Work, shards: Sequence[int], now: datetime, *limits: int
) -> list[Row]:
    """What is due and has a higher number than anything read before."""
    last: int = work.server.memory.get("last", 0)
    found = await due(work, shards, now, *limits)
    newer = [row for row in found if row["deliver_at"] is not None or row["seq"] > last]
    numbers = [row["seq"] for row in newer if row["deliver_at"] is None]
    work.server.memory["last"] = max(numbers, default=last)
    return newer


async def end_anybodys(work: Work, lease: Any, *columns: Sequence[Any]) -> list[Row]:
    """Keep outcomes, whoever has the sending leased by now."""
    return await end_if(work, always, *columns)


async def let_anybodys_go(work: Work, lease: Any, *columns: Sequence[Any]) -> list[Row]:
    """Give sendings back, whoever has them leased by now."""
    return await let_go_if(work, always, *columns)


def close_whoever_leads(
    event: ContactClosedTold, groups: Groups, now: datetime
) -> list[Said | ContactInputRefused]:
    """Close the contact of whoever leads by now, whatever fence was told."""
    told = lead_of(event, groups)
    group = groups.known(told.victim_id) if told else None
    if group is None or group.lead is None:
        return close_lead(event, groups, now)
    lead = group.lead
    taken_for = {"lead_id": str(lead.lead_id), "agency": lead.agency, "fence": lead.fence}
    return close_lead(event.model_copy(update=taken_for), groups, now)


def without_fences(service: Service) -> Service:
    """victim_contact with leases that nothing fences."""
    hears = [close_whoever_leads if each is close_lead else each for each in service.hears]
    return replace(service, hears=hears)


SEEN_APART = replace(BATCHES[inbox.FIRST_SEEN], apart=True)
PLANTED: Mapping[str, Wiring] = {
    "offset-before-state": Wiring(consuming=CommitsOffsetsFirst),
    "inbox-outside": Wiring(statements={inbox.FIRST_SEEN: SEEN_APART}),
    "relay-remembers-last": Wiring(
        statements={outbox.DUE: replace(BATCHES[outbox.DUE], run=due_after_the_last)}
    ),
    "lease-without-fence": Wiring(service=without_fences),
    "sending-without-fence": Wiring(
        statements={
            sendings.END: replace(SENDING[sendings.END], run=end_anybodys),
            sendings.LET_GO: replace(SENDING[sendings.LET_GO], run=let_anybodys_go),
        }
    ),
    "timer-fires-twice": Wiring(publisher=NamesTimersLate),
}
"""By name: the wiring with that bug."""
