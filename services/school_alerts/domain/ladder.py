"""The steps after an alert that nobody acknowledges: each role once, then the phone (domain 4)."""

from datetime import datetime

from services.kit.working_time import in_london, london_date
from services.school_alerts.domain.calendar import SchoolHours
from services.school_alerts.domain.policy import Policy


def step_due(
    step: int, sent_at: datetime, due_by: datetime, hours: SchoolHours, policy: Policy
) -> datetime:
    """When the step (from 1) is due: on D by the clock, or counted from a later sending."""
    day = london_date(due_by)
    if sent_at <= in_london(day, policy.ladder_by) and step <= len(policy.ladder_at):
        return in_london(day, policy.ladder_at[step - 1])
    return hours.after(sent_at, step * policy.ladder_minutes)
