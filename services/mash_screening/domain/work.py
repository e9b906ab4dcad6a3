"""In which order waiting work is taken (domain 3), so that nothing starves."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from contracts.vocabulary import Lane, RiskLevel
from services.mash_screening.domain.case import Case
from services.mash_screening.domain.clocks import lane_of
from services.mash_screening.domain.policy import Policy

NEVER = datetime.max.replace(tzinfo=UTC)


def in_order(
    cases: Iterable[Case], policy_of: Callable[[str], Policy], now: datetime
) -> list[Case]:
    """By lane, then due time; within a lane HIGH never waits behind a lower grade."""
    return sorted(cases, key=lambda case: turn(case, policy_of(case.area), now))


def turn(case: Case, policy: Policy, now: datetime) -> tuple[Lane, bool, datetime, str]:
    """Where a waiting case stands in the order."""
    if case.screening is None:
        return (Lane.ROUTINE, True, NEVER, str(case.incident_id))
    screening = case.screening
    lane = lane_of(screening.rag, case.facts.first_received_at, now, policy)
    below_high = screening.level is not RiskLevel.HIGH
    return (lane, below_high, screening.due_at or NEVER, str(case.incident_id))
