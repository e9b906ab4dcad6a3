"""mash_screening, wired: each handler hears the event of its first argument."""

from contracts.mash import MashInputRefused
from contracts.vocabulary import Audience
from services.kit.areas import policies, read_areas
from services.kit.service import Service
from services.kit.working_time import WorkingTime, read_bank_holidays
from services.mash_screening.domain.policy import Policy
from services.mash_screening.handlers import (
    ask_age_again,
    record_decision,
    say_overdue,
    screen_incident,
    withdraw_screening,
)
from services.mash_screening.store import load, locks, save
from services.mash_screening.working_set import Reference

BATCH = 200
"""Incidents come whole, with their sealed parts: many at once would only cost memory."""


def reference(area_dir: str) -> Reference:
    """The areas' policies and the office hours of England and Wales."""
    found = policies(read_areas(area_dir), "mash_screening", Policy)
    return Reference(found, WorkingTime(read_bank_holidays()))


SERVICE = Service(
    name="mash_screening",
    speaker="mash",
    hears=[screen_incident, withdraw_screening, record_decision, say_overdue, ask_age_again],
    load=load,
    save=save,
    locks=locks,
    keeps=frozenset({Audience.MASH}),
    reads=reference,
    refuses=MashInputRefused,
    batch=BATCH,
)
