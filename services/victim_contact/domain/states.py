"""The states of a contact group, and what may follow from each: the machine's own table."""

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
    if not group.tried_by(lead):
        return State.STAYING if lead.stays else State.ASKED
    return State.TRYING if lead.due else State.IN_CONTACT


class Happening(StrEnum):
    """What may happen to a contact group."""

    INCIDENT = "a new incident"
    RAISED = "risk raised to HIGH"
    LISTED = "listed at MARAC"
    CANCELLED = "an incident cancelled"
    REQUEST = "an agency's request"
    WITHDRAWN = "a request withdrawn"
    DUTY = "a statutory request"
    UNSAFE = "points become unsafe"
    CHECKED = "revived with checked points"
    JOINED = "groups join"
    PARTED = "groups part"
    MERGED = "persons become one"
    REACHED = "reached"
    NO_ANSWER = "no answer"
    DECLINED = "declined"
    ANSWERED_BY_OTHER = "answered by another"
    ASKED_NO_CONTACT = "asked for no contact"
    LEASE_DUE = "the lease runs out"
    CLOSED = "closed by the lead"
    OLD_FENCE = "told under an old fence"
    AGAIN = "the same once more"
