"""A report as it stands after all its revisions, and the one or two incidents it tells of."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.vocabulary import IncidentId, incident_id_of
from services.police_notifications.domain.children import KnownChild
from services.police_notifications.domain.risk import Floor


class Outcome(StrEnum):
    """What became of a revision."""

    ACCEPTED = "accepted"
    AMENDED = "amended"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Taken:
    """A revision that was taken in."""

    revision: int
    digest: str
    outcome: Outcome
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Unsafe:
    """A way to reach the victim that a revision said is unsafe; it stays so."""

    kind: str
    value: str
    since: datetime
    """When a revision last said so."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One victim's incident; a counter-allegation's second victim has her own."""

    other_party: bool
    first_received_at: datetime
    version: int = 0
    """How often something was said about it; 0 = never."""
    live: bool = False
    floor: Floor | None = None
    refs: tuple[str, ...] = ()
    """The `child_ref` of each child of the present revision, in its order."""
    children: tuple[KnownChild, ...] = ()
    """Every child of any revision."""
    unsafe: tuple[Unsafe, ...] = ()

    def raised(self, floor: Floor) -> "Incident":
        """The incident after a revision that reached a level; itself where that raises nothing."""
        stands = self.floor is not None and self.floor.level.rank >= floor.level.rank
        return self if stands else replace(self, floor=floor)

    def warned(self, points: Iterable[Unsafe]) -> "Incident":
        """The incident with further points said unsafe, each since it was last said."""
        by_point = {(point.kind, point.value): point for point in self.unsafe}
        for point in points:
            known = by_point.setdefault((point.kind, point.value), point)
            if known.since < point.since:
                by_point[point.kind, point.value] = point
        return replace(self, unsafe=tuple(by_point.values()))

    def woken(self, at: datetime) -> "Incident":
        """The incident when it is told again: after a cancellation its clocks begin anew."""
        if self.live or self.version == 0:
            return self
        return replace(self, children=tuple(child.revived(at) for child in self.children))

    def with_children(self, refs: tuple[str, ...], known: tuple[KnownChild, ...]) -> "Incident":
        """The incident with a revision's children, and all that are known now."""
        return replace(self, refs=refs, children=known)

    def said(self, *, live: bool) -> "Incident":
        """The incident after something more was said about it."""
        return replace(self, version=self.version + 1, live=live)


@dataclass(frozen=True, slots=True)
class Report:
    """A report by its sender's reference: its highest revision, and what others left standing."""

    report_id: UUID
    source: str
    reference: str
    revision: int
    cancelled: bool
    area: str
    received_at: datetime
    """When the message that made it what it is was received."""
    first_received_at: datetime
    content: str | None
    """The revision as read; None where the only revisions were cancellations."""
    marks: tuple[tuple[str, str], ...]
    """Code and sentence of what was missing or kept out of it."""
    taken: tuple[Taken, ...]
    first: Incident
    second: Incident | None = None

    def digest_of(self, revision: int) -> str | None:
        """The content that came with a revision; None where it never came."""
        return next((taken.digest for taken in self.taken if taken.revision == revision), None)

    def made_by(self, revision: int) -> datetime:
        """When a late lower revision was made at the latest: before any higher one was received."""
        return min(taken.received_at for taken in self.taken if taken.revision > revision)

    def having_taken(self, taken: Taken) -> "Report":
        """The report with one more revision taken in."""
        return replace(self, taken=(*self.taken, taken))

    def incident_id(self, *, other_party: bool) -> IncidentId:
        """The id of one of its incidents."""
        return incident_id_of(self.source, self.reference, other_party=other_party)

    def incident(self, *, other_party: bool, at: datetime) -> Incident:
        """One of its incidents, as it was last said or as nobody said it yet."""
        if not other_party:
            return self.first
        return self.second or Incident(other_party=True, first_received_at=at)

    def having(self, incident: Incident) -> "Report":
        """The report with one of its incidents as it is now."""
        if incident.other_party:
            return replace(self, second=incident)
        return replace(self, first=incident)

    def revised(
        self, revision: int, area: str, at: datetime, content: str | None = None
    ) -> "Report":
        """The report after its next revision; without content it is cancelled."""
        return replace(
            self,
            revision=revision,
            area=area,
            received_at=at,
            cancelled=content is None,
            content=content or self.content,
        )


def new_report(source: str, reference: str, area: str, at: datetime) -> Report:
    """A report of which no revision was taken yet."""
    return Report(
        report_id=incident_id_of(source, reference),
        source=source,
        reference=reference,
        revision=0,
        cancelled=False,
        area=area,
        received_at=at,
        first_received_at=at,
        content=None,
        marks=(),
        taken=(),
        first=Incident(other_party=False, first_received_at=at),
    )
