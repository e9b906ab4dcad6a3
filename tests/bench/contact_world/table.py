"""The table of the machine, read from the README of victim_contact: what may follow from what."""

from collections.abc import Mapping
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


def _state(name: str) -> State:
    return State(name.strip().replace(" ", "_"))


TABLE = read_table(README.read_text(encoding="utf-8"))
