"""Hands what was queued to the outside: claimed by lease, paced, tried again by kind of failure."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from services.kit import metrics, sendings
from services.kit.batch import Committed
from services.kit.faults import is_infrastructure, waits
from services.kit.gateways import Away, NobodyKnows, NotEver, NotNow, Outcome, Resting
from services.kit.logging import kind_of, logger
from services.kit.mail import MailGateway
from services.kit.mailboxes import is_webhook, mailboxes_of
from services.kit.runtime import Runtime
from services.kit.sending import Mail
from services.kit.sendings import LEASE, Again, Claimed, Ended
from services.kit.waking import Bell

FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(minutes=30)
FAILURES_BEFORE_PAUSE = 5
PAUSE = 30.0
AHEAD = 3.0
"""Seconds of its pace that a dispatcher claims at once."""
TRUSTED = LEASE - timedelta(seconds=25)
"""Nothing is handed over so late in its lease that the lease could end meanwhile."""
COPIES = 5
"""So often is handed over what may have been taken each time; then a human must find out."""
POLL = 0.5
USUAL_PACE = 10.0
"""Messages a second through a gateway that names no `pace` of its own."""
log = logger("dispatch")


@dataclass
class Lot:
    """What came of one lot of claimed messages."""

    ended: list[Ended] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    put_off: int = 0
    """How many found nobody at the gateway."""
    more: bool = False
    """Whether it was as much as one may claim at once, so that more may wait."""

    def add(self, other: "Lot") -> None:
        """Count another lot's with this one."""
        self.ended += other.ended
        self.again += other.again
        self.put_off += other.put_off


