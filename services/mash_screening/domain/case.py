"""An incident as MASH keeps it: its facts, its screening, and what practitioners said."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.vocabulary import ScreeningStatus
from services.mash_screening.domain.decisions import (
    Decided,
    Regrade,
    Ruling,
    after,
    level_now,
    regraded,
)
from services.mash_screening.domain.facts import Facts, Place, Route, route_of
from services.mash_screening.domain.history import Past
from services.mash_screening.domain.rag import suggested_rag
from services.mash_screening.domain.screening import Outcome, Screening, Subject

AGE_ASKED = "age"
AGE_OVERDUE = "age_question_overdue"
"""What the desks are told of a question of age: to ask it, and that nobody answered."""


@dataclass(frozen=True, slots=True)
class Case:
    """An incident that was screened; `said` counts what was announced of it."""

    incident_id: UUID
    victim_id: UUID
    suspect_id: UUID | None
    area: str
    subject: str
    correlation_id: UUID
    facts: Facts
    passed_on: dict[str, Any]
    """The identified incident as it is passed on: plain facts and parts for later hearers."""
    screening: Screening | None = None
    """None until it is first screened, and again at a revival."""
    live: bool = True
    said: int = 0
    regrade: Regrade | None = None
    decided: Decided | None = None
    age_confirmed: bool = False
    overdue_for: datetime | None = None
    """The due time that was last said to be overdue."""
    alarmed: tuple[str, ...] = ()
    """What the desks were told of this incident, so that each is told once."""

    @property
    def place(self) -> Place:
        """Where it stands in the history of its persons."""
        return Place(
            self.incident_id,
            self.victim_id,
            self.suspect_id,
            self.facts.first_received_at,
            self.subject,
        )

    @property
    def past(self) -> Past:
        """The incident as history counts it: its priority before history."""
        level, _ = level_now(self.facts, self.regrade)
        return Past(self.place, suggested_rag(self.facts, level))

    @property
    def persons(self) -> set[UUID]:
        """The persons whose histories it belongs to."""
        return {self.victim_id} | ({self.suspect_id} if self.suspect_id else set())

    @property
    def to_screen(self) -> Subject:
        """What the rules are asked."""
        return Subject(
            self.facts,
            self.place,
            self.regrade,
            self.decided,
            self.age_confirmed,
            self.screening,
        )

    @property
    def age_is_open(self) -> bool:
        """Nobody knows her age, and nobody has confirmed that she is 16 or over."""
        return route_of(self.facts.victim_age) is Route.UNKNOWN and not self.age_confirmed

    @property
    def waits(self) -> bool:
        """A practitioner has not decided yet."""
        undecided = self.screening and self.screening.status is ScreeningStatus.SUGGESTED
        return self.live and bool(undecided)

    def continuing(self, before: "Case") -> "Case":
        """The case as news has it, with what MASH itself did and said so far.

        A human's word on an unknown age ends with a known one: unknown again, it is asked again.
        """
        unknown = route_of(self.facts.victim_age) is Route.UNKNOWN
        still = unknown and route_of(before.facts.victim_age) is Route.UNKNOWN
        told = (name for name in before.alarmed if unknown or name not in (AGE_ASKED, AGE_OVERDUE))
        return replace(
            self,
            screening=before.screening,
            said=before.said,
            regrade=before.regrade,
            decided=before.decided,
            age_confirmed=before.age_confirmed and still,
            overdue_for=before.overdue_for,
            alarmed=tuple(told),
        )

    def screened(self, outcome: Outcome) -> "Case":
        """The case with its screening as it is now."""
        return replace(
            self,
            screening=outcome.screening,
            regrade=outcome.regrade,
            decided=outcome.decided,
        )

    def ruled(self, ruling: Ruling, confirms_age: bool) -> "Case":
        """The case with a practitioner's decision, not yet screened again."""
        return replace(
            self,
            regrade=regraded(self.regrade, ruling, self.facts),
            decided=after(self.decided, ruling, self.facts),
            age_confirmed=self.age_confirmed or confirms_age,
        )

    def spoken(self) -> "Case":
        """The case after one more announcement of it."""
        return replace(self, said=self.said + 1)

    def told(self, alarm: str) -> "Case":
        """The case after a desk was told."""
        return replace(self, alarmed=(*self.alarmed, alarm))

    def withdrawn(self) -> "Case":
        """The case once the incident is cancelled: a revival starts afresh."""
        return replace(self, live=False, screening=None, decided=None, overdue_for=None, alarmed=())
