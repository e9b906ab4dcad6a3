"""A child as one incident names it, and what its report says about where it learns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts.vocabulary import AgeBand, Education, PersonId
from services.school_alerts.domain.content import Content

NOT_IN_SCHOOL_URN = "999999"
UNKNOWN_URN = "888888"
UNDER_TWO = frozenset({AgeBand.UNDER_1, AgeBand.ONE})
NO_CHILD = frozenset({AgeBand.UNBORN, AgeBand.EIGHTEEN_TO_FIFTY_NINE, AgeBand.SIXTY_AND_OVER})
PARTIES = frozenset({"victim", "other_party"})


@dataclass(frozen=True)
class Child:
    """A child, the person it is, and what its school may be told."""

    ref: str
    content: Content
    person_id: PersonId | None = None
    possibly_same_as: tuple[PersonId, ...] = ()
    age_band: AgeBand = AgeBand.UNKNOWN
    education: Education | None = None
    school_urn: str | None = None
    other_school_urns: tuple[str, ...] = ()
    first_named_at: datetime | None = None
    schools_named_at: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        """Whether the duty is owed: born, and under 18 or of unknown age (s.49A) [L]."""
        return self.age_band not in NO_CHILD

    @property
    def is_party(self) -> bool:
        """A victim or other party under 18: told apart from the children beside her."""
        return self.ref in PARTIES

    @property
    def says_it_learns(self) -> tuple[object, ...]:
        """What the report says about where the child learns."""
        return self.education, self.school_urn, self.other_school_urns

    @property
    def nothing_said(self) -> bool:
        """The report does not say where the child learns."""
        return not (self.education or self.school_urn or self.other_school_urns)
