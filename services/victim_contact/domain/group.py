"""A contact group: a victim and those possibly the same, and everything decided of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, reduce
from typing import Any
from uuid import UUID

from contracts.vocabulary import AgeBand, ContactOutcome
from services.victim_contact.domain.details import Details, Mark, Verified
from services.victim_contact.domain.leads import Attempt, Episode, Lead
from services.victim_contact.domain.matters import ONE_CHANCE, UNDER_16, Listing, Matter
from services.victim_contact.domain.reasons import Withholding

NOTHING_SAID = Details()


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why nobody may contact a person, for which matters: as it was last told."""

    code: Withholding
    matter_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Worker:
    """The advocate whom idva_allocation named, by the latest version of the incident."""

    incident_id: UUID
    version: int
    person_id: UUID
    advocate_id: str
    team: str


@dataclass(frozen=True, slots=True)
class View:
    """A contact group as person_matching said it."""

    members: tuple[UUID, ...]
    version: int

    def leaves_out(self, person_id: UUID, known: "View") -> bool:
        """Whether it names others only, and is newer than what is known of her."""
        return self.version > known.version and person_id not in self.members


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of one member of a group."""

    person_id: UUID
    marks: tuple[Mark, ...] = ()
    marks_version: int = 0
    """The highest version of person_matching's word on her unsafe points."""
    no_contact_at: datetime | None = None
    withheld: tuple[Withheld, ...] = ()
    view: View | None = None
    """The latest view that names her, where it is not her group as it stands."""

    def marked(self, marks: Iterable[Mark]) -> "Person":
        """The person with more unsafe points; the latest `since` of each holds."""
        return replace(self, marks=latest_marks((*self.marks, *marks)))


