"""What may happen in the small world: fixed messages, and what the present leads tell."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.contact import LeaseDue
from services.victim_contact.domain.leads import Lead
from tests.bench.contact_world.table import Happening
from tests.services.victim_contact.builders import (
    ANN,
    BEA,
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
    a_withdrawal,
    an_outcome,
    an_unsafe,
    an_unsafe_finding,
    heard,
)

HERS, ANOTHER = a_number("07700900001", channels=("call",)), a_number("07700900002")
DECKS = Path(__file__).with_name("decks.txt")
LATER = NOON + HOUR
"""Time stands still at NOON but for what is said to be later."""


@dataclass(frozen=True)
class Message:
    """A message that comes at most once, and as often again as anybody likes."""

    name: str
    happening: Happening
    event: Any


@dataclass(frozen=True)
class Telling:
    """Something that a lead tells, or that happens to it."""

    name: str
    happening: Happening
    of: Callable[[Lead], Any]
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
    others = a_screening(2, victim=BEA, risk=STANDARD, part=a_part(ANOTHER), at=LATER)
    return [
        Message("her incident", Happening.INCIDENT, a_screening(1, **hers)),
        Message("raised to HIGH", Happening.RAISED, a_regrade(1, risk=HIGH, **hers)),
        Message("cancelled", Happening.CANCELLED, a_withdrawal(1, version=3)),
        Message("revived, checked", Happening.CHECKED, revived),
        Message("the other's incident", Happening.INCIDENT, others),
    ]


def _identities() -> list[Message]:
    together = a_group(ANN, BEA, version=2)
    apart = (a_group(ANN, version=3), a_group(BEA, version=3))
    merged = a_merge(ANN, BEA, groups=[a_group(ANN, version=4)])
    return [
        Message("may be one", Happening.JOINED, a_decision(together, same=True)),
        Message("not the same", Happening.PARTED, a_decision(*apart)),
        Message("are one", Happening.MERGED, merged),
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
    times = ("", " again", " a third time", " a fourth time")
    leases = [Telling(f"lease due{time}", Happening.LEASE_DUE, lease_due) for time in times]
    old = [
        Telling("old: reached", Happening.OLD_FENCE, _outcome("reached", NOON), old=True),
        Telling("old: no_answer", Happening.OLD_FENCE, _outcome("no_answer", NOON), old=True),
        Telling("old: closed", Happening.OLD_FENCE, a_closing, old=True),
    ]
    return [
        *told,
        before,
        Telling("closed", Happening.CLOSED, a_closing),
        *leases,
        *old,
    ]


def _outcome(name: str, at: Any) -> Callable[[Lead], Any]:
    return lambda lead: an_outcome(lead, name, at=NOON, told_of=at)


def lease_due(lead: Lead) -> Any:
    """The note to oneself that the lead's lease runs out."""
    note = LeaseDue(
        contact_group=lead.contact_group,
        lead_id=lead.lead_id,
        fence=lead.fence,
        expires_at=lead.expires_at,
    )
    return heard(note, *lead.about, lead.expires_at)


def by_name() -> dict[str, Message | Telling]:
    """Everything that may happen, by its name."""
    everything: list[Message | Telling] = [*messages(), *tellings()]
    return {happened.name: happened for happened in everything}


def decks() -> list[list[Message | Telling]]:
    """Nine things each; together they hold everything that may happen."""
    known, text = by_name(), DECKS.read_text(encoding="utf-8")
    return [[known[name.strip()] for name in line.split("|")] for line in text.splitlines()]
