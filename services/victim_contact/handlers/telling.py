"""What every announcement of a group has in common: its number, its policy, what it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from contracts.contact import ContactPoint
from contracts.envelope import Event, Reason, Trail
from contracts.vocabulary import PersonId
from services.victim_contact.domain.details import About, Given
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.reasons import Why
from services.victim_contact.working_set import Groups

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Telling:
    """One group's news, said under the id that the group has now."""

    contact_group: UUID
    groups: Groups
    now: datetime

    def of_group(self, area: str, reasons: Iterable[Why] = ()) -> dict[str, Any]:
        """The fields of any news of the group; each use takes the group's next number."""
        return {
            "version": self.groups.next_version(self.contact_group),
            "contact_group": self.contact_group,
            "area": area,
            "policy_version": self.groups.policy_version_of(area),
            "reasons": tuple(reason_of(why) for why in reasons),
        }

    def of_lead(self, lead: Lead, reasons: Iterable[Why] = ()) -> dict[str, Any]:
        """The fields of any news of a lead."""
        own = {"lead_id": lead.lead_id, "fence": lead.fence, "agency": lead.agency}
        return {**self.of_group(lead.area, reasons), **own}


def about(what: About, event: E) -> E:
    """The event, said to concern this report or request."""
    return event.concerning(Trail(*what))


def reason_of(why: Why) -> Reason:
    """A reason as others read it."""
    return Reason(code=why.code, sentence=why.sentence)


def points_of(given: Iterable[Given]) -> tuple[ContactPoint, ...]:
    """Contact points as others may know them: without their values."""
    return tuple(
        ContactPoint(id=point.id, channel=point.channel, person_id=PersonId(point.person_id))
        for point in given
    )
