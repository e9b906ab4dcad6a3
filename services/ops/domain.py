"""The clocks that ops watches from outside, and when it pages."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from contracts.vocabulary import AgeBand, IncidentId

FIRST_LOOK = timedelta(minutes=30)
"""By then a report has a screening, and each of its children an alert: long before any clock."""
BEFORE_THE_BELL = timedelta(minutes=15)
"""How long before a school's deadline an alert that is not out is paged."""
AFTER_OVERDUE = timedelta(minutes=5)
"""How long mash_screening may take to say itself that a clock ran out."""
TICK = timedelta(minutes=5)
"""Watches fall on these, so that many share one look."""
EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class Watch(StrEnum):
    """What is looked at when a watch is due."""

    REPORT = "report"
    OVERDUE = "overdue"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class WatchedIncident:
    """What ops knows of an incident's clocks; news comes in any order, the newer counts."""

    incident_id: IncidentId
    area: str | None = None
    live: bool = True
    said: int = 0
    """The police's version."""
    children: tuple[str, ...] = ()
    screened: int = 0
    """The screening's version; 0 = none stands."""
    due_at: datetime | None = None
    answered: bool = False
    """Whether the screening needs no more watching: confirmed, or said to be overdue."""

    def reported(self, version: int, area: str, children: tuple[str, ...]) -> "WatchedIncident":
        """The incident as the police said it."""
        if version <= self.said:
            return self
        return replace(self, said=version, area=area, children=children, live=True)

    def cancelled(self, version: int, area: str) -> "WatchedIncident":
        """The incident after the police took it back."""
        if version <= self.said:
            return self
        return replace(self, said=version, area=area, live=False)

    def seen(self, version: int, due_at: datetime | None, confirmed: bool) -> "WatchedIncident":
        """The incident with its newest screening."""
        if version <= self.screened:
            return self
        moved = due_at != self.due_at
        answered = confirmed or (self.answered and not moved)
        return replace(self, screened=version, due_at=due_at, answered=answered)

    def overdue_said(self, due_at: datetime) -> "WatchedIncident":
        """The incident once mash_screening itself said that the clock ran out."""
        return replace(self, answered=True) if due_at == self.due_at else self


@dataclass(frozen=True, slots=True)
class WatchedAlert:
    """What ops knows of an alert: whether it is still to be sent, and by when."""

    alert_id: UUID
    incident_id: IncidentId
    child_ref: str
    version: int = 0
    waits: bool = False
    due_by: datetime | None = None

    def told(self, version: int, waits: bool, due_by: datetime | None) -> "WatchedAlert":
        """The alert after its newest news."""
        if version <= self.version:
            return self
        return replace(self, version=version, waits=waits, due_by=due_by)


def on_tick(time: datetime) -> datetime:
    """The first tick at or after the time."""
    whole, rest = divmod(time - EPOCH, TICK)
    return EPOCH + TICK * (whole + (1 if rest else 0))


def is_alerted(age_band: AgeBand, unborn: bool | None) -> bool:
    """Whether school_alerts must say something of such a child (Domestic Abuse Act s.49A)."""
    grown = age_band in (AgeBand.EIGHTEEN_TO_FIFTY_NINE, AgeBand.SIXTY_AND_OVER)
    return not unborn and age_band is not AgeBand.UNBORN and not grown
