"""The nightly sweep asks about those who were never asked about, and does nothing else."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from contracts.identity import ReviewOpened
from contracts.vocabulary import IdentityChoice, person_id_of
from services.kit.database import Database
from services.kit.testing import Databases
from services.ops.matching.sweeping import swept
from services.person_matching.app import SERVICE
from services.person_matching.handlers.sweeping import sweep
from services.person_matching.store import load_about, told_since
from services.person_matching.working_set import Reference
from tests.services.at_work import at_work
from tests.services.person_matching.builders import (
    NOON,
    POLICE,
    World,
    a_decision,
    a_report,
    a_victim,
    home,
    of,
    phones,
)
from tests.services.person_matching.test_store import hear

OpenDatabase = Callable[[str], Awaitable[Database]]


def two_who_were_asked_about() -> World:
    """Leanne, and Leanne who moved and has another number."""
    world = World()
    world.report("R1")
    moved = a_victim(phones=phones("07700 900999"), address=home(3, "Moorgate Road", "S60 2AA"))
    world.report("R2", victim=moved)
    return world


def test_a_likeness_nobody_asked_about_becomes_a_review() -> None:
    world = two_who_were_asked_about()
    for review in world.persons.reviews:
        world.persons.reviews.remove(review.review_id)
    second = world.persons.record(person_id_of(POLICE, "R2", "victim"))
    assert second
    [opened] = of(ReviewOpened, sweep([second], world.persons, world.now))
    assert {opened.person_id, opened.other_person_id} == {
        person_id_of(POLICE, reference, "victim") for reference in ("R1", "R2")
    }


def test_what_was_asked_or_answered_is_not_asked_again() -> None:
    world = two_who_were_asked_about()
    records = list(world.persons.records)
    assert sweep(records, world.persons, world.now) == []
    review = next(iter(world.persons.reviews))
    world.hear(a_decision(str(review.review_id), IdentityChoice.DIFFERENT, world.now))
    assert of(ReviewOpened, sweep(records, world.persons, world.now)) == []


async def test_the_sweep_reads_whoever_changed_with_all_that_hangs_together(
    database: OpenDatabase,
) -> None:
    kept = await database("person_matching")
    await hear(kept, a_report("R1"))
    async with kept.transaction(datetime.now(UTC), Reference()) as transaction:
        assert await told_since(transaction, NOON + timedelta(days=1)) == []
        records = await told_since(transaction, NOON - timedelta(days=1))
        persons = await load_about(transaction, records)
    assert [record.person_id for record in persons.records] == [records[0].person_id]
    assert sweep(records, persons, NOON) == []


async def test_the_nightly_sweep_asks_once_under_the_locks_of_a_batch(
    databases: Databases,
) -> None:
    url = await databases.new("person_matching")
    kept = await Database.connect(url)
    moved = a_victim(phones=phones("07700 900999"), address=home(3, "Moorgate Road", "S60 2AA"))
    await hear(kept, a_report("R1"), a_report("R2", victim=moved))
    async with kept.connection() as connection:
        await connection.execute("DELETE FROM reviews")
    work = await at_work(SERVICE, url, NOON + timedelta(hours=8))
    assert [await swept(work.runtime, timedelta(days=1)) for _ in range(2)] == [1, 0]
    assert len(await work.said(ReviewOpened)) == 1
    await work.runtime.database.close()
    await kept.close()
