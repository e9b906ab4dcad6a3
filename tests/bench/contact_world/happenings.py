"""What may happen in the small world: fixed messages, and what the present leads tell."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from contracts.contact import LeaseDue
from services.victim_contact.domain.leads import Lead
from tests.bench.contact_world.table import Happening
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
    CAT,
    DAY,
    HIGH,
    HOUR,
    NOON,
    SAM,
    STANDARD,
    a_closing,
    a_decision,
    a_group,
    a_listing,
    a_merge,
    a_number,
    a_part,
    a_regrade,
    a_request,
    a_screening,
    a_separation,
    a_withdrawal,
    an_outcome,
    an_unsafe,
    an_unsafe_finding,
    heard,
)

HERS, ANOTHER = a_number("07700900001", channels=("call",)), a_number("07700900002")
ALPHABETS = Path(__file__).with_name("alphabets.txt")
LATER = NOON + HOUR
"""What is later than anything that happens before a lease has run out."""


@dataclass(frozen=True)
class Message:
    """A message of another service: it may come at any time, and as often as it likes."""

    name: str
    happening: Happening
    event: Any


@dataclass(frozen=True)
class Telling:
    """Something that a lead tells, or that happens to it."""

    name: str
    happening: Happening
    of: Callable[[Lead, datetime], Any]
    old: bool = False
    """Told by a lead that has ended."""


def messages() -> list[Message]:
    """Everything that the other services say in this world."""
    found = an_unsafe_finding(an_unsafe(HERS.value or "", NOON))
    withdrawn = a_request("victim_support", version=2, status="withdrawn")
    return [
        *_incidents(),
        *_identities(),
        Message("a wish", Happening.REQUEST, a_request("victim_support")),
        Message("a wish withdrawn", Happening.WITHDRAWN, withdrawn),
        Message("a duty", Happening.DUTY, a_request("outreach", 2, victim=BEA, statutory=True)),
        Message("made unsafe", Happening.UNSAFE, found),
        Message("at MARAC", Happening.LISTED, a_listing(1)),
    ]


def _incidents() -> list[Message]:
    hers: dict[str, Any] = {"part": a_part(HERS), "suspect_id": SAM}
    checked: dict[str, Any] = {"part": a_part(HERS, verified_at=LATER), "suspect_id": SAM}
    revived = a_screening(1, version=4, revision=2, at=LATER, first_at=NOON, **checked)
    return [
        Message("her incident", Happening.INCIDENT, a_screening(1, **hers)),
        Message("raised to HIGH", Happening.RAISED, a_regrade(1, risk=HIGH, **hers)),
        Message("cancelled", Happening.CANCELLED, a_withdrawal(1, version=3)),
        Message("revived, checked", Happening.CHECKED, revived),
        Message("the other's incident", Happening.INCIDENT, _others(BEA)),
    ]


def _others(victim: UUID, **fields: Any) -> Any:
    return a_screening(2, victim, LATER, risk=STANDARD, part=a_part(ANOTHER), **fields)


def _identities() -> list[Message]:
    together = a_group(ANN, BEA, version=2)
    apart = (a_group(ANN, version=3), a_group(BEA, version=3))
    one, parted = a_group(ANN, version=4), (a_group(ANN, version=5), a_group(CAT, version=5))
    hers = _others(ANN, version=2, group=one)
    a_thirds = _others(CAT, version=3, group=parted[1])
    return [
        Message("may be one", Happening.JOINED, a_decision(together, same=True)),
        Message("not the same", Happening.PARTED, a_decision(*apart)),
        Message("are one", Happening.MERGED, a_merge(ANN, BEA, groups=[one])),
        Message("the other's is hers", Happening.MERGED, hers),
        Message("were two", Happening.UNDONE, a_separation(ANN, CAT, groups=parted)),
        Message("the other's is a third's", Happening.UNDONE, a_thirds),
    ]


def tellings() -> list[Telling]:
    """Everything that a lead may tell in this world, and its lease."""
    said = [
        ("reached", Happening.REACHED, NOON),
        ("no_answer", Happening.NO_ANSWER, NOON),
        ("declined", Happening.DECLINED, NOON),
        ("answered_by_other", Happening.ANSWERED_BY_OTHER, NOON),
        ("asked_no_contact", Happening.ASKED_NO_CONTACT, NOON + HOUR / 2),
    ]
    told = [Telling(name, what, _outcome(name, at)) for name, what, at in said]
    before = Telling(
        "no_answer, the day before", Happening.NO_ANSWER, _outcome("no_answer", NOON - DAY)
    )
    old = [
        Telling("old: reached", Happening.OLD_FENCE, _outcome("reached", NOON), old=True),
        Telling("old: no_answer", Happening.OLD_FENCE, _outcome("no_answer", NOON), old=True),
        Telling("old: closed", Happening.OLD_FENCE, _closing, old=True),
    ]
    others = [
        Telling(f"{name}, the other", what, _of_the_other(name))
        for name, what in (("reached", Happening.REACHED), ("no_answer", Happening.NO_ANSWER))
    ]
    closed = Telling("closed", Happening.CLOSED, _closing)
    return [
        *told,
        *others,
        before,
        closed,
        Telling("lease due", Happening.LEASE_DUE, lease_due),
        *old,
    ]


def _outcome(name: str, at: datetime) -> Callable[[Lead, datetime], Any]:
    told = cache(lambda lead: an_outcome(lead, name, at=NOON, told_of=at))
    return lambda lead, now: told(_Named(lead.lead_id, lead.agency, lead.fence))


def _of_the_other(name: str) -> Callable[[Lead, datetime], Any]:
    """An attempt at a point of the other's; nothing where the lead was given none."""

    def told(lead: Lead, now: datetime) -> Any:
        point = next((each.id for each in lead.usable if each.person_id == BEA), None)
        if point is None:
            return None
        return an_outcome(lead, name, at=NOON, told_of=NOON, contact_point=str(point))

    return told


def _closing(lead: Lead, now: datetime) -> Any:
    return _closed(_Named(lead.lead_id, lead.agency, lead.fence))


@cache
def _closed(lead: "_Named") -> Any:
    return a_closing(lead)


class _Named(NamedTuple):
    """What an agency must know to tell of a lead."""

    lead_id: UUID
    agency: str
    fence: int


def lease_due(lead: Lead, now: datetime) -> Any:
    """The note to oneself that the lead's lease runs out; one that is late was set again."""
    note = LeaseDue(
        contact_group=lead.contact_group,
        lead_id=lead.lead_id,
        fence=lead.fence,
        expires_at=lead.expires_at,
        set_again=now > lead.expires_at,
    )
    return heard(note, *lead.about, lead.expires_at)


def by_name() -> dict[str, Message | Telling]:
    """Everything that may happen, by its name."""
    everything: list[Message | Telling] = [*messages(), *tellings()]
    return {happened.name: happened for happened in everything}


@dataclass(frozen=True)
class Alphabet:
    """What may happen in an exploration, in any order and any number of times."""

    name: str
    depth: int
    """How many events a story may have."""
    letters: tuple[Message | Telling, ...]


def alphabets() -> list[Alphabet]:
    """The explorations of `make explore`."""
    known, text = by_name(), ALPHABETS.read_text(encoding="utf-8")
    return [_alphabet(known, line) for line in text.splitlines()]


def _alphabet(known: dict[str, Message | Telling], line: str) -> Alphabet:
    name, depth, *letters = (each.strip() for each in line.split("|"))
    chosen = letters if letters != ["everything"] else [*known]
    return Alphabet(name, int(depth), tuple(known[letter] for letter in chosen))
