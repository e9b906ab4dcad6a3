"""What school_alerts does with each event it hears."""

from services.school_alerts.handlers.acknowledgements import record_acknowledgement
from services.school_alerts.handlers.clocks import send_alerts, take_step, watch_deadline
from services.school_alerts.handlers.enrolments import disown_pupil, enter_pupil
from services.school_alerts.handlers.incidents import plan_alerts, withdraw_alerts
from services.school_alerts.handlers.outcomes import record_outcome

__all__ = [
    "disown_pupil",
    "enter_pupil",
    "plan_alerts",
    "record_acknowledgement",
    "record_outcome",
    "send_alerts",
    "take_step",
    "watch_deadline",
    "withdraw_alerts",
]
