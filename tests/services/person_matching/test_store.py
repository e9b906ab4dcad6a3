"""What is known survives the real database, and a batch finds it again."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from contracts.envelope import Event
from contracts.identity import (
    AdvocateConflictsIdentified,
    IncidentIdentified,
    PersonsSeparated,
    ReviewOpened,
    UnsafeContactFound,
)
from contracts.partner import ConflictedPerson
from contracts.sealed import UnsafePart, opened
from contracts.vocabulary import (
    IdentityChoice,
    MatchOutcome,
    incident_id_of,
    person_id_of,
    review_id_of,
)
from services.kit.database import Database
from services.person_matching.store import load, locks, save
from services.person_matching.working_set import Reference
from tests.services.person_matching.builders import (
    HANDLER_OF,
    NOON,
    POLICE,
    a_cancellation,
    a_child,
    a_decision,
    a_report,
    a_request,
    a_roster,
    a_suspect,
    a_victim,
    home,
    identified,
    nobody,
    of,
    phones,
)

OpenDatabase = Callable[[str], Awaitable[Database]]


async def hear(database: Database, *events: Event) -> list[Any]:
    """What the service says to a batch, everything kept in the database in between."""
    now = max(event.envelope.time for event in events) + timedelta(minutes=1)
    async with database.transaction(now, Reference()) as transaction:
        await transaction.lock(locks(events))
        persons = await load(transaction, events)
        said = [s for event in events for s in HANDLER_OF[type(event)](event, persons, now)]  # type: ignore[operator]
        await save(transaction, persons)
    return said


async def test_a_repeat_is_found_by_any_key_in_another_batch(database: OpenDatabase) -> None:
    kept = await database("person_matching")
    first = identified(await hear(kept, a_report("R1", suspect=a_suspect())))
    again = a_report("R2", victim=a_victim(address=None), children=(a_child(),))
    second = identified(await hear(kept, again))
    assert second.match.outcome is MatchOutcome.SAME
    assert second.victim_id == first.victim_id


async def test_within_a_batch_the_second_report_meets_the_first(database: OpenDatabase) -> None:
    kept = await database("person_matching")
    said = await hear(kept, a_report("R1"), a_report("R2"))
    assert len({event.victim_id for event in said if hasattr(event, "victim_id")}) == 1


async def one_who_moved(database: Database) -> tuple[IncidentIdentified, str]:
    """Her first report, and the review that the report from her new home opened."""
    first = identified(await hear(database, a_report("R1")))
    moved = a_victim(phones=phones("07700 900999"), address=home(3, "Moorgate", "S60 2AA"))
    second = a_report("R2", victim=moved, at=NOON + timedelta(minutes=5))
    [review] = of(ReviewOpened, await hear(database, second))
    return first, str(review.review_id)


async def test_a_review_decided_later_joins_what_was_kept(database: OpenDatabase) -> None:
    kept = await database("person_matching")
    first, review = await one_who_moved(kept)
    later = NOON + timedelta(hours=1)
    said = await hear(kept, a_decision(review, IdentityChoice.SAME, later))
    assert {event.victim_id for event in said if hasattr(event, "victim_id")} == {first.victim_id}
    assert identified(said).group_members == (first.victim_id,)


async def test_a_mind_that_is_changed_twice_joins_who_was_parted(database: OpenDatabase) -> None:
    kept = await database("person_matching")
    first, review = await one_who_moved(kept)
    same, different = IdentityChoice.SAME, IdentityChoice.DIFFERENT
    parted = []
    for hours, choice in enumerate((same, different, same, different, same), start=1):
        at = NOON + timedelta(hours=hours)
        said = await hear(kept, a_decision(review, choice, at))
        parted += [one for event in of(PersonsSeparated, said) for one in event.separated_ids]
    assert len(set(parted)) == 2
    assert {one.victim_id for one in of(IncidentIdentified, said)} == {first.victim_id}


HOMES = (
    home(3, "Moorgate", "S60 2AA"),
    home(71, "Wellgate", "S60 2NN"),
    home(208, "Canklow Road", "S60 2JF"),
)
MINUTE = timedelta(minutes=1)


async def test_a_review_of_two_who_are_a_third_by_now_still_parts_them(
    database: OpenDatabase,
) -> None:
    """Of three namesakes the last, reported twice, is kept; the first review names neither."""
    kept = await database("person_matching")
    heard, reviews = [], []
    for number, address in enumerate((*HOMES, HOMES[-1])):
        victim = a_victim(phones=phones(f"07700 90{number}90{number}"), address=address)
        said = await hear(kept, a_report(f"R{number}", victim=victim, at=NOON + number * MINUTE))
        heard.append(identified(said).victim_id)
        reviews += [str(review.review_id) for review in of(ReviewOpened, said)]
    first_and_second, first_and_last = reviews
    same, different = IdentityChoice.SAME, IdentityChoice.DIFFERENT
    decided = ((first_and_last, same), (first_and_second, same), (first_and_second, different))
    for hours, (review, choice) in enumerate(decided, start=1):
        said = await hear(kept, a_decision(review, choice, NOON + timedelta(hours=hours)))
    [parted] = of(PersonsSeparated, said)
    assert parted.person_id == heard[-1]
    assert {event.victim_id for event in of(IncidentIdentified, said)} >= {*parted.separated_ids}


async def test_another_victim_is_warned_from_what_was_kept(database: OpenDatabase) -> None:
    kept = await database("person_matching")
    first = identified(await hear(kept, a_report("R1", suspect=a_suspect())))
    other = a_victim(given_names="Gosia", family_name="Nowak", phones=(), address=None)
    known = a_suspect(phones=phones("07700 900222", "07700 900444"))
    said = await hear(kept, a_report("R2", victim=other, suspect=known))
    assert [found.victim_id for found in of(UnsafeContactFound, said)] == [first.victim_id]


async def test_cancellations_and_requests_are_kept_too(database: OpenDatabase) -> None:
    kept = await database("person_matching")
    await hear(kept, a_report("R1"))
    asked = await hear(kept, a_request(victim=a_victim()))
    assert asked[0].match.outcome is MatchOutcome.SAME
    [withdrawn] = await hear(kept, a_cancellation("R1"))
    assert withdrawn.version == 2


async def test_a_roster_that_names_nobody_any_more_goes_on_counting(database: OpenDatabase) -> None:
    kept = await database("person_matching")
    ann = ConflictedPerson(given_names="Ann", family_name="Platts", date_of_birth=date(1980, 1, 5))
    bob = ConflictedPerson(given_names="Bob", family_name="Wragg", date_of_birth=date(1982, 4, 9))
    named = [(ann,), (), (), (bob,)]
    said = []
    for day, conflicts in enumerate(named):
        roster = a_roster(*conflicts, at=NOON + timedelta(days=day))
        said += of(AdvocateConflictsIdentified, await hear(kept, roster))
    places = [(told.version, len(told.person_ids)) for told in said]
    assert places == [(1, 1), (2, 0), (3, 1)]


async def test_a_machines_join_is_found_by_the_review_that_undoes_it(
    database: OpenDatabase,
) -> None:
    kept = await database("person_matching")
    first = identified(await hear(kept, a_report("R1")))
    await hear(kept, a_report("R2"))
    own = person_id_of(POLICE, "R2", "victim")
    undo = a_decision(str(review_id_of(first.victim_id, own)), IdentityChoice.DIFFERENT)
    said = await hear(kept, undo)
    assert of(PersonsSeparated, said)[0].separated_ids == (own,)


async def test_a_merge_undone_is_remembered_by_whom_humans_joined_since(
    database: OpenDatabase,
) -> None:
    kept = await database("person_matching")
    hers: dict[str, Any] = {
        "phones": phones("07700 900999"),
        "emails": ("moorgate@mail.example",),
        "address": home(3, "Moorgate Road", "S60 2AA"),
    }
    other = {"given_names": "Tamsin", "family_name": "Okafor", "date_of_birth": date(1979, 8, 3)}
    await hear(kept, a_report("A1"), a_report("A2"))
    [namesakes] = of(ReviewOpened, await hear(kept, a_report("B1", victim=a_victim(**hers))))
    at_hers = a_report("C1", victim=a_victim(**{**hers, **other}))
    [neighbours] = of(ReviewOpened, await hear(kept, at_hers))
    same, different = IdentityChoice.SAME, IdentityChoice.DIFFERENT
    told = [(namesakes, same), (neighbours, same), (namesakes, different), (neighbours, same)]
    told += [(neighbours, different), (neighbours, same)]
    victims: dict[Any, Any] = {}
    for place, (review, choice) in enumerate(told):
        at = NOON + timedelta(hours=1 + place)
        said = await hear(kept, a_decision(str(review.review_id), choice, at))
        victims |= {each.incident_id: each.victim_id for each in of(IncidentIdentified, said)}
        assert bool(said) is (place != 3)
    a1, b1, c1 = (victims[incident_id_of(POLICE, one)] for one in ("A1", "B1", "C1"))
    assert b1 == c1 != a1


async def test_a_busy_batch_does_not_hide_who_lives_where_her_suspect_lives(
    database: OpenDatabase,
) -> None:
    kept = await database("person_matching")
    everybody = [a_household(number) for number in range(130)]
    for start in range(0, len(everybody), 40):
        await hear(kept, *everybody[start : start + 40])
    his_home = home(9, "Wellgate", "S60 2BB")
    lodger = a_victim(
        given_names="Oonagh",
        family_name="Pryce",
        date_of_birth=date(1958, 5, 6),
        phones=phones("01709 555222"),
        address=his_home,
    )
    await hear(kept, a_report("L1", victim=lodger, suspect=nobody()))
    await hear(kept, a_report("R1", suspect=a_suspect(address=his_home)))
    known_by_phone = a_suspect(address=None)
    said = await hear(
        kept,
        *(a_household(number, again=True) for number in range(130)),
        a_report("R2", suspect=known_by_phone, at=NOON + timedelta(minutes=9)),
    )
    her = [event for event in of(IncidentIdentified, said) if event.area][-1]
    points = opened(her.sealed.contact_unsafe, UnsafePart).points
    assert "01709 555222" in {point.value for point in points}


def a_household(number: int, *, again: bool = False) -> Any:
    """A report about four people of one home, whose names nobody else has."""
    name = "".join(chr(97 + (number // 26**place) % 26) for place in range(2))
    where = home(1 + number, f"{name.title()}stead Lane", "S61 3CC")
    born = date(1980, 1, 1) + timedelta(days=97 * number)
    return a_report(
        f"{'D' if again else 'C'}{number}",
        victim=a_victim(
            given_names=f"Bri{name}",
            family_name=f"Vo{name}ck",
            date_of_birth=born,
            phones=phones(f"07700 {910000 + number}"),
            address=where,
        ),
        suspect=a_suspect(
            given_names=f"Dor{name}",
            family_name=f"Hu{name}ft",
            date_of_birth=born + timedelta(days=400),
            phones=phones(f"07700 {920000 + number}"),
            address=where,
        ),
        children=tuple(
            a_child(
                ref=f"c{place}",
                given_names=f"{first}{name}",
                family_name=f"Hu{name}ft",
                date_of_birth=date(2012 + place, 2, 3) + timedelta(days=number),
            )
            for place, first in enumerate(("Ste", "Mor"))
        ),
    )
