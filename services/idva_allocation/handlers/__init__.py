"""What idva_allocation does with each event it hears."""

from services.idva_allocation.handlers.leads import end_work
from services.idva_allocation.handlers.meetings import keep_meeting
from services.idva_allocation.handlers.rosters import keep_conflicts, keep_roster, turn_queue
from services.idva_allocation.handlers.screenings import drop_referral, take_referral

__all__ = [
    "drop_referral",
    "end_work",
    "keep_conflicts",
    "keep_meeting",
    "keep_roster",
    "take_referral",
    "turn_queue",
]
