"""What mash_screening does with each event it hears."""

from services.mash_screening.handlers.clocks import ask_age_again, say_overdue
from services.mash_screening.handlers.incidents import screen_incident, withdraw_screening
from services.mash_screening.handlers.rulings import record_decision

__all__ = [
    "ask_age_again",
    "record_decision",
    "say_overdue",
    "screen_incident",
    "withdraw_screening",
]
