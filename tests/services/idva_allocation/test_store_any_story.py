"""A batch that loads its rows decides as one that remembers everything."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.idva_allocation.app import SERVICE
from services.idva_allocation.working_set import Referrals
from services.kit.subscriptions import announces
from services.kit.testing import Databases
from services.kit.timers import Later
from tests.services.at_work import AtWork, at_work
from tests.services.idva_allocation.builders import hear
from tests.services.idva_allocation.test_any_story import (
    ADVOCATES,
    AGES,
    AREAS,
    IN_CONFLICT,
    JOINED,
    PERSONS,
    event_of,
)
from tests.services.mash_screening.builders import HIGH, MEDIUM, MONDAY_9, person

STEPS = 40
SAYS = {kind.TOPIC: kind for kind in announces(SERVICE)}


def story(seed: int) -> Iterator[Any]:
    """Events of few victims and advocates, drawn by chance."""
    chance = random.Random(seed)
    for place in range(1, STEPS + 1):
        kind, facts = step(chance)
        yield event_of(kind, facts, place, MONDAY_9 + place * timedelta(minutes=1))


def step(chance: random.Random) -> tuple[str, Any]:
    """One step of a story."""
    others = ["withdrawn", "closed", "roster", "conflict", "meeting"]
    kind = chance.choice(["screening"] * 5 + others)
    number, name = chance.randint(1, 5), chance.choice(PERSONS)
    if kind == "screening":
        facts: dict[str, Any] = {
            "number": number,
            "risk": chance.choice([HIGH, HIGH, MEDIUM]),
            "victim_id": person(name),
            "victim_age_band": chance.choice(AGES),
            "suspect_id": person(chance.choice(["sam", "tim"])),
            "area": chance.choice(AREAS),
        }
        return kind, facts | ({"contact_group": JOINED} if chance.random() < 0.4 else {})
    of_kind: dict[str, Any] = {
        "withdrawn": number,
        "closed": (name, number),
        "roster": (chance.choice(sorted(ADVOCATES)), chance.randint(0, 2), chance.choice(AREAS)),
        "conflict": chance.choice(IN_CONFLICT),
        "meeting": (chance.choice(AREAS), chance.randint(0, 2)),
    }
    return kind, of_kind[kind]


def told(rows: Referrals, events: list[Any]) -> list[tuple[str, Any]]:
    """What one memory of everything announces, as topics and bodies."""
    said = [(one, event) for event in events for one in hear(event, rows)]
    plain = [one.event if isinstance(one, Later) else one for one, _ in said]
    return [(one.TOPIC, one.model_dump(mode="json", exclude_none=True)) for one in plain]


async def announced(working: AtWork) -> list[tuple[str, Any]]:
    """What stands in the outbox, as topics and bodies."""
    order = await working.announced()
    bodies = {topic: iter(await working.said(SAYS[topic])) for topic in set(order)}
    return [
        (topic, next(bodies[topic]).model_dump(mode="json", exclude_none=True)) for topic in order
    ]


@pytest.mark.parametrize("seed", [1, 3, 5])
async def test_any_story_ends_the_same_with_a_database_between_its_events(
    databases: Databases, seed: int
) -> None:
    working = await at_work(SERVICE, await databases.new("idva_allocation"), MONDAY_9)
    events = list(story(seed))
    for event in events:
        await working.hears(event)
    remembered = told(Referrals(reference=working.runtime.reference), events)
    assert await announced(working) == remembered
    assert await working.parked() == 0
    await working.runtime.database.close()
