"""The small world of contact: every short story, and any long one."""

from itertools import product

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, rule
from hypothesis.strategies import integers, sampled_from

from services.victim_contact.domain.states import State
from tests.bench.contact_world.exploring import Exploration, Explored, repeated, transitions
from tests.bench.contact_world.happenings import alphabets, by_name, tellings
from tests.bench.contact_world.promises import broken
from tests.bench.contact_world.table import README, TABLE, Happening, written
from tests.bench.contact_world.world import World, step

SHORT = 3
"""How many events the stories have that every run of the tests walks."""


def test_every_short_story_keeps_every_promise_and_the_table_knows_where_it_leads() -> None:
    everything, seen = alphabets()[0], Explored()
    Exploration(everything, seen, twins=20).walk(SHORT)
    assert seen.examples == {}
    assert seen.twins > 0
    assert [
        transition
        for transition in seen.transitions
        if transition[1] not in TABLE.get(transition[0], frozenset())
    ] == []


def test_the_table_of_the_readme_is_as_the_explorer_writes_it() -> None:
    transitions = [(cell, after) for cell, afters in TABLE.items() for after in afters]
    assert written(transitions) in README.read_text(encoding="utf-8")


def test_nothing_is_told_by_a_lead_where_there_is_none() -> None:
    told = set(Happening) & {happened.happening for happened in tellings() if not happened.old}
    for state in (State.QUIET, State.WITHHELD):
        assert {what for what in told if (state, what) in TABLE} == set()
    assert {cell for cell in product(State, Happening) if cell not in TABLE} == {
        (state, what) for state in (State.QUIET, State.WITHHELD) for what in told
    }


def test_the_explorations_hold_everything_that_may_happen() -> None:
    explored = {letter.name for alphabet in alphabets()[1:] for letter in alphabet.letters}
    assert explored == set(by_name())
    assert {each.happening for each in by_name().values()} == set(Happening)


class AnyStory(RuleBasedStateMachine):
    """What happens to two victims who may be one, without end and with every repetition."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.story: list[str] = []

    @rule(name=sampled_from(sorted(by_name())), which=integers(0, 1))
    def happens(self, name: str, which: int) -> None:
        """Something happens; every promise holds, and the table knows where it leads."""
        events = list(self.world.events(by_name()[name]))
        if not events:
            return
        self.story.append(name)
        taken = step(self.world, by_name()[name], events[which % len(events)])
        assert [*broken(taken), *repeated(taken)] == [], self.story
        for cell, after in transitions(taken):
            assert after in TABLE.get(cell, frozenset()), (cell, after, self.story)
        self.world = taken.after


TestAnyStory = AnyStory.TestCase
TestAnyStory.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, derandomize=True
)