@dataclass(frozen=True)
class Group:
    """One contact group; its id is the least person id of its members.

    It has no slots: what is asked of it again and again is worked out once.
    """

    contact_group: UUID
    members: tuple[UUID, ...]
    group_version: int = 0
    """The highest version of a view that names any member."""
    fence: int = 0
    """The highest fence that any member was ever granted under."""
    people: tuple[Person, ...] = ()
    matters: tuple[Matter, ...] = ()
    listings: tuple[Listing, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    workers: tuple[Worker, ...] = ()
    episode: Episode | None = None
    lead: Lead | None = None
    withheld_due_at: datetime | None = None
    """When somebody must have found a way, where contact is withheld."""

    def person(self, person_id: UUID) -> Person:
        """What is kept of a member; nothing, to begin with."""
        return next((p for p in self.people if p.person_id == person_id), Person(person_id))

    def view_of(self, person_id: UUID) -> View:
        """The latest view that names a member."""
        return self.person(person_id).view or View(self.members, self.group_version)

    @property
    def views(self) -> dict[UUID, View]:
        """The latest view of each member."""
        return {member: self.view_of(member) for member in self.members}

    def matter(self, matter_id: UUID) -> Matter | None:
        """An incident or request of the group."""
        return next((matter for matter in self.matters if matter.id == matter_id), None)

    def keeping(self, kept: Any) -> "Group":
        """The group with a person, matter, listing or worker as it is now."""
        match kept:
            case Person():
                return replace(self, people=_with(self.people, kept, "person_id"))
            case Matter():
                return replace(self, matters=_with(self.matters, kept, "id"))
            case Listing():
                return replace(self, listings=_with(self.listings, kept, "incident_id"))
            case Worker():
                return replace(self, workers=_with(self.workers, kept, "incident_id"))
        raise TypeError(type(kept).__name__)

    @cached_property
    def open_incidents(self) -> list[Matter]:
        """Live incidents that no episode closed."""
        return [matter for matter in self.matters if matter.is_incident and matter.is_open]

    @property
    def area(self) -> str:
        """The area whose policy applies: that of the latest matter."""
        latest = max(self.matters, key=lambda matter: matter.said_at, default=None)
        return latest.area if latest else ""

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What is unsafe for one member is unsafe for the group."""
        return latest_marks(mark for person in self.people for mark in person.marks)

    @cached_property
    def one_chance(self) -> bool:
        """Honour-based abuse or forced marriage in any live incident."""
        live = [matter for matter in self.matters if matter.live]
        return any(ONE_CHANCE & set(matter.flags) for matter in live)

    @cached_property
    def has_clash(self) -> bool:
        """Somebody who may be this victim is the suspect of an incident of the group."""
        suspects = {matter.suspect_id for matter in self.open_incidents}
        return any(
            suspect in suspects and not self._is_left_out(suspect) for suspect in self.members
        )

    @cached_property
    def wants_no_contact(self) -> bool:
        """A member asked for no contact, and no new incident has come since."""
        asked = [p.no_contact_at for p in self.people if p.no_contact_at is not None]
        return bool(asked) and not any(
            matter.first_at > max(asked) for matter in self.matters if _is_live_incident(matter)
        )

    def age_of(self, person_id: UUID) -> AgeBand:
        """Her age as the latest matter knows it."""
        return self._ages.get(person_id, AgeBand.UNKNOWN)

    def is_child(self, person_id: UUID) -> bool:
        """Known to be under 16: no adult lead."""
        return self.age_of(person_id) in UNDER_16

    def details_of(self, person_id: UUID) -> Details:
        """The latest that was said about reaching her; a cancelled report says nothing."""
        said = [m for m in self._by_person.get(person_id, ()) if m.details.said_safe and _counts(m)]
        latest = max(said, key=lambda m: (m.said_at, m.version, str(m.id)), default=None)
        return latest.details if latest else NOTHING_SAID

    @cached_property
    def verified(self) -> Verified:
        """When each fingerprint was last verified as safe."""
        return reduce(_verified_by, (m.details for m in self.matters if _counts(m)), {})

    def is_listed(self, matter: Matter) -> bool:
        """Whether she is listed at MARAC for the incident as it is known."""
        own = (each for each in self.listings if each.incident_id == matter.id)
        return any(each.holds_for(matter) for each in own)

    @cached_property
    def told(self) -> list[Attempt]:
        """The attempts told in the present episode that say something."""
        if self.episode is None:
            return []
        began = self.episode.began_at
        return [each for each in self._made if each.is_hers and each.told_at >= began]

    def has_reached(self, agency: str, person_id: UUID | None = None) -> bool:
        """Whether the agency reached her in this episode."""
        return any(
            each.agency == agency
            and each.outcome is ContactOutcome.REACHED
            and person_id in (None, *each.persons)
            for each in self.told
        )

    def tried_by(self, lead: Lead) -> bool:
        """Whether the lead made an attempt under its own fence."""
        return any(each.counts and each.lead_id == lead.lead_id for each in self._made)

    def _is_left_out(self, person_id: UUID) -> bool:
        """Whether news of the others no longer names her; where she is now was not told yet."""
        known = self.view_of(person_id)
        return any(view.leaves_out(person_id, known) for view in self.views.values())

    @cached_property
    def _made(self) -> list[Attempt]:
        """The attempts to reach any member; others were kept since they may be told again."""
        return [each for each in self.attempts if each.persons]

    @cached_property
    def _by_person(self) -> dict[UUID, list[Matter]]:
        found: dict[UUID, list[Matter]] = {}
        for matter in self.matters:
            found.setdefault(matter.person_id, []).append(matter)
        return found

    @cached_property
    def _ages(self) -> dict[UUID, AgeBand]:
        return {person_id: _age(matters) for person_id, matters in self._by_person.items()}


def _age(matters: Iterable[Matter]) -> AgeBand:
    known = [matter for matter in matters if matter.live and matter.age is not AgeBand.UNKNOWN]
    latest = max(known, key=lambda matter: matter.said_at, default=None)
    return latest.age if latest else AgeBand.UNKNOWN


def latest_marks(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Each fingerprint once, with its latest `since`."""
    latest: dict[tuple[str, str], Mark] = {}
    for mark in marks:
        known = latest.get((mark.kind, mark.fingerprint))
        if known is None or known.since < mark.since:
            latest[mark.kind, mark.fingerprint] = mark
    return tuple(latest[key] for key in sorted(latest))


def _counts(matter: Matter) -> bool:
    # A withdrawn wish does not unsay what was said of a number; a report made in error does.
    return matter.live or not matter.is_incident


def _is_live_incident(matter: Matter) -> bool:
    return matter.is_incident and matter.live


def _verified_by(known: Verified, details: Details) -> Verified:
    at = details.verified_at
    if at is None:
        return known
    points = [point.fingerprint for point in details.points if point.fingerprint is not None]
    return {**known, **{each: max(at, known.get(each, at)) for each in points}}


def _with(rows: tuple[Any, ...], row: Any, key: str) -> tuple[Any, ...]:
    rest = [each for each in rows if getattr(each, key) != getattr(row, key)]
    return tuple(sorted((*rest, row), key=lambda each: str(getattr(each, key))))
