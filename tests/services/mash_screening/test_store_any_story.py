"""A batch that loads its cases decides as one that remembers everything."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from contracts.mash import ScreeningDue
from contracts.partner import ScreeningDecision
from contracts.vocabulary import AgeBand, ScreeningChoice
from services.kit.subscriptions import announces
from services.kit.testing import Databases
from services.kit.timers import Later
from services.mash_screening.app import SERVICE
from services.mash_screening.handlers import say_overdue
from services.mash_screening.working_set import Cases
from tests.services.at_work import AtWork, at_work
from tests.services.mash_screening.builders import (
    HIGH,
    MEDIUM,
    MONDAY_9,
    STANDARD,
    a_child,
    a_decision,
    a_withdrawal,
    an_incident,
    decide,
    heard,
    incident,
    person,
    screen,
    withdraw,
)

STEPS = 40
SAYS = {kind.TOPIC: kind for kind in announces(SERVICE)}
RISKS = [HIGH, MEDIUM, STANDARD]


def story(seed: int) -> Iterator[Any]:
    """Events of few victims and suspects, drawn by chance."""
    chance = random.Random(seed)
    for place in range(1, STEPS + 1):
        yield step(chance, place)


def step(chance: random.Random, place: int) -> Any:
    """One event of a story; versions rise with the steps."""
    number, at = chance.randint(1, 6), MONDAY_9 + place * timedelta(hours=7)
    kind = chance.choice(["incident"] * 5 + ["withdrawal", "decision", "timer"])
    if kind == "withdrawal":
        return a_withdrawal(number, version=place, received_at=at)
    if kind == "timer":
        due = ScreeningDue(incident_id=incident(number), due_at=MONDAY_9 + timedelta(hours=4))
        return heard(due, f"R{number}", at)
    if kind == "decision":
        choice, level = chance.choice(list(ScreeningChoice)), chance.choice([None, *RISKS])
        return a_decision(
            number,
            at=at,
            decision=choice,
            risk_level=level,
            second_approver=chance.choice([None, "p2"]),
        )
    return an_incident(
        number,
        chance.choice(RISKS),
        version=place,
        revision=place,
        received_at=at,
        first_received_at=MONDAY_9 + number * timedelta(hours=1),
        victim_id=person(chance.choice(["ann", "bea"])),
        suspect_id=person(chance.choice(["sam", "tim"])),
        victim_age_band=chance.choice([AgeBand.UNKNOWN, AgeBand.EIGHTEEN_TO_FIFTY_NINE]),
        children=(a_child(age=chance.choice([AgeBand.ONE, AgeBand.SEVEN_TO_TWELVE])),),
    )


def told(cases: Cases, events: list[Any]) -> list[tuple[str, Any]]:
    """What one memory of everything announces, as topics and bodies."""
    said = [one for event in events for one in answer(event, cases)]
    plain = [one.event if isinstance(one, Later) else one for one in said]
    return [(one.TOPIC, one.model_dump(mode="json", exclude_none=True)) for one in plain]


def answer(event: Any, cases: Cases) -> list[Any]:
    """What is said of one event."""
    match event:
        case ScreeningDecision():
            return decide(event, cases)
        case ScreeningDue():
            return ring(event, cases)
    return withdraw(event, cases) if event.TOPIC.endswith("withdrawn.v1") else screen(event, cases)


def ring(event: Any, cases: Cases) -> list[Any]:
    """What is said when a clock runs out."""
    return list(say_overdue(event, cases, event.envelope.time))


async def announced(working: AtWork) -> list[tuple[str, Any]]:
    """What stands in the outbox, as topics and bodies."""
    order = await working.announced()
    bodies = {topic: iter(await working.said(SAYS[topic])) for topic in set(order)}
    return [
        (topic, next(bodies[topic]).model_dump(mode="json", exclude_none=True)) for topic in order
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_story_ends_the_same_with_a_database_between_its_events(
    databases: Databases, seed: int
) -> None:
    working = await at_work(SERVICE, await databases.new("mash_screening"), MONDAY_9)
    events = list(story(seed))
    for event in events:
        await working.hears(event)
    remembered = told(Cases(reference=working.runtime.reference), events)
    assert await announced(working) == remembered
    assert await working.parked() == 0
    await working.runtime.database.close()
