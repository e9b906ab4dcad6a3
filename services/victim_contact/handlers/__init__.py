"""What victim_contact does with each event it hears."""

from services.victim_contact.handlers.asking import (
    ask_for_incident,
    ask_for_request,
    withdraw_incident,
)
from services.victim_contact.handlers.clocks import call_attempt, chase_withheld, lapse_lease
from services.victim_contact.handlers.persons import mark_unsafe, merge_persons, regroup_persons
from services.victim_contact.handlers.service_news import note_advocate, note_marac
from services.victim_contact.handlers.telling_outcomes import close_lead, record_outcome

__all__ = [
    "ask_for_incident",
    "ask_for_request",
    "call_attempt",
    "chase_withheld",
    "close_lead",
    "lapse_lease",
    "mark_unsafe",
    "merge_persons",
    "note_advocate",
    "note_marac",
    "record_outcome",
    "regroup_persons",
    "withdraw_incident",
]
