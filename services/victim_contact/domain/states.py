"""The states of a contact group; the README of this room has the table of what may follow."""

from enum import StrEnum

from services.victim_contact.domain.group import Group
from services.victim_contact.domain.wishes import wishes


class State(StrEnum):
    """Where a contact group stands, told from what is known of it alone."""

    QUIET = "quiet"
    """Nobody wants to contact."""
    WITHHELD = "withheld"
    """Somebody wants to, and nobody may."""
    ASKED = "asked"
    """A lead stands and has made no attempt yet."""
    STAYING = "staying"
    """The same, and its lease does not lapse: an alarm is open."""
    TRYING = "trying"
    """The lead made an attempt; the next is due."""
    IN_CONTACT = "in_contact"
    """Everyone has had hers; the lead stands until it closes its contact."""


def state_of(group: Group) -> State:
    """The state of a group at rest."""
    lead = group.lead
    if lead is None:
        return State.WITHHELD if wishes(group) else State.QUIET
    if lead.due is None:
        return State.IN_CONTACT
    if group.tried_by(lead):
        return State.TRYING
    return State.STAYING if lead.stays else State.ASKED
