"""A merge undone where three were one: whoever was joined to the one who leaves goes with her."""

from datetime import date
from typing import Any

from contracts.identity import PersonsMerged, PersonsSeparated, ReviewOpened
from contracts.vocabulary import IdentityChoice, PersonId, person_id_of
from tests.services.person_matching.builders import (
    POLICE,
    World,
    a_request,
    a_victim,
    home,
    of,
    phones,
)

SAME, DIFFERENT = IdentityChoice.SAME, IdentityChoice.DIFFERENT
HERS: dict[str, Any] = {
    "phones": phones("07700 900999"),
    "emails": ("moorgate@mail.example",),
    "address": home(3, "Moorgate Road", "S60 2AA"),
}


def namesake() -> Any:
    """Leanne's name and birth date with another home and number."""
    return a_victim(**HERS)


def lodger(**told: Any) -> Any:
    """Another name and birth date at the namesake's home, with her number."""
    usual = {"given_names": "Tamsin", "family_name": "Okafor", "date_of_birth": date(1979, 8, 3)}
    return a_victim(**{**usual, **HERS, **told})


def who(world: World, reference: str, source: str = POLICE) -> PersonId:
    """Whose the record of the report's victim is by now."""
    record = world.persons.record(person_id_of(source, reference, "victim"))
    assert record is not None
    return PersonId(record.person_id)


def three(world: World, lodgers: int = 1) -> tuple[ReviewOpened, ReviewOpened]:
    """Leanne (twice), a namesake, and one at the namesake's home: asked of each two neighbours."""
    world.report("A1")
    world.report("A2")
    [namesakes] = of(ReviewOpened, world.report("B1", victim=namesake()))
    [neighbours] = of(ReviewOpened, world.hear(a_request("C1", victim=lodger(), at=world.now)))
    for number in range(2, lodgers + 1):
        world.report(f"C{number}", victim=lodger())
    return namesakes, neighbours


def test_whom_a_human_joined_to_the_one_who_leaves_goes_with_her() -> None:
    world = World()
    namesakes, neighbours = three(world)
    world.decide(namesakes, SAME)
    world.decide(neighbours, SAME)
    assert who(world, "A1") == who(world, "B1") == who(world, "C1", "victim_support")
    [parted] = of(PersonsSeparated, world.decide(namesakes, DIFFERENT))
    assert who(world, "A1") == who(world, "A2") == parted.person_id
    assert who(world, "B1") == who(world, "C1", "victim_support") == parted.separated_ids[0]
    assert world.persons.apart(who(world, "A1"), who(world, "B1"))


def test_who_has_more_records_keeps_her_id_and_those_who_were_joined_to_her() -> None:
    world = World()
    namesakes, neighbours = three(world, lodgers=5)
    world.decide(namesakes, SAME)
    world.decide(neighbours, SAME)
    kept = who(world, "C2")
    [parted] = of(PersonsSeparated, world.decide(namesakes, DIFFERENT))
    assert who(world, "B1") == who(world, "C2") == kept
    assert who(world, "A1") == who(world, "A2") == parted.separated_ids[0]


def test_whom_a_human_joined_to_the_one_who_stays_stays() -> None:
    world = World()
    namesakes, neighbours = three(world)
    world.decide(neighbours, SAME)
    world.decide(namesakes, SAME)
    world.decide(neighbours, DIFFERENT)
    assert who(world, "A1") == who(world, "B1")
    assert who(world, "C1", "victim_support") != who(world, "B1")


def test_what_was_joined_is_undone_and_joined_again_with_her_after_she_left() -> None:
    world = World()
    namesakes, neighbours = three(world)
    for review, choice in ((namesakes, SAME), (neighbours, SAME), (namesakes, DIFFERENT)):
        world.decide(review, choice)
    assert world.decide(neighbours, SAME) == []
    world.decide(neighbours, DIFFERENT)
    assert len({who(world, "A1"), who(world, "B1"), who(world, "C1", "victim_support")}) == 3
    world.decide(neighbours, SAME)
    assert who(world, "B1") == who(world, "C1", "victim_support") != who(world, "A1")


def test_same_joins_her_who_left_and_not_the_one_she_was_taken_for() -> None:
    world = World()
    namesakes, neighbours = three(world)
    world.decide(namesakes, SAME)
    world.decide(namesakes, DIFFERENT)
    world.decide(neighbours, SAME)
    assert who(world, "B1") == who(world, "C1", "victim_support") != who(world, "A1")


def test_an_open_question_about_her_who_left_stays_hers() -> None:
    world = World()
    namesakes, _ = three(world)
    world.decide(namesakes, SAME)
    world.decide(namesakes, DIFFERENT)
    third = who(world, "C1", "victim_support")
    assert world.persons.possibly_same(who(world, "B1")) == (third,)
    assert world.persons.possibly_same(who(world, "A1")) == ()


def test_a_same_about_two_who_are_two_by_now_is_carried_out_again() -> None:
    world = World()
    world.report("A1")
    [first] = of(ReviewOpened, world.report("B1", victim=namesake()))
    world.decide(first, DIFFERENT)
    there = home(7, "Badsley Moor Lane", "S65 2BB")
    third = a_victim(phones=phones("07700 900555"), address=there)
    asked = of(ReviewOpened, world.report("C1", victim=third))
    for review in (*asked, first):
        world.decide(review, SAME)
    world.decide(asked[1], DIFFERENT)
    assert who(world, "A1") != who(world, "B1")
    world.decide(first, SAME)
    assert who(world, "A1") == who(world, "B1")


def test_two_who_left_together_under_a_new_id_are_still_one() -> None:
    world = World()
    namesakes, neighbours = three(world, lodgers=5)
    for choice in (SAME, DIFFERENT, SAME):
        world.decide(namesakes, choice)
    world.decide(neighbours, SAME)
    world.decide(neighbours, DIFFERENT)
    assert who(world, "A1") == who(world, "B1") != who(world, "C2")
    assert world.decide(namesakes, SAME) == []


def test_an_id_of_one_who_left_is_never_given_again() -> None:
    world = World()
    namesakes, neighbours = three(world, lodgers=5)
    world.decide(namesakes, SAME)
    world.decide(namesakes, DIFFERENT)
    left = who(world, "B1")
    merged = of(PersonsMerged, world.decide(neighbours, SAME))
    assert merged[0].merged_ids == (left,)
    [parted] = of(PersonsSeparated, world.decide(neighbours, DIFFERENT))
    assert parted.separated_ids[0] not in {left, person_id_of(POLICE, "B1", "victim")}
