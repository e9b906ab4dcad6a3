"""What goes before everything else that waits to be said."""

from contracts.envelope import AlarmRaised, Event
from contracts.police import IncidentCancelled, PoliceIncident
from contracts.vocabulary import RiskLevel


def is_urgent(event: Event) -> bool:
    """A HIGH risk; a cancellation, so that nobody is called in vain; an alarm."""
    match event:
        case PoliceIncident():
            return event.risk.level is RiskLevel.HIGH
        case IncidentCancelled() | AlarmRaised():
            return True
        case _:
            return False
