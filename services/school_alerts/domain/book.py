"""What the rules look things up in: schools, calendars, and each area's own policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from contracts.vocabulary import RecipientRole
from services.school_alerts.domain.calendar import Calendar, SchoolHours, Terms, calendar_of
from services.school_alerts.domain.policy import Policy
from services.school_alerts.domain.readers import Reader
from services.school_alerts.domain.schools import School, Schools


@dataclass(frozen=True)
class Book:
    """Every school, every authority's terms, and the bank holidays."""

    schools: Schools = field(default_factory=Schools)
    terms: Mapping[str, Terms] = field(default_factory=dict)
    """By authority; an authority that is not in it has an unknown calendar."""
    bank_holidays: frozenset[date] = frozenset()
    _calendars: dict[tuple[str, str | None], Calendar] = field(default_factory=dict, compare=False)

    def calendar(self, school: School) -> Calendar:
        """The school's own calendar."""
        return self._calendar(school.authority, school.urn)

    def desk_calendar(self, authority: str) -> Calendar:
        """The authority's calendar without INSET days."""
        return self._calendar(authority, None)

    def _calendar(self, authority: str, urn: str | None) -> Calendar:
        """Made once and kept: a morning asks for the same ones a hundred thousand times."""
        found = self._calendars.get((authority, urn))
        if found is None:
            found = calendar_of(self.terms.get(authority), self.bank_holidays, urn)
            self._calendars[authority, urn] = found
        return found


@dataclass(frozen=True)
class District:
    """An area as its policy file describes it."""

    area: str
    authority: str
    policy: Policy = field(default_factory=Policy)
    policy_version: str = "default"
    councils: frozenset[str] = frozenset()
    """Who may acknowledge for its desks."""

    def desk(self, role: RecipientRole) -> Reader:
        """The desk of the authority with that role."""
        return Reader(role, f"{role}@{self.area}.invalid")

    def hours(self, calendar: Calendar) -> SchoolHours:
        """When somebody can be reached at a school of this calendar."""
        return SchoolHours(calendar, self.policy.school_opens, self.policy.school_closes)
