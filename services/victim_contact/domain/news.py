"""What is decided of a contact group, as values: handlers say them as events and notices."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.victim_contact.domain.details import About, Given
from services.victim_contact.domain.leads import Attempt, Lead
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.reasons import Ending, Why, Withholding
from services.victim_contact.domain.wishes import Wish


@dataclass(frozen=True, slots=True)
class Granted:
    """An agency, and no other, is asked to contact."""

    lead: Lead
    reasons: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """A lead ended before its contact was closed; how says which of the three ways."""

    lead: Lead
    ending: Ending
    to_agency: str | None
    covered: tuple[Wish, ...] = ()
    """Those who were told that it covers them, where nothing follows it."""


@dataclass(frozen=True, slots=True)
class Closed:
    """An episode ended, and with it every wish that its lead served."""

    lead: Lead
    reason: str
    attempts: int
    ended: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A wish is covered by the lead, or flagged to it."""

    wish: Wish
    lead: Lead
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """Points of the lead became unsafe or safe."""

    lead: Lead
    withdrawn: tuple[UUID, ...]
    added: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """The next attempt of a lead and its lease are set."""

    lead: Lead
    attempt: bool = True
    """False: the lease alone."""
    lease: bool = True
    """False: the attempt alone, which is due before the lease runs out."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of an attempt; `present` is who leads now, where that is another lead."""

    lead: Lead
    attempt: Attempt
    present: Lead | None


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Nobody is asked to contact a person."""

    person_id: UUID
    code: Withholding
    matters: tuple[Matter, ...]
    fresh: tuple[Matter, ...]
    """Those of which it was not told before."""
    due_at: datetime | None
    """When somebody must have found a way; None where nobody can."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a human must know or do."""

    to_role: str
    why: Why
    area: str
    ids: tuple[UUID, ...]
    about: About | None
    due_at: datetime | None = None


News = Granted | Ended | Closed | Covered | Changed | Planned | Recorded | HeldBack | Alarm
