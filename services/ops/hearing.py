"""What ops hears: everything that is said, except what partners say in plain words."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from contracts import contact, identity, idva, mash, ops, police, schools
from contracts.envelope import EVENTS, Event, PartnerEvent

SPEAKERS = (police, identity, mash, idva, contact, schools, ops)
"""Importing a speaker registers its events."""

if TYPE_CHECKING:
    Anything = Event
else:
    Anything = reduce(or_, (kind for kind in EVENTS.values() if not issubclass(kind, PartnerEvent)))


def plain(event: Event) -> dict[str, Any]:
    """An event's plain fields."""
    return event.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"sealed"})