class Dispatcher:
    """Works one service's sendings; listeners are told when answers wait in the outbox."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._gateways: dict[str, Any] = {"mail": MailGateway(runtime.settings)}
        self._gateways |= {name: make(runtime) for name, make in runtime.service.gateways.items()}
        # Under a steered clock nobody real is written to or called.
        areas = {} if runtime.clock.steered else runtime.areas
        self._mailboxes = mailboxes_of({code: area.mailboxes for code, area in areas.items()})
        self._webhooks: Any = None
        self._bell = Bell()

    @property
    def gateways(self) -> list[str]:
        """The names of its gateways."""
        return list(self._gateways)

    def told(self, committed: Committed) -> None:
        """Look at once where something was queued."""
        if committed.sendings:
            self._bell.ring()

    async def stop(self) -> None:
        """Close the gateways."""
        for gateway in self._gateways.values():
            if hasattr(gateway, "close"):
                await gateway.close()
        if self._webhooks is not None:
            await self._webhooks.close()

    async def run(self) -> None:
        """Work every gateway for ever, each at its own pace."""
        async with asyncio.TaskGroup() as tasks:
            for name in self._gateways:
                tasks.create_task(self._work(name))

    async def _work(self, name: str) -> None:
        pauses, failures = waits(), 0
        while True:
            try:
                lot = await self.round(name, 1 if failures >= FAILURES_BEFORE_PAUSE else None)
                pauses = waits()
            except Exception as fault:
                if not is_infrastructure(fault):
                    log.error("dispatch_failed", fault=kind_of(fault))
                await asyncio.sleep(next(pauses))
                continue
            failures = failures + lot.put_off if lot.put_off and not lot.ended else 0
            if failures >= FAILURES_BEFORE_PAUSE:
                log.warning("gateway_pauses", gateway=name, seconds=PAUSE)
                await asyncio.sleep(PAUSE)
            elif not lot.more:
                await self._bell.rings_within(POLL)

    async def round(self, name: str, most: int | None = None) -> Lot:
        """Claim a lot, hand it over at the gateway's pace, and keep what came of it."""
        lease = uuid4()
        now = self._runtime.clock.now()
        gateway = self._gateways[name]
        pace: float = getattr(gateway, "pace", USUAL_PACE)
        at_once: int = getattr(gateway, "at_once", 1)
        most = most or max(1, int(pace * AHEAD))
        claimed = await sendings.claim(self._runtime.database, lease, name, most, now)
        whole, loop = Lot(more=len(claimed) == most), asyncio.get_running_loop()
        for place in range(0, len(claimed), at_once):
            together, began = claimed[place : place + at_once], loop.time()
            lot = await self._hand_over_together(together, now + TRUSTED)
            await self.keep(lease, lot)
            whole.add(lot)
            await asyncio.sleep(max(0.0, len(together) / pace - (loop.time() - began)))
        return whole

    async def _hand_over_together(self, claimed: Sequence[Claimed], until: datetime) -> Lot:
        """Hand a few over side by side; what comes too late in the lease is left for another."""
        lot = Lot()
        if self._runtime.clock.now() > until:
            at = self._runtime.clock.now()
            lot.again += [Again(each, at, "lease nearly over", tried=False) for each in claimed]
            return lot
        lots = [Lot() for _ in claimed]
        at = self._runtime.clock.now()
        await asyncio.gather(
            *(self.hand_over(c, at, own) for c, own in zip(claimed, lots, strict=True))
        )
        for own in lots:
            lot.add(own)
        return lot

    async def keep(self, lease: UUID, lot: Lot) -> None:
        """Write the outcomes and their answers in one transaction."""
        async with self._runtime.database.transaction(self._runtime.clock.now()) as transaction:
            alarms = await sendings.end(transaction, lease, lot.ended)
            await sendings.let_go(transaction, lease, lot.again)
        for ended in lot.ended:
            metrics.SENDINGS.labels(self._runtime.service.name, ended.outcome.value).inc()
        if lot.ended:
            times = tuple(each.at for each in lot.ended if alarms)
            said = Committed(answered=len(lot.ended), sendings=times, events=tuple(alarms))
            self._runtime.tell(said)

    async def hand_over(self, claimed: Claimed, at: datetime, lot: Lot) -> None:
        """Hand one message over, or say why not."""
        if at > claimed.expires_at:
            lot.ended.append(Ended(claimed, Outcome.EXPIRED, at))
            return
        if claimed.left_uncertain:
            if claimed.at_most_once:
                lot.ended.append(Ended(claimed, Outcome.UNCERTAIN, at, "lease ran out"))
                return
            metrics.SECOND_COPIES.labels(self._runtime.service.name).inc()
        await self._try(claimed, at, lot)

    async def _try(self, claimed: Claimed, at: datetime, lot: Lot) -> None:
        message = self._addressed(Mail.model_validate_json(claimed.message))
        gateway = self._way_to(message.to, claimed.gateway)
        try:
            await gateway.deliver(message, claimed.reference, at)
        except NotEver as fault:
            lot.ended.append(Ended(claimed, Outcome.REFUSED, at, str(fault)))
        except NobodyKnows as fault:
            self._uncertain(claimed, at, lot, str(fault))
        except Resting as fault:
            until = at + timedelta(seconds=fault.seconds)
            lot.again.append(Again(claimed, until, str(fault), tried=False))
        except NotNow as fault:
            # What says nothing of the others does not make them wait.
            lot.put_off += isinstance(fault, Away)
            lot.again.append(Again(claimed, at + retry_after(claimed.attempts), str(fault)))
        except Exception as fault:
            log.error("message_unsendable", gateway=claimed.gateway, fault=kind_of(fault))
            lot.ended.append(Ended(claimed, Outcome.REFUSED, at, kind_of(fault)))
        else:
            lot.ended.append(Ended(claimed, Outcome.ACCEPTED, at))
        if gateway is self._webhooks:
            lot.put_off = 0  # One agency's server says nothing of the way that mails go.

    def _addressed(self, mail: Mail) -> Mail:
        """The mail as it is sent: to the mailbox that stands in the area's file, if one does."""
        place = self._mailboxes.get(mail.to)
        return mail if place is None else mail.model_copy(update={"to": place})

    def _way_to(self, place: str, name: str) -> Any:
        """The gateway asked for, but a webhook's for a webhook."""
        if not is_webhook(place):
            return self._gateways[name]
        if self._webhooks is None:
            # Its client takes 5 MiB, and few services ever write to a webhook.
            self._webhooks = import_module("services.kit.webhooks").WebhookGateway()
        return self._webhooks

    def _uncertain(self, claimed: Claimed, at: datetime, lot: Lot, why: str) -> None:
        if claimed.at_most_once or claimed.attempts >= COPIES:
            lot.ended.append(Ended(claimed, Outcome.UNCERTAIN, at, why))
            return
        metrics.SECOND_COPIES.labels(self._runtime.service.name).inc()
        lot.put_off += 1
        lot.again.append(Again(claimed, at + retry_after(claimed.attempts), why))


def retry_after(attempts: int) -> timedelta:
    """How long to wait before the next try."""
    longer: timedelta = FIRST_RETRY * 2 ** min(attempts - 1, 10)
    return min(longer, LONGEST_RETRY)
