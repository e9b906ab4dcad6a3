"""Any story is decided alike in memory and with a real database between its events."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from contracts.contact import ContactNews
from contracts.partner import ContactOutcomeTold
from services.kit import progress
from tests.bench.contact_world.happenings import Message, Telling, by_name
from tests.services.at_work import OUTBOX
from tests.services.victim_contact.builders import NOON, Town
from tests.services.victim_contact.conftest import Contact

POINTS = {"reached, the other", "no_answer, the other"}
"""They name a point by its id, which is another under every key."""
LETTERS = [happened for name, happened in by_name().items() if name not in POINTS]
EVENTS = 80
SAID = ("lead_id", "contact_group", "version", "fence", "agency", "reason", "code", "outcome")


def events(town: Town, happened: Message | Telling, now: datetime) -> Iterator[Any]:
    """What is heard when something happens: nothing where it cannot."""
    if isinstance(happened, Message):
        yield happened.event
        return
    ended = sorted(
        (lead for lead in town.groups.leads if lead.ended_at is not None),
        key=lambda lead: (lead.fence, lead.lead_id.int),
    )
    active = [group.lead for group in town.groups.rows if group.lead is not None]
    for lead in ended[-1:] if happened.old else active:
        yield happened.of(lead, now)


def story(seed: int) -> Iterator[tuple[Town, Any]]:
    """A story drawn by chance, told to a town in memory."""
    chance, town, now = random.Random(seed), Town(), NOON
    for _ in range(EVENTS):
        for event in [*events(town, chance.choice(LETTERS), now)][:1]:
            now = max(event.envelope.time, now + timedelta(minutes=1))
            heard = event.heard_in(replace(event.envelope, time=now))
            town.hears(heard, now)
            yield town, heard


def told(topic: str, payload: dict[str, Any]) -> tuple[Any, ...]:
    """As much of an announcement as no key changes."""
    return (topic, *(str(payload.get(name)) for name in SAID))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_story_ends_the_same_with_a_database_between_its_events(
    contact: Contact, seed: int
) -> None:
    town, place = Town(), (ContactOutcomeTold.TOPIC, 0)
    await progress.note(contact.runtime.database, {place: progress.ALL_OF_IT})
    for told_to, event in story(seed):
        town = told_to
        await contact.hears(event)
    news = [each for each in town.said if isinstance(each, ContactNews)]
    expected = [told(each.TOPIC, each.model_dump(mode="json")) for each in news]
    topics = {each.TOPIC for each in news}
    rows = await contact.runtime.database.fetch(OUTBOX)
    found = [told(row[0], orjson.loads(row[1])) for row in rows if row[0] in topics]
    assert found == expected
    assert await contact.parked() == 0
    assert len(expected) > 10
