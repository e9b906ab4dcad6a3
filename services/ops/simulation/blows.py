"""What may go wrong, and at which kind of step it can."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """A step that a process takes outside of itself; between any two it may die."""

    READ = "read"
    WRITE = "write"
    COMMIT = "commit"
    FETCH = "fetch"
    OFFSETS = "offsets"
    APPEND = "append"
    READ_BACK = "read back"
    DELIVER = "deliver"
    SAY = "say"


class Blow(StrEnum):
    """What may happen instead of a step, or to a process."""

    KILLED = "killed"
    FROZEN = "frozen"
    ALL_KILLED = "all killed"
    CUT_OFF = "cut off"
    DEADLOCK = "deadlock"
    ANSWER_LOST = "answer lost"
    BROKER_AWAY = "broker away"
    ACKNOWLEDGEMENT_LOST = "acknowledgement lost"
    REFUSED = "refused"
    OFFSETS_LOST = "offsets lost"
    TWICE = "twice"
    NOT_NOW = "not now"
    TAKEN_UNSAID = "taken, unsaid"
    LOST_UNSAID = "lost, unsaid"


DATABASE = frozenset({Step.READ, Step.WRITE, Step.COMMIT})
ANYTHING = frozenset(Step) - {Step.SAY}
STRIKES: dict[Blow, frozenset[Step]] = {
    Blow.KILLED: ANYTHING,
    Blow.FROZEN: ANYTHING,
    Blow.ALL_KILLED: ANYTHING,
    Blow.CUT_OFF: DATABASE,
    Blow.DEADLOCK: frozenset({Step.WRITE}),
    Blow.ANSWER_LOST: frozenset({Step.COMMIT}),
    Blow.BROKER_AWAY: frozenset({Step.APPEND, Step.READ_BACK}),
    Blow.ACKNOWLEDGEMENT_LOST: frozenset({Step.APPEND}),
    Blow.REFUSED: frozenset({Step.APPEND}),
    Blow.OFFSETS_LOST: frozenset({Step.OFFSETS}),
    Blow.TWICE: frozenset({Step.SAY}),
    Blow.NOT_NOW: frozenset({Step.DELIVER}),
    Blow.TAKEN_UNSAID: frozenset({Step.DELIVER}),
    Blow.LOST_UNSAID: frozenset({Step.DELIVER}),
}
"""At which steps each can happen."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong: at the first step it can happen at, from the so-manieth on."""

    at: int
    blow: Blow
    seconds: float
    """How long a process stays away or frozen."""
    only: Step | None = None
    """The kind of step it waits for; None = any that it can happen at."""

    def strikes(self, step: Step) -> bool:
        """Whether it can happen at such a step."""
        return step in STRIKES[self.blow] and self.only in (None, step)
