"""What person_matching does with each event it hears."""

from services.person_matching.handlers.decisions import decide_review, escalate_review
from services.person_matching.handlers.enrolments import identify_pupil
from services.person_matching.handlers.incidents import (
    identify_amended,
    identify_reported,
    withdraw_incident,
)
from services.person_matching.handlers.requests import identify_request
from services.person_matching.handlers.rosters import identify_conflicts

HANDLERS = (
    identify_reported,
    identify_amended,
    withdraw_incident,
    identify_request,
    identify_conflicts,
    identify_pupil,
    decide_review,
    escalate_review,
)

__all__ = [
    "HANDLERS",
    "decide_review",
    "escalate_review",
    "identify_amended",
    "identify_conflicts",
    "identify_pupil",
    "identify_reported",
    "identify_request",
    "withdraw_incident",
]
