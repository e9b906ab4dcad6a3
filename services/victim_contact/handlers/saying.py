"""Which function says which news of a group."""

from collections.abc import Callable, Iterator
from typing import Any

from contracts.contact import (
    AttemptClock,
    AttemptDue,
    AttemptRecorded,
    ContactAlarm,
    ContactClosed,
    ContactWithheld,
    DetailsChanged,
    LeadGranted,
    LeadHandedOver,
    LeadLapsed,
    LeadRevoked,
    LeaseDue,
    RequestCovered,
    RequestFlagged,
    WithheldDue,
)
from services.kit.sending import EndThread
from services.kit.timers import Later
from services.victim_contact.domain import news
from services.victim_contact.domain.turn import Turn
from services.victim_contact.handlers import lead_news, wish_news
from services.victim_contact.handlers.notices import Notice
from services.victim_contact.handlers.telling import Telling
from services.victim_contact.working_set import Groups

Said = (
    LeadGranted
    | LeadHandedOver
    | LeadLapsed
    | LeadRevoked
    | DetailsChanged
    | RequestCovered
    | RequestFlagged
    | AttemptDue
    | AttemptRecorded
    | ContactWithheld
    | ContactClosed
    | ContactAlarm
    | Later[LeaseDue]
    | Later[AttemptClock]
    | Later[WithheldDue]
    | Notice
    | EndThread
)
"""Everything that may follow when a group comes to rest."""
WAYS: dict[type[news.News], Callable[[Any, Telling], Iterator[Said]]] = {
    news.Granted: lead_news.granted,
    news.Planned: lead_news.planned,
    news.Ended: lead_news.ended,
    news.Closed: lead_news.closed,
    news.Changed: lead_news.changed,
    news.Recorded: lead_news.recorded,
    news.Covered: wish_news.covered,
    news.HeldBack: wish_news.held_back,
    news.Alarm: wish_news.alarm,
}


def said_of(turn: Turn, groups: Groups) -> list[Said]:
    """What a turn announces, in the order in which it was decided."""
    standing = [turn.group.lead] if turn.group.lead is not None else []
    for lead in (*turn.ended, *standing):
        groups.keep_lead(lead)
    telling = Telling(turn.group.contact_group, groups, turn.now)
    return [said for each in turn.news for said in WAYS[type(each)](each, telling)]
