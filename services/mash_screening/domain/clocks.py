"""When a screening is due (domain 3, clocks [D]), and in which order waiting work is taken."""

from datetime import datetime, time, timedelta

from contracts.vocabulary import Flag, Lane, Rag, RiskLevel
from services.kit.working_time import WorkingTime, in_london, london_date
from services.mash_screening.domain.facts import Facts
from services.mash_screening.domain.policy import Policy

END_OF_DAY = time(23, 59)


def rag_due(
    rag: Rag, level: RiskLevel, start: datetime, policy: Policy, office: WorkingTime
) -> datetime | None:
    """RED wall hours; AMBER and GREEN working hours, AMBER of a HIGH wall hours; BLUE none."""
    if rag is Rag.BLUE:
        return None
    if rag is Rag.RED:
        return start + timedelta(hours=policy.red_hours)
    if rag is Rag.GREEN:
        return office.hours_after(start, policy.green_hours)
    if level is RiskLevel.HIGH:
        return start + timedelta(hours=policy.amber_hours)
    return office.hours_after(start, policy.amber_hours)


def triage_due(start: datetime, policy: Policy) -> datetime:
    """Strangulation: the end of that day in London or some hours, the later."""
    in_hours = start + timedelta(hours=policy.strangulation_hours)
    return max(in_london(london_date(start), END_OF_DAY), in_hours)


def own_due(
    rag: Rag, level: RiskLevel, facts: Facts, policy: Policy, office: WorkingTime
) -> datetime | None:
    """The due time of a priority, from the receipt of its revision; never after the RAG's clock."""
    due = rag_due(rag, level, facts.received_at, policy, office)
    if due is None or Flag.STRANGULATION not in facts.flags:
        return due
    return min(due, triage_due(facts.received_at, policy))


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of a standing clock and another: news brings it forward, never back."""
    return min((due for due in (one, other) if due), default=None)


LANES = {Rag.RED: Lane.URGENT, Rag.AMBER: Lane.SOON, Rag.GREEN: Lane.ROUTINE}


def lane_of(rag: Rag, waiting_since: datetime, now: datetime, policy: Policy) -> Lane:
    """The lane of waiting work; a GREEN that waited long is promoted, so that nothing starves."""
    waited = now - waiting_since >= timedelta(hours=policy.green_promoted_after_hours)
    if rag is Rag.GREEN and waited:
        return Lane.SOON
    return LANES.get(rag, Lane.ROUTINE)
