"""What a school is told of one child, and when a change of it is one of substance."""

import hashlib
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter

from contracts.vocabulary import ContentLevel


@dataclass(frozen=True, slots=True)
class Content:
    """The checked facts of one child's part, at the area's level [N]."""

    content_level: ContentLevel
    incident_date: date
    given_names: str | None = None
    family_name: str | None = None
    date_of_birth: date | None = None
    police_reference: str | None = None
    present: bool | None = None
    location_kind: str | None = None
    voice: str | None = None
    voice_absent_reason: str | None = None
    school_summary: str | None = None
    action_taken: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The same where a school would read the same; what was left out is not read."""
        return hashlib.sha256(repr(_SHOWN(self)).encode()).hexdigest()

    @property
    def family(self) -> str:
        """What makes two children of an incident siblings for one mail; empty = unknown."""
        return (self.family_name or "").strip().casefold()

    def age_on(self, day: date) -> int | None:
        """The child's age in whole years; None where the birth date is unknown."""
        born = self.date_of_birth
        if born is None or born > day:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


_SHOWN = attrgetter(*(field.name for field in fields(Content) if field.name != "left_out"))
