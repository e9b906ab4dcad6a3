"""One group being decided: as it is now, by which rules, and what is to be said of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.victim_contact.domain.details import About
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.news import Alarm, News
from services.victim_contact.domain.reasons import Why
from services.victim_contact.domain.rules import Rules

DESK = "contact_supervisor"
"""Who is told where no agency leads."""


@dataclass
class Turn:
    """A group on its way from one event to the next."""

    group: Group
    rules: Rules
    now: datetime
    news: list[News] = field(default_factory=list)
    answered: bool = False
    """The lead answered: its next attempt is to be set anew."""
    goes_on: bool = False
    """Somebody came with what was tried of her: who reached her is in contact with her."""
    ended: list[Lead] = field(default_factory=list)
    """Leads that this turn ended: kept, since outcomes may still be told of them."""

    def become(self, **changes: Any) -> None:
        """The group with these fields changed."""
        self.group = replace(self.group, **changes)

    def keep(self, row: Any) -> None:
        """The group with a person, matter, listing or worker as it is now."""
        self.group = self.group.keeping(row)

    def keep_each(self, change: Callable[[Any], Any], rows: tuple[Any, ...]) -> None:
        """The group with several of them changed."""
        for row in rows:
            self.keep(change(row))

    def say(self, news: News) -> None:
        """Have it announced, in this order."""
        self.news.append(news)

    def end_lead(self, why: str) -> Lead:
        """Nobody leads any more."""
        lead = self.group.lead
        if lead is None:
            raise LookupError("nobody leads this group")
        ended = lead.ended(why, self.now)
        self.ended.append(ended)
        self.become(lead=None)
        return ended

    def alarm(self, why: Why, lead: Lead | None = None, due_at: datetime | None = None) -> None:
        """Tell a supervisor: the lead's, or the desk where nobody leads."""
        role = f"{lead.agency}_supervisor" if lead else DESK
        ids = (lead.lead_id,) if lead else self._first_ids()
        about = lead.about if lead else self._about()
        area = lead.area if lead else self.group.area
        self.say(Alarm(role, why, area, ids, about, due_at))

    def _first_ids(self) -> tuple[UUID, ...]:
        first = min(self.group.matters, key=lambda matter: matter.order, default=None)
        return (first.id,) if first else (self.group.contact_group,)

    def _about(self) -> About | None:
        first = min(self.group.matters, key=lambda matter: matter.order, default=None)
        return first.about if first else None
