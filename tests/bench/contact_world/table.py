"""The table of the machine, read from the README of victim_contact: what may follow from what."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from services import victim_contact
from services.victim_contact.domain.states import State

README = Path(victim_contact.__file__).with_name("README.md")
NOTHING = "-"


class Happening(StrEnum):
    """What may happen to a contact group."""

    INCIDENT = "a new incident"
    RAISED = "risk raised to HIGH"
    LISTED = "listed at MARAC"
    CANCELLED = "an incident cancelled"
    CHECKED = "revived with checked points"
    REQUEST = "an agency's request"
    WITHDRAWN = "a request withdrawn"
    DUTY = "a statutory request"
    UNSAFE = "points become unsafe"
    JOINED = "groups join"
    PARTED = "groups part"
    MERGED = "persons become one"
    UNDONE = "a merge undone"
    REACHED = "reached"
    NO_ANSWER = "no answer"
    DECLINED = "declined"
    ANSWERED_BY_OTHER = "answered by another"
    ASKED_NO_CONTACT = "asked for no contact"
    LEASE_DUE = "the lease runs out"
    CLOSED = "closed by the lead"
    OLD_FENCE = "told under an old fence"


Cell = tuple[State, Happening]
Table = Mapping[Cell, frozenset[State]]
Transition = tuple[Cell, State]


def read_table(text: str) -> Table:
    """A table of happenings by states; each cell holds the states that may follow."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    start = next(place for place, row in enumerate(rows) if row[0] == "happening")
    states = [_state(name) for name in rows[start][1:]]
    body = {row[0]: row[1:] for row in rows[start + 2 :]}
    return {
        (state, happening): frozenset(_state(name) for name in cell.split(","))
        for happening in Happening
        for state, cell in zip(states, body[happening.value], strict=True)
        if cell != NOTHING
    }


def written(transitions: Iterable[Transition]) -> str:
    """The table of these transitions, as the README has it."""
    cells: dict[Cell, set[State]] = {}
    for cell, after in transitions:
        cells.setdefault(cell, set()).add(after)
    rows = [["happening", *map(_name, State)]]
    rows += [
        [happening.value, *(_cell(cells.get((state, happening), set())) for state in State)]
        for happening in Happening
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rows.insert(1, ["-" * width for width in widths])
    lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(afters: set[State]) -> str:
    return ", ".join(_name(state) for state in State if state in afters) or NOTHING


def _name(state: State) -> str:
    return state.value.replace("_", " ")


def _state(name: str) -> State:
    return State(name.strip().replace(" ", "_"))


TABLE = read_table(README.read_text(encoding="utf-8"))
