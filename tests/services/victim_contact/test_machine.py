"""Any story at all in the small world: longer than those explored whole, and in any order."""

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, rule
from hypothesis.strategies import integers, sampled_from

from tests.bench.contact_world.happenings import by_name
from tests.bench.contact_world.promises import broken
from tests.bench.contact_world.table import TABLE
from tests.bench.contact_world.world import World, step
from tests.bench.explore_contact import repeated, transitions


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
