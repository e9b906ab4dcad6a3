"""The steps after an alert that nobody acknowledged, each once."""

from dataclasses import replace

from services.school_alerts.handlers.settling import climb
from services.school_alerts.handlers.steps import next_step_at, set_next_step
from services.school_alerts.handlers.turn import Turn

NO_ANSWER = "no_acknowledgement"


def climb_due(turn: Turn) -> None:
    """Take the next step of every alert of the incident that nobody acknowledged in time."""
    for alert in turn.alerts.of_incident(turn.case.incident_id):
        due = next_step_at(turn, alert)
        if due is not None and due <= turn.now:
            set_next_step(turn, climb(turn, replace(alert, step=alert.step + 1), NO_ANSWER))
