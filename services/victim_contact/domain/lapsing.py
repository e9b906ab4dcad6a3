"""What happens when a lease runs out (domain.md 6.5)."""

from dataclasses import replace
from datetime import datetime

from services.victim_contact.domain.granting import end, grant
from services.victim_contact.domain.news import Planned
from services.victim_contact.domain.order import after_lapse
from services.victim_contact.domain.reasons import LAPSED, OVERDUE, REVIEW, Ending
from services.victim_contact.domain.turn import Turn
from services.victim_contact.domain.wishes import in_touch, served_persons


def put_off(turn: Turn, due_at: datetime, again: bool) -> datetime | None:
    """When a late timer is set again: once, by as much as it was late; None = take it now."""
    late, policy = turn.now - due_at, turn.rules.policy
    if again or late <= policy.late:
        return None
    return turn.now + min(late, policy.set_again_at_most)


def lapse(turn: Turn) -> None:
    """End a lease without an attempt in time and grant the next; some leads do not lapse."""
    lead, episode = turn.group.lead, turn.group.episode
    if lead is None or episode is None:
        return
    if lead.due is None:
        turn.alarm(REVIEW, lead)
        turn.answered = True
    elif lead.stays or _is_in_contact(turn):
        turn.alarm(OVERDUE, lead)
        longer = replace(lead, expires_at=turn.now + turn.rules.policy.overdue_again)
        turn.become(lead=longer)
        turn.say(Planned(longer, attempt=False))
    else:
        _lapse(turn)


def _lapse(turn: Turn) -> None:
    group, lead = turn.group, turn.group.lead
    if lead is None or group.episode is None:
        return
    follower = after_lapse(group, lead, turn.rules)
    turn.alarm(LAPSED, lead)
    turn.become(episode=group.episode.lapsing(lead.agency))
    end(turn, Ending.NO_ATTEMPT, follower)
    grant(turn, follower)


def _is_in_contact(turn: Turn) -> bool:
    lead = turn.group.lead
    return lead is not None and any(in_touch(turn.group, p) for p in served_persons(turn.group))
