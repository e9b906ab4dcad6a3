"""What asks for contact: an incident as screened, or another agency's request."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.vocabulary import AgeBand, Custody, Flag, RiskLevel
from services.victim_contact.domain.details import About, Details

UNDER_16 = frozenset(
    {
        AgeBand.UNBORN,
        AgeBand.UNDER_1,
        AgeBand.ONE,
        AgeBand.TWO_TO_SIX,
        AgeBand.SEVEN_TO_TWELVE,
        AgeBand.THIRTEEN_TO_FIFTEEN,
    }
)
THREATS = frozenset({Flag.STRANGULATION, Flag.THREATS_TO_KILL})
ONE_CHANCE = frozenset({Flag.HONOUR_BASED, Flag.FORCED_MARRIAGE})


class Kind(StrEnum):
    """What a matter is."""

    INCIDENT = "incident"
    REQUEST = "request"


class Standing(StrEnum):
    """What an agency was last told of its wish."""

    GRANTED = "granted"
    COVERED = "covered"
    FLAGGED = "flagged"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Told:
    """What one agency was last told of its wish in a matter, and under which lead."""

    agency: str
    standing: Standing
    lead_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """An incident or a request, as the latest version of it says."""

    id: UUID
    kind: Kind
    person_id: UUID
    version: int
    revision: int
    area: str
    about: About
    first_at: datetime
    """When its first revision was received: the order of wishes, and what is a new incident."""
    said_at: datetime
    """When the present revision was received: the latest details count."""
    wanted_by: tuple[str, ...] = ()
    level: RiskLevel | None = None
    flags: tuple[Flag, ...] = ()
    custody: Custody = Custody.UNKNOWN
    age: AgeBand = AgeBand.UNKNOWN
    in_hospital: bool = False
    known_engaged: str | None = None
    suspect_id: UUID | None = None
    statutory: bool = False
    urgent: bool = False
    details: Details = Details()  # noqa: RUF009
    live: bool = True
    closed: bool = False
    """An episode that it belonged to was closed, and nobody new has asked since."""
    ended: tuple[str, ...] = ()
    """Agencies whose wish ended with a closed episode."""
    told: tuple[Told, ...] = ()
    own: UUID | None = None
    """Whose it was before she and another became one; none where nothing such happened."""

    @property
    def owner(self) -> UUID:
        """Whose it was before persons became one."""
        return self.own or self.person_id

    @property
    def is_incident(self) -> bool:
        """An incident, not a request."""
        return self.kind is Kind.INCIDENT

    @property
    def is_open(self) -> bool:
        """Neither cancelled or withdrawn, nor closed."""
        return self.live and not self.closed

    @property
    def unblockable(self) -> bool:
        """A statutory duty or an immediate threat to life (domain.md 6.4)."""
        return self.statutory or self.urgent

    @property
    def is_high(self) -> bool:
        """An incident of HIGH risk."""
        return self.level is RiskLevel.HIGH

    @property
    def threatens(self) -> bool:
        """Strangulation or threats to kill, and the suspect not in custody (domain.md 5)."""
        return bool(THREATS & set(self.flags)) and self.custody is not Custody.IN_CUSTODY

    @property
    def order(self) -> tuple[bool, datetime, str]:
        """Incidents before requests, each by time."""
        return (not self.is_incident, self.first_at, str(self.id))

    def told_of(self, agency: str) -> Told | None:
        """What the agency was last told."""
        return next((told for told in self.told if told.agency == agency), None)

    def telling(self, told: Told) -> "Matter":
        """The matter after an agency was told."""
        rest = tuple(each for each in self.told if each.agency != told.agency)
        return replace(self, told=(*rest, told))

    def closing(self, agencies: tuple[str, ...]) -> "Matter":
        """The matter after the episode closed: these wishes ended with it."""
        ended = tuple(dict.fromkeys((*self.ended, *agencies)))
        return replace(self, closed=True, ended=ended, told=())

    def reopened(self) -> "Matter":
        """The matter as if nobody had dealt with it."""
        return replace(self, closed=False, ended=(), told=())


@dataclass(frozen=True, slots=True)
class Listing:
    """Whether an incident's victim is listed at MARAC for it, by its latest version."""

    incident_id: UUID
    person_id: UUID
    version: int
    listed: bool
    meeting_id: str | None = None
    screening: int = 0
    """The version of the incident that it was made from: it holds once that was heard."""

    def holds_for(self, matter: Matter) -> bool:
        """She is listed, for what is known of the incident."""
        return self.listed and self.screening <= matter.version
