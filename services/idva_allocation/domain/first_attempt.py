"""When the first attempt to reach a victim is due (domain 5 [D])."""

from collections.abc import Collection
from datetime import datetime, timedelta

from contracts.vocabulary import Custody, Flag, RiskLevel
from services.idva_allocation.domain.policy import Policy
from services.kit.working_time import WorkingTime

GRAVE = (Flag.STRANGULATION, Flag.THREATS_TO_KILL)


def is_imminent(flags: Collection[Flag], custody: Custody) -> bool:
    """Strangulation or threats to kill, and a suspect not in custody; unknown reads as at large."""
    return custody is not Custody.IN_CUSTODY and any(flag in flags for flag in GRAVE)


def first_attempt_due(
    level: RiskLevel, imminent: bool, start: datetime, policy: Policy, office: WorkingTime
) -> datetime:
    """HIGH 24 h wall, 4 h where imminent; MEDIUM 48 h; STANDARD 5 working days."""
    if level is RiskLevel.HIGH:
        return start + timedelta(hours=policy.imminent_hours if imminent else policy.high_hours)
    if level is RiskLevel.MEDIUM:
        return start + timedelta(hours=policy.medium_hours)
    return office.close_of_day_after(start, policy.standard_working_days)
