"""Worlds of victim_contact: two persons who may be one, and agencies who are granted leads."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import orjson

from contracts.contact import LeadGranted
from contracts.envelope import Trail
from contracts.partner import ContactClosedTold, ContactOutcomeTold
from contracts.vocabulary import Channel, ClosedReason, ContactOutcome, named
from services.kit.areas import DEFAULT_DIR
from services.kit.bulk import adapter
from services.kit.records import KeptRecord
from services.kit.testing import a_record
from services.ops.simulation.accounts import left_over
from services.ops.simulation.bulk_statements import compiled
from services.ops.simulation.clock import BEGINNING
from services.ops.simulation.contact_accounts import news_of_leads, told_under_old_fences
from services.ops.simulation.contact_said import HABITS, HOUR, Saying, What
from services.ops.simulation.contact_statements import CONTACT, GROUPS, LEADS
from services.ops.simulation.every_statement import KIT
from services.ops.simulation.living import Place, Wiring
from services.ops.simulation.statements import Statements
from services.ops.simulation.store import Row, Server
from services.ops.simulation.town import Town
from services.ops.simulation.world import World
from services.victim_contact import store
from services.victim_contact.app import SERVICE
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.wishes import served
from services.victim_contact.working_set import Reference

HORIZON, A_DAY = timedelta(days=15), timedelta(days=1)
TOLD = 6
"""The first leads of which agencies tell anything; the others run out."""
TOO_LATE = 8 * 24 * HOUR


@cache
def reference() -> Reference:
    """The areas' policies, read once."""
    found: Reference = SERVICE.reads(DEFAULT_DIR)
    return found


class ContactTown:
    """victim_contact in a world, with the police and the agencies."""

    def __init__(self, world: World, wiring: Wiring) -> None:
        self.town = Town(world, wiring)
        self.town.until = BEGINNING + HORIZON
        self._server = Server(world)
        self._server.committed.append(self._watch_leads)
        self._habits: list[Saying] = []
        self._granted: dict[str, Saying | None] = {}
        self.town.topics.heard.append(self._hear)
        known = {**KIT, **CONTACT, **wiring.statements}
        statements = Statements(known, store.metadata.tables.values(), compiled)
        self.town.settle(Place(SERVICE, self._server, statements, reference()))

    def play(self, said: list[Saying]) -> None:
        """Let everything be said, and everything that follows from it."""
        self._habits = [each for each in said if each.what in HABITS]
        told = [(s.gap, s.record, s.words) for s in said if s.what not in HABITS]
        self.town.world.loop.create_task(self.town.partner("the police", told))
        self.town.until_rest()
        self.town.calm()

    def end(self) -> None:
        """Let nothing of it run any more."""
        self.town.end()

    def broken(self) -> Iterator[str]:
        """Every promise that the world broke."""
        yield from left_over(self.town)
        rows = list(self._server.table(LEADS).values())
        yield from news_of_leads(self.town.topics, rows)
        yield from told_under_old_fences(self.town.topics)
        for row in self._server.table(GROUPS).values():
            yield from self._wishes_lost(row)

    def _watch_leads(self) -> None:
        standing = [row for row in self._server.table(LEADS).values() if row["ended_at"] is None]
        for group, leads in Counter(row["contact_group"] for row in standing).items():
            if leads > 1:
                self.town.world.break_promise(f"two leads: {leads} stand for group {group.int}")

    def _wishes_lost(self, row: Row) -> Iterator[str]:
        [group] = adapter(Group).validate_python([row])
        leads = [r for r in self._server.table(LEADS).values() if r["ended_at"] is None]
        mine = [lead for lead in leads if lead["contact_group"] == group.contact_group]
        led = replace(group, lead=adapter(Lead).validate_python(mine)[0] if mine else None)
        if led.lead is None and served(led):
            yield "lost: a wish that may be served, and nobody leads"
        if led.lead and not led.lead.stays and led.lead.expires_at < self.town.until - A_DAY:
            yield "lost: a lease ran out, and nobody noticed"

    def _hear(self, record: KeptRecord) -> None:
        if record.topic != LeadGranted.TOPIC:
            return
        lead = LeadGranted.model_validate_json(record.value or b"")
        if str(lead.lead_id) in self._granted:
            return
        count = len(self._granted)
        told = count < TOLD and self._habits
        habit = self._habits[count % len(self._habits)] if told else None
        self._granted[str(lead.lead_id)] = habit
        if habit is not None and habit.what is not What.SILENT:
            telling = self.town.partner(lead.agency, list(self._told(lead, habit)))
            self.town.world.loop.create_task(telling)

    def _told(self, lead: LeadGranted, habit: Saying) -> Iterator[tuple[float, KeptRecord, str]]:
        said: dict[str, Any] = {
            "source": lead.agency,
            "agency": lead.agency,
            "lead_id": str(lead.lead_id),
            "fence": lead.fence,
            "at": self.town.world.clock.now() + timedelta(seconds=habit.gap),
        }
        under = f"under fence {lead.fence}"
        if habit.what is not What.TOO_LATE:
            answer = {"channel": Channel.CALL, "outcome": ContactOutcome.NO_ANSWER}
            yield habit.gap, _record(ContactOutcomeTold(**said, **answer)), f"no answer {under}"
        if habit.what is not What.ANSWERS:
            gap = TOO_LATE if habit.what is What.TOO_LATE else habit.gap
            closed = ContactClosedTold(**said, reason=ClosedReason.ENGAGED_AND_CLOSED)
            yield gap, _record(closed), f"contact closed {under}"


def _record(told: ContactOutcomeTold | ContactClosedTold) -> KeptRecord:

    content = orjson.dumps(told.model_dump(mode="json", exclude_none=True))
    event_id = named("simulated", told.TOPIC, content.decode())
    return a_record(told, at=told.at, trail=Trail(told.lead_id, event_id), event_id=event_id)
