"""A plan of blows is the same for the same seed, and misses nobody."""

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ops.chaos.blows import KILLS_A_ROUND, Blow, Kind, plan
from services.ops.chaos.posts import BROKER, DATABASE, posts
from services.ops.platform import SERVICES


def a_plan(seed: int, kills: int, apart: int = 2) -> list[Blow]:
    chance = Random(seed)
    return plan(chance, kills, posts(chance, apart))


@given(st.integers(0, 50), st.integers(1, 60))
@settings(max_examples=50)
def test_a_plan_has_as_many_kills_as_asked_for(seed: int, kills: int) -> None:
    counts = Counter(blow.kind for blow in a_plan(seed, kills))
    assert counts[Kind.KILL] == kills
    assert counts[Kind.PAUSE] == counts[Kind.RESTART] == kills // KILLS_A_ROUND


def test_the_same_seed_gives_the_same_blows_and_another_seed_others() -> None:
    assert a_plan(1, 30) == a_plan(1, 30)
    assert a_plan(1, 30) != a_plan(2, 30)


@given(st.integers(0, 50))
@settings(max_examples=50)
def test_a_round_strikes_the_broker_the_database_and_thirteen_processes(seed: int) -> None:
    struck = [blow.target for blow in a_plan(seed, KILLS_A_ROUND) if blow.kind is Kind.KILL]
    assert {BROKER, DATABASE} < set(struck)
    assert len(set(struck)) >= 13


@given(st.integers(0, 50), st.integers(1, 5))
@settings(max_examples=50)
def test_a_member_leaves_only_after_it_joined(seed: int, rounds: int) -> None:
    there: list[str] = []
    for blow in a_plan(seed, rounds * KILLS_A_ROUND):
        if blow.kind is Kind.JOIN:
            there.append(blow.target)
        elif blow.kind is Kind.LEAVE:
            there.remove(blow.target)
    assert there == []


def test_two_hundred_kills_reach_each_service_in_each_role() -> None:
    chance = Random(1)
    cast = posts(chance, len(SERVICES))
    struck = {blow.target for blow in plan(chance, 200, cast)}
    assert {post.name for post in cast} <= struck
    roles = {(post.service, role) for post in cast for role in post.role}
    wanted = ("consumer", "relay", "dispatcher")
    assert roles >= {(service, role) for service in SERVICES for role in wanted}
