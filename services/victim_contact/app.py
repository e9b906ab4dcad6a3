"""victim_contact, wired: each handler hears the event of its first argument."""

from contracts.contact import ContactInputRefused
from contracts.partner import ContactOutcomeTold
from contracts.vocabulary import Audience
from services.kit.areas import policies, read_areas
from services.kit.service import Service
from services.kit.working_time import WorkingTime, read_bank_holidays
from services.victim_contact.domain.policy import Policy
from services.victim_contact.door import door
from services.victim_contact.handlers import (
    ask_for_incident,
    ask_for_request,
    call_attempt,
    chase_withheld,
    close_lead,
    lapse_lease,
    mark_unsafe,
    merge_persons,
    note_advocate,
    note_marac,
    record_outcome,
    regroup_persons,
    withdraw_incident,
)
from services.victim_contact.store import load, locks, save
from services.victim_contact.working_set import Reference


def reference(area_dir: str) -> Reference:
    """The areas' policies and the office hours of England and Wales."""
    found = policies(read_areas(area_dir), "victim_contact", Policy)
    return Reference(found, WorkingTime(read_bank_holidays()))


SERVICE = Service(
    name="victim_contact",
    speaker="contact",
    hears=[
        ask_for_incident,
        withdraw_incident,
        ask_for_request,
        mark_unsafe,
        regroup_persons,
        merge_persons,
        note_advocate,
        note_marac,
        record_outcome,
        close_lead,
        lapse_lease,
        call_attempt,
        chase_withheld,
    ],
    load=load,
    save=save,
    locks=locks,
    opens=frozenset({Audience.CONTACT, Audience.CONTACT_UNSAFE}),
    reads=reference,
    refuses=ContactInputRefused,
    door=door,
    watches=frozenset({ContactOutcomeTold.TOPIC}),
)
