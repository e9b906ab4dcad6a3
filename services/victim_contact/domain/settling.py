"""What follows for a group from what is known of it now: the heart of the state machine.

Every event first changes what is known; then these steps, in this order, bring the group to rest.
Running them again changes nothing.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Channel, ContactOutcome
from services.victim_contact.domain.clocks import extension, first_due, next_due
from services.victim_contact.domain.details import Given
from services.victim_contact.domain.granting import end, grant, hand_over
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Due, Lead
from services.victim_contact.domain.matters import Matter, Standing, Told
from services.victim_contact.domain.news import Changed, Closed, Covered, Planned
from services.victim_contact.domain.order import FOR_HIGH, first_choice, is_engaged
from services.victim_contact.domain.plan import last_word, waiting
from services.victim_contact.domain.reasons import NO_POINT_LEFT, NOT_ENGAGED, Ending
from services.victim_contact.domain.turn import Turn
from services.victim_contact.domain.wishes import (
    Wish,
    all_ways,
    grave,
    high_service,
    is_grave,
    served,
    served_persons,
    wanting,
    why_not,
    wishes,
)
from services.victim_contact.domain.withholding import say_anew, withhold


def settle(turn: Turn) -> None:
    """Bring the group to rest."""
    stop_lead(turn)
    raise_lead(turn)
    conclude(turn)
    refresh_points(turn)
    grant_lead(turn)
    hurry(turn)
    schedule(turn)
    tell_wishes(turn)
    withhold(turn)
    rest(turn)


def stop_lead(turn: Turn) -> None:
    """Revoke a lead whose reason fell away, or who must not contact any more."""
    lead = turn.group.lead
    if lead is None:
        return
    ending = _why_stop(turn, lead)
    if ending is None:
        return
    if ending in (Ending.ASKED_NO_CONTACT, Ending.CHILD_ONLY):
        turn.become(episode=None)
    end(turn, ending, first_choice(replace(turn.group, lead=None), turn.rules))
    say_anew(turn, lead)


def _why_stop(turn: Turn, lead: Lead) -> Ending | None:
    group, serves = turn.group, served(turn.group)
    if serves and _is_anothers(group, lead, serves):
        return Ending.NOTHING_LEFT
    if any(wish.matter.is_incident or wish.agency == lead.agency for wish in serves):
        return None
    if serves and lead.agency in FOR_HIGH and grave(group):
        return None
    reasons = [w.matter for w in wishes(group) if w.matter.is_incident or w.agency == lead.agency]
    blocked = [code for matter in reasons if (code := why_not(group, matter))]
    return Ending(blocked[0].value) if blocked else Ending.NOTHING_LEFT


def _is_anothers(group: Group, lead: Lead, serves: list[Wish]) -> bool:
    """Only others wish to contact her: the agency led for requests that it took back."""
    if lead.incident_ids or any(wish.agency == lead.agency for wish in serves):
        return False
    withdrawn = [m for each in lead.request_ids if (m := group.matter(each)) and not m.live]
    return bool(withdrawn) and not group.has_reached(lead.agency)


def raise_lead(turn: Turn) -> None:
    """Hand over to the IDVA service at HIGH or MARAC, unless a worker is engaged."""
    group = turn.group
    lead, graves = group.lead, grave(group)
    if lead is None or not graves or lead.agency in FOR_HIGH or is_engaged(group, lead.agency):
        return
    if not served(replace(group, lead=None)):
        return
    high = any(matter.is_high for matter in graves)
    ending = Ending.RAISED_TO_HIGH if high else Ending.MARAC_LISTED
    hand_over(turn, ending, high_service(group))


def conclude(turn: Turn) -> None:
    """Close when each person has had hers, and none is in contact."""
    group, lead = turn.group, turn.group.lead
    if lead is None or not group.tried_by(lead) or waiting(group, turn.rules.policy):
        return
    words = {last_word(group, person_id) for person_id in served_persons(group)}
    if ContactOutcome.REACHED not in words:
        close(turn, "declined" if ContactOutcome.DECLINED in words else NOT_ENGAGED)


def close(turn: Turn, reason: str) -> None:
    """End the episode, and with it every wish of those whom the lead served."""
    group = turn.group
    ended = _ending_with(turn)
    attempts = sum(1 for each in group.told if each.counts)
    matters = {wish.matter.id: wish.matter for wish in ended}
    for matter in matters.values():
        turn.keep(matter.closing(wanting(group, matter)))
    lead = turn.end_lead(reason)
    turn.become(episode=None)
    turn.say(Closed(lead, reason, attempts, ended))


def _ending_with(turn: Turn) -> tuple[Wish, ...]:
    persons = served_persons(turn.group)
    return tuple(wish for wish in wishes(turn.group) if wish.matter.person_id in persons)


def refresh_points(turn: Turn) -> None:
    """Tell the lead at once of points that became unsafe or safe."""
    group, lead = turn.group, turn.group.lead
    if lead is None:
        return
    safe = {given.way: given for given in all_ways(group, served_persons(group))}
    changed = replace(lead, points=_points(lead, safe))
    held, holds = ({point.id for point in each.usable} for each in (lead, changed))
    withdrawn = tuple(point.id for point in lead.usable if point.id not in holds)
    added = tuple(point for point in changed.usable if point.id not in held)
    if not withdrawn and not added:
        return
    turn.become(lead=changed)
    turn.say(Changed(changed, withdrawn, added))
    if not safe:
        turn.alarm(NO_POINT_LEFT, lead)


def _points(lead: Lead, safe: dict[tuple[UUID, str, Channel], Given]) -> tuple[Given, ...]:
    """The points under the ids that it holds, else were first given with; others are withdrawn."""
    own = {given.id: given for given in safe.values()}
    kept = [own.get(p.id, p) for p in lead.usable if p.id in own or p.way in safe]
    known = {p.way: p for p in lead.points if own.get(p.id, p).way == p.way}
    left = safe.keys() - {point.way for point in kept}
    again = [replace(known.get(way, safe[way]), withdrawn=False) for way in safe if way in left]
    ids = {point.id for point in (*kept, *again)}
    gone = [replace(point, withdrawn=True) for point in lead.points if point.id not in ids]
    return (*kept, *again, *gone)


def grant_lead(turn: Turn) -> None:
    """Grant the first in order when somebody wants to contact and nobody leads."""
    if turn.group.lead is None and (agency := first_choice(turn.group, turn.rules)):
        grant(turn, agency)


def hurry(turn: Turn) -> None:
    """Bring the first attempt forward when something graver joins; the lease stays as told, and a
    supervisor hears where the attempt is not made. Where all that was tried turned out to be
    another's, the lead is asked anew.
    """
    lead, persons = turn.group.lead, waiting(turn.group, turn.rules.policy)
    if lead is None or turn.group.tried_by(lead) or not persons:
        return
    due, _ = first_due(turn.group, persons, turn.now, turn.rules)
    if lead.due is None:
        _plan(turn, lead, due, due.due_at)
    elif due.due_at < lead.due.due_at:
        hurried = replace(lead, due=due)
        turn.become(lead=hurried)
        turn.say(Planned(hurried, lease=False))


def schedule(turn: Turn) -> None:
    """Set the next attempt after one was made; a lead in contact with all has none."""
    group, lead = turn.group, turn.group.lead
    if lead is None or not (group.tried_by(lead) or lead.due is None):
        return
    persons = waiting(group, turn.rules.policy)
    if not persons:
        if turn.answered or lead.due is not None:
            _plan(turn, lead, None, turn.now + turn.rules.policy.review)
    elif turn.answered or lead.due is None:
        due = next_due(group, lead, persons, turn.now, turn.rules)
        longer = extension(due.due_at if due else turn.now, turn.rules)
        _plan(turn, lead, due, max(lead.expires_at, longer))


def _plan(turn: Turn, lead: Lead, due: Due | None, expires_at: datetime) -> None:
    planned = replace(lead, due=due, expires_at=expires_at)
    turn.become(lead=planned)
    turn.say(Planned(planned))


def rest(turn: Turn) -> None:
    """Where nobody leads and nobody wishes to, the episode is over."""
    if turn.group.lead is None and not wishes(turn.group):
        turn.become(episode=None)


def tell_wishes(turn: Turn) -> None:
    """Tell each agency what became of its wish, once per lead."""
    lead = turn.group.lead
    if lead is None:
        return
    for wish in wishes(turn.group):
        told = Told(wish.agency, _standing(turn, wish, lead), lead.lead_id)
        matter = turn.group.matter(wish.matter.id) or wish.matter
        if told.standing is Standing.WITHHELD or matter.told_of(wish.agency) == told:
            continue
        turn.keep(matter.telling(told))
        if told.standing is not Standing.GRANTED:
            turn.say(Covered(wish, lead, told.standing is Standing.FLAGGED))


def _standing(turn: Turn, wish: Wish, lead: Lead) -> Standing:
    matter, is_withheld = wish.matter, why_not(turn.group, wish.matter) is not None
    asked = matter.id in (*lead.incident_ids, *lead.request_ids)
    if wish.agency == lead.agency and asked and not is_withheld:
        return Standing.GRANTED
    if matter.unblockable or _is_kept_from_idva(turn, matter, wish, lead):
        return Standing.FLAGGED
    return Standing.WITHHELD if is_withheld else Standing.COVERED


def _is_kept_from_idva(turn: Turn, matter: Matter, wish: Wish, lead: Lead) -> bool:
    """An engaged worker keeps the contact at HIGH: the IDVA service's wish is flagged to it."""
    if lead.agency in FOR_HIGH or wish.agency not in FOR_HIGH:
        return False
    return is_grave(turn.group, matter) and why_not(turn.group, matter) is None
