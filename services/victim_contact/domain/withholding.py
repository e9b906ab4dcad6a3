"""Whom nobody may contact, told once, with the way to resolve it (domain.md 6.7 to 6.9)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.victim_contact.domain.clocks import clock
from services.victim_contact.domain.group import Group, Person, Withheld
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.matters import Matter, Standing, Told
from services.victim_contact.domain.news import HeldBack
from services.victim_contact.domain.reasons import CLASH, Withholding
from services.victim_contact.domain.turn import Turn
from services.victim_contact.domain.wishes import wanting, why_not

FOR_GOOD = frozenset({Withholding.CHILD_ONLY, Withholding.ASKED_NO_CONTACT})
"""Nobody is asked for a way: it is the rule, or her own word."""


def withhold(turn: Turn) -> None:
    """Say of each person why nobody contacts her, when it is news."""
    held = {person_id: tuple(_held(turn.group, person_id)) for person_id in turn.group.members}
    for person_id, withheld in held.items():
        person = turn.group.person(person_id)
        if person.withheld == withheld:
            continue
        turn.keep(replace(person, withheld=withheld))
        for each in withheld:
            before = [known for known in person.withheld if known.code is each.code]
            fresh = set(each.matter_ids).difference(*(known.matter_ids for known in before))
            if fresh:
                _say(turn, person_id, each, fresh)
    if not any(each.code not in FOR_GOOD for held_back in held.values() for each in held_back):
        turn.become(withheld_due_at=None)


def say_anew(turn: Turn, lead: Lead) -> None:
    """Where a lead is revoked it is news again that nobody contacts those whom it was asked for."""
    asked = {*lead.incident_ids, *lead.request_ids}
    for person in turn.group.people:
        rest = [
            replace(each, matter_ids=tuple(id_ for id_ in each.matter_ids if id_ not in asked))
            for each in person.withheld
        ]
        turn.keep(replace(person, withheld=tuple(each for each in rest if each.matter_ids)))


def waits_for_a_way(person: Person) -> bool:
    """Nobody contacts her, and somebody is asked for a way."""
    return any(each.code not in FOR_GOOD for each in person.withheld)


def _held(group: Group, person_id: UUID) -> Iterator[Withheld]:
    codes: dict[Withholding, list[UUID]] = {}
    for matter in sorted(group.matters, key=lambda each: each.order):
        code = _code(group, matter) if matter.person_id == person_id else None
        if code is not None:
            codes.setdefault(code, []).append(matter.id)
    return (Withheld(code, tuple(ids)) for code, ids in codes.items())


def _code(group: Group, matter: Matter) -> Withholding | None:
    """Why a matter is withheld; an incident with a child as victim always is."""
    if not matter.is_open:
        return None
    if not wanting(group, matter):
        child = matter.is_incident and group.is_child(matter.person_id)
        return Withholding.CHILD_ONLY if child and not matter.ended else None
    if group.lead is not None and matter.unblockable:
        return None
    return why_not(group, matter)


def _say(turn: Turn, person_id: UUID, withheld: Withheld, fresh: set[UUID]) -> None:
    matters = [m for each in withheld.matter_ids if (m := turn.group.matter(each))]
    for matter in matters:
        for agency in wanting(turn.group, matter):
            told = (turn.group.matter(matter.id) or matter).telling(Told(agency, Standing.WITHHELD))
            turn.keep(told)
    due_at = None if withheld.code in FOR_GOOD else _due_at(turn)
    new = tuple(matter for matter in matters if matter.id in fresh)
    turn.say(HeldBack(person_id, withheld.code, tuple(matters), new, due_at))
    if withheld.code is Withholding.IDENTITY_CLASH:
        turn.alarm(CLASH, due_at=due_at)


def _due_at(turn: Turn) -> datetime:
    due_at = turn.group.withheld_due_at or clock(turn.group, turn.now, turn.rules)
    turn.become(withheld_due_at=due_at)
    return due_at
