"""What screening needs to know of an incident, and the words in which it decides."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.vocabulary import AgeBand, Consent, Flag, Pathway, RiskKind, RiskLevel

VICTIM_REF = "victim"
"""The `child_ref` of a victim under 18."""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: a code for machines, a sentence for people, nothing personal."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A pathway that a reader would expect and that was not taken."""

    pathway: Pathway
    why: Why


@dataclass(frozen=True, slots=True)
class Component:
    """One source of the effective risk; `detail` is a code or a count."""

    kind: RiskKind
    level: RiskLevel
    detail: str | None = None
    kinds: tuple[RiskKind, ...] = ()
    """Of an earlier revision: what in it said this level."""


@dataclass(frozen=True, slots=True)
class Child:
    """A child as an incident names it; a victim under 18 is one, always present."""

    ref: str
    age: AgeBand = AgeBand.UNKNOWN
    present: bool = False
    witnessed: bool = False
    injured: bool = False
    unborn: bool = False
    special_needs: bool = False
    open_to_social_care: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """An incident as screening reads it."""

    received_at: datetime
    first_received_at: datetime
    level: RiskLevel
    components: tuple[Component, ...] = ()
    flags: tuple[Flag, ...] = ()
    threat_kill_children: bool = False
    in_hospital: bool = False
    care_needs: bool = False
    consent: Consent = Consent.NOT_ASKED
    victim_age: AgeBand = AgeBand.UNKNOWN
    suspect_age: AgeBand = AgeBand.UNKNOWN
    children: tuple[Child, ...] = ()

    @property
    def pregnant(self) -> bool:
        """An unborn child, marked by the flag or listed among the children."""
        return Flag.PREGNANCY in self.flags or any(is_unborn(child) for child in self.children)


def is_unborn(child: Child) -> bool:
    """Listed as not yet born."""
    return child.unborn or child.age is AgeBand.UNBORN


@dataclass(frozen=True, slots=True)
class Place:
    """Where an incident stands in the history of its persons."""

    incident_id: UUID
    victim_id: UUID
    suspect_id: UUID | None
    first_received_at: datetime
    subject: str

    @property
    def turn(self) -> tuple[datetime, str, str]:
        """Earlier incidents sort first; the reference decides between equal times."""
        return (self.first_received_at, self.subject, str(self.incident_id))


class Route(StrEnum):
    """Which services a victim's age opens to her (domain 2, ages)."""

    CHILD = "child"
    """Under 13: child safeguarding only."""
    CHILD_ADVISED = "child_advised"
    """13-15: child safeguarding, a young people's advocate advises."""
    BOTH = "both"
    """16-17: adult and child route, one named worker."""
    ADULT = "adult"
    UNKNOWN = "unknown"
    """Adult route and lead at once; MARAC only when a human has confirmed 16 or over."""

    @property
    def under_16(self) -> bool:
        """No adult lead, never MARAC."""
        return self in (Route.CHILD, Route.CHILD_ADVISED)


def route_of(victim_age: AgeBand) -> Route:
    """The route for a victim's age at the incident."""
    known = {
        AgeBand.THIRTEEN_TO_FIFTEEN: Route.CHILD_ADVISED,
        AgeBand.SIXTEEN_TO_SEVENTEEN: Route.BOTH,
        AgeBand.EIGHTEEN_TO_FIFTY_NINE: Route.ADULT,
        AgeBand.SIXTY_AND_OVER: Route.ADULT,
        AgeBand.UNKNOWN: Route.UNKNOWN,
    }
    return known.get(victim_age, Route.CHILD)
