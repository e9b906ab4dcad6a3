"""Where contact groups and leads are kept, and the statements that a batch needs.

A person is in one group, a matter in one group, and a group has one lead at a time: each of these
is a constraint of the database as well.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from contracts.contact import LeaseDue
from contracts.envelope import Event
from contracts.partner import ContactOutcomeTold
from services.kit.database import Transaction
from services.kit.progress import heard_until, parked_keys
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.working_set import Alias, Groups, Place, SaidOf

metadata = MetaData()
GROUPS = Table(
    "contact_groups",
    metadata,
    Column("contact_group", Uuid, primary_key=True),
    Column("members", ARRAY(Uuid), nullable=False),
    Column("group_version", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("people", JSONB, nullable=False),
    Column("matters", JSONB, nullable=False),
    Column("listings", JSONB, nullable=False),
    Column("attempts", JSONB, nullable=False),
    Column("workers", JSONB, nullable=False),
    Column("episode", JSONB),
    Column("withheld_due_at", DateTime(timezone=True)),
)
LEADS = Table(
    "leads",
    metadata,
    Column("lead_id", Uuid, primary_key=True),
    Column("contact_group", Uuid, nullable=False, index=True),
    Column("fence", Integer, nullable=False),
    Column("agency", Text, nullable=False),
    Column("victim_id", Uuid, nullable=False),
    Column("episode_id", Uuid, nullable=False),
    Column("area", Text, nullable=False),
    Column("about", JSONB, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False),
    Column("first_due_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("due", JSONB),
    Column("points", JSONB, nullable=False),
    Column("incident_ids", ARRAY(Uuid), nullable=False),
    Column("request_ids", ARRAY(Uuid), nullable=False),
    Column("why", ARRAY(Text), nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("stays", Boolean, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ending", Text),
)
"""The migration adds `one_active_lead`: no two leads of a group that have not ended."""
PLACES = Table(
    "places",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_group", Uuid, nullable=False, index=True),
)
"""Which group a person, an incident or a request belongs to."""
ALIASES = Table(
    "aliases",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("kept_id", Uuid, nullable=False),
)
COUNTERS = Table(
    "counters",
    metadata,
    Column("contact_group", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
)
ALIASED = """
WITH RECURSIVE known AS (
    SELECT person_id, kept_id FROM aliases WHERE person_id = ANY($1::uuid[])
    UNION
    SELECT a.person_id, a.kept_id FROM aliases a JOIN known k ON a.person_id = k.kept_id
)
SELECT person_id, kept_id FROM known
"""
STANDING = "SELECT area, agency, count(*) FROM leads WHERE ended_at IS NULL GROUP BY area, agency"
NAMES = (
    "victim_id",
    "person_id",
    "kept_id",
    "other_person_id",
    "contact_group",
    "incident_id",
    "request_id",
)
"""Fields by which events name a person, a group by its least member, or a matter."""
LISTS = ("group_members", "merged_ids", "separated_ids", "incident_ids")


def locks(heard: Sequence[Event]) -> set[str]:
    """The persons, matters and leads that the events name."""
    named = {each for event in heard for each in named_by(event)}
    return {*lock_names(named), *(f"lead/{lead}" for lead in leads_named(heard))}


def named_by(event: Event) -> Iterator[UUID]:
    """Every person and matter that an event names."""
    found: list[Any] = [getattr(event, name, None) for name in NAMES]
    for name in LISTS:
        found += getattr(event, name, ())
    for group in getattr(event, "groups", ()):
        found += group.group_members
    return (each for each in found if isinstance(each, UUID))


def lock_names(named: Iterable[UUID]) -> set[str]:
    """The names under which persons and matters are locked."""
    return {f"contact/{each}" for each in named}


def leads_named(heard: Iterable[Event]) -> set[UUID]:
    """The leads that the events are about, as far as they name any."""
    return {lead for event in heard if (lead := uuid_in(getattr(event, "lead_id", None)))}


def uuid_in(value: object) -> UUID | None:
    """The id that a partner wrote, or None where it is none."""
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return None


async def load(transaction: Transaction, heard: Sequence[Event]) -> Groups:
    """Lock and read every group these events may touch, with all of its members."""
    named = {each for event in heard for each in named_by(event)}
    leads = await transaction.rows(Lead, LEADS, where="lead_id", among=leads_named(heard))
    # A lead may have been given points of persons whose group has parted from hers since.
    named |= {lead.victim_id for lead in leads}
    named |= {point.person_id for lead in leads for point in lead.points}
    aliases = await transaction.select(Alias, ALIASED, list(named))
    named |= {alias.kept_id for alias in aliases}
    places = await transaction.read(Place, PLACES, where="id", among=named)
    homes = {place.contact_group for place in places}
    inside = await transaction.read(Place, PLACES, where="contact_group", among=homes)
    named |= {place.id for place in inside} | {each.contact_group for each in inside}
    transaction.need(lock_names(named))
    groups = await transaction.rows(Group, GROUPS, where="contact_group", among=homes)
    standing = await transaction.rows(Lead, LEADS, where="contact_group", among=homes)
    counters = await transaction.rows(SaidOf, COUNTERS, where="contact_group", among=named)
    leading = {lead.contact_group: lead for lead in standing if lead.ended_at is None}
    found = Groups(
        [replace(group, lead=leading.get(group.contact_group)) for group in groups],
        transaction.reference,
    )
    found.know(leads=[*standing, *leads], aliases=aliases, counters=counters)
    found.unheard = await unheard(transaction, heard)
    if found.reference.has_capacities:
        rows = await transaction.fetch(STANDING)
        found.standing.update({(row[0], row[1]): row[2] for row in rows})
    return found


async def group_led(transaction: Transaction, lead_id: UUID) -> tuple[Lead | None, Group | None]:
    """A lead, and its group while it stands; nothing is locked."""
    leads = await transaction.read(Lead, LEADS, where="lead_id", among=[lead_id])
    if not leads or leads[0].ended_at is not None:
        return (leads[0] if leads else None), None
    among = [leads[0].contact_group]
    groups = await transaction.read(Group, GROUPS, where="contact_group", among=among)
    return leads[0], replace(groups[0], lead=leads[0]) if groups else None


async def highest_fence(transaction: Transaction, lead: Lead) -> int:
    """The last fence granted in the group that a lead's victim is in now; nothing is locked."""
    places = await transaction.read(Place, PLACES, where="id", among=[lead.victim_id])
    among = [place.contact_group for place in places]
    groups = await transaction.read(Group, GROUPS, where="contact_group", among=among)
    return max([lead.fence, *(group.fence for group in groups)])


async def unheard(transaction: Transaction, heard: Sequence[Event]) -> frozenset[UUID]:
    """The leads whose lease must wait: outcomes of theirs may stand unread, or parked."""
    due = [event for event in heard if isinstance(event, LeaseDue)]
    if not due:
        return frozenset()
    topic = ContactOutcomeTold.TOPIC
    until = await heard_until(transaction, topic)
    parked = await parked_keys(transaction, topic, (str(event.lead_id) for event in due))
    return frozenset(
        event.lead_id for event in due if event.expires_at > until or str(event.lead_id) in parked
    )


async def save(transaction: Transaction, groups: Groups) -> None:
    """Write what changed."""
    await transaction.delete(GROUPS, where="contact_group", among=groups.rows.removed())
    await transaction.upsert(GROUPS, groups.rows.changed())
    await transaction.upsert(LEADS, groups.leads.changed())
    await transaction.delete(PLACES, where="id", among=groups.left())
    await transaction.upsert(PLACES, groups.placed())
    await transaction.upsert(ALIASES, groups.aliases.changed())
    await transaction.upsert(COUNTERS, groups.counters.changed())
