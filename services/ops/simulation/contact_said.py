"""What is said to victim_contact in a world, and how agencies behave who are granted a lead."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from contracts.envelope import Event, Trail
from contracts.identity import ContactRequestIdentified, Group, Match, ReviewDecided
from contracts.mash import IncidentScreened, RiskRegraded, ScreeningWithdrawn
from contracts.police import Risk
from contracts.sealed import ContactPart, SafePoint, SealedParts
from contracts.vocabulary import (
    AgeBand,
    GroupId,
    IdentityChoice,
    IncidentId,
    MatchOutcome,
    PersonId,
    Rag,
    RequestId,
    RequestStatus,
    RiskLevel,
    ScreeningStatus,
    incident_id_of,
    named,
    request_id_of,
)
from services.kit.records import KeptRecord
from services.kit.sealing import seal_parts
from services.kit.testing import a_record
from services.ops.simulation.clock import BEGINNING
from services.ops.simulation.living import RING

POLICE = "south-yorkshire-police"
AGENCIES = ("housing", "outreach")
OFFERS = {RiskLevel.HIGH: ("idva",), RiskLevel.STANDARD: ("victim_support",)}
HOUR = 3600.0


class What(StrEnum):
    """What may be said, or how an agency may behave."""

    INCIDENT = "an incident"
    RAISED = "an incident raised to HIGH"
    CANCELLED = "an incident cancelled"
    WISH = "an agency's wish"
    NO_WISH = "a wish withdrawn"
    JOINED = "two persons may be one"
    PARTED = "they are not"
    SILENT = "the next lead says nothing"
    ANSWERS = "the next lead tells an attempt"
    CLOSES = "the next lead tells an attempt and closes"
    TOO_LATE = "the next lead closes long after its lease"


HABITS = (What.SILENT, What.ANSWERS, What.CLOSES, What.TOO_LATE)
SAID = (What.INCIDENT, *(set(What) - set(HABITS)), What.INCIDENT, What.WISH)


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing said: about which person and which of her matters, how long after the last."""

    what: What
    person: int
    number: int
    gap: float

    @property
    def words(self) -> str:
        """How a story tells it."""
        return f"{self.what.value} (of person {self.person}, matter {self.number})"

    @property
    def record(self) -> KeptRecord:
        """As it stands on its topic."""
        event, trail = _SAYERS[self.what](self)
        at = BEGINNING + timedelta(seconds=self.number)
        event_id = named("simulated", self.what.value, str(self.person), str(self.number))
        return a_record(seal_parts(event, RING), at=at, trail=trail, event_id=event_id)


def sayings(chance: Random) -> list[Saying]:
    """A few things said, and a few habits of those who are granted leads."""
    said = [
        Saying(what, chance.randint(1, 2), chance.randint(1, 2), chance.random() ** 3 * 90 * HOUR)
        for what in chance.choices(sorted(SAID), k=chance.randint(2, 6))
    ]
    habits = chance.choices(HABITS, k=chance.randint(0, 3))
    return said + [Saying(what, 0, n, chance.random() * 60 * HOUR) for n, what in enumerate(habits)]


def person(number: int) -> PersonId:
    """An invented person."""
    return PersonId(UUID(int=number << 64))


def incident_of(saying: Saying) -> tuple[IncidentId, Trail]:
    """The incident that is meant, and what it is about."""
    reference = f"R{saying.person}{saying.number}"
    incident = incident_id_of(POLICE, reference)
    return incident, Trail(f"{POLICE}/{reference}", incident)


@cache
def _part(number: int) -> ContactPart:
    digits = f"0770090000{number}"
    point = SafePoint(
        kind="phone", channels=("call", "text"), value=digits, mobile=True, fingerprint=digits
    )
    return ContactPart(said_safe=True, points=(point,))


def _group(version: int, *numbers: int) -> dict[str, Any]:
    members = tuple(person(number) for number in numbers)
    return {
        "contact_group": GroupId(min(members)),
        "group_members": members,
        "group_version": version,
    }


def _screened(saying: Saying) -> tuple[Event, Trail]:
    incident, trail = incident_of(saying)
    raised = saying.what is What.RAISED
    level = RiskLevel.HIGH if raised else RiskLevel.STANDARD
    kind = RiskRegraded if raised else IncidentScreened
    said = kind(
        incident_id=incident,
        version=2 if raised else 1,
        revision=1,
        area="rotherham",
        received_at=BEGINNING,
        first_received_at=BEGINNING,
        risk=Risk(level=level),
        risk_after=level,
        victim_id=person(saying.person),
        victim_age_band=AgeBand.EIGHTEEN_TO_FIFTY_NINE,
        rag=Rag.GREEN,
        status=ScreeningStatus.SUGGESTED,
        contact_wanted_by=OFFERS[level],
        sealed=SealedParts(contact=_part(saying.person)),
        **_group(1, saying.person),
    )
    return said, trail


def _cancelled(saying: Saying) -> tuple[Event, Trail]:
    incident, trail = incident_of(saying)
    said = ScreeningWithdrawn(
        incident_id=incident, victim_id=person(saying.person), area="rotherham", version=3
    )
    return said, trail


def _wish(saying: Saying) -> tuple[Event, Trail]:
    agency = AGENCIES[saying.number % len(AGENCIES)]
    reference = f"W{saying.person}{saying.number}"
    request: RequestId = request_id_of(agency, reference)
    open_ = saying.what is What.WISH
    said = ContactRequestIdentified(
        request_id=request,
        version=1 if open_ else 2,
        revision=1,
        agency=agency,
        area="rotherham",
        status=RequestStatus.OPEN if open_ else RequestStatus.WITHDRAWN,
        victim_id=person(saying.person),
        received_at=BEGINNING,
        match=Match(outcome=MatchOutcome.SAME),
        sealed=SealedParts(contact=_part(saying.person)),
        **_group(1, saying.person),
    )
    return said, Trail(f"{agency}/{reference}", request)


def _decided(saying: Saying) -> tuple[Event, Trail]:
    joined = saying.what is What.JOINED
    groups = [_group(2, 1, 2)] if joined else [_group(3, 1), _group(3, 2)]
    said = ReviewDecided(
        person_id=person(1),
        version=2 if joined else 3,
        review_id=named("review", "1"),
        decision=IdentityChoice.SAME if joined else IdentityChoice.DIFFERENT,
        groups=tuple(Group(**group) for group in groups),
    )
    return said, Trail("review/1", person(1))


_SAYERS = {
    What.INCIDENT: _screened,
    What.RAISED: _screened,
    What.CANCELLED: _cancelled,
    What.WISH: _wish,
    What.NO_WISH: _wish,
    What.JOINED: _decided,
    What.PARTED: _decided,
}
