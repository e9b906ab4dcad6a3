"""The plan of attempts: three calls, a text, a letter, and then the end (domain.md 6.7)."""

from collections.abc import Iterable
from uuid import UUID

from contracts.vocabulary import Channel, ContactOutcome
from services.kit.working_time import london_date
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Attempt
from services.victim_contact.domain.policy import Policy
from services.victim_contact.domain.wishes import in_touch, served_persons, ways

SPOKEN = frozenset({Channel.CALL, Channel.IN_PERSON})
SETTLED = frozenset({ContactOutcome.REACHED, ContactOutcome.DECLINED})


def steps(channels: Iterable[Channel], policy: Policy) -> list[Channel]:
    """The whole plan for the channels that are safe; e-mail only where nothing better is."""
    safe = set(channels)
    plan = [Channel.CALL] * policy.calls if Channel.CALL in safe else []
    plan += [channel for channel in (Channel.TEXT, Channel.LETTER) if channel in safe]
    if Channel.EMAIL in safe and not {Channel.CALL, Channel.TEXT} & safe:
        plan.insert(0, Channel.EMAIL)
    return plan


def steps_left(group: Group, person_id: UUID, policy: Policy) -> list[Channel]:
    """What is still to be tried to reach one person; calls count once a day."""
    made = tries_of(group, person_id)
    days = {london_date(each.made_at) for each in made if each.channel in SPOKEN}
    sent = {each.channel for each in made}
    plan = steps((way.channel for way in ways(group, person_id)), policy)
    calls = [step for step in plan if step is Channel.CALL][len(days) :]
    return calls + [step for step in plan if step is not Channel.CALL and step not in sent]


def tries_of(group: Group, person_id: UUID) -> list[Attempt]:
    """The attempts that count in the plan for one person."""
    since = group.episode.round if group.episode else 0
    made = [each for each in group.told if each.counts and each.fence >= since]
    return [each for each in made if person_id in each.persons]


def last_word(group: Group, person_id: UUID) -> ContactOutcome | None:
    """Whether she was reached or declined, as last told under a fence that held."""
    words = [each.outcome for each in tries_of(group, person_id) if each.outcome in SETTLED]
    return words[-1] if words else None


def has_had_hers(group: Group, person_id: UUID, policy: Policy) -> bool:
    """She was reached, declined, or everything was tried."""
    if last_word(group, person_id) is not None:
        return True
    known = tries_of(group, person_id) or in_touch(group, person_id)
    return bool(known) and not steps_left(group, person_id, policy)


def waiting(group: Group, policy: Policy) -> list[UUID]:
    """The persons of the group whom the lead still has to try."""
    return [p for p in served_persons(group) if not has_had_hers(group, p, policy)]
