"""What the authority's register says of a child on a day (`partner.pupil-enrolment.v1`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.vocabulary import Education, EnrolmentId, PersonId
from services.school_alerts.domain.child import NOT_IN_SCHOOL_URN


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An entry of the register as last said; `begins` and `until` are inclusive."""

    enrolment_id: EnrolmentId
    version: int
    person_id: PersonId
    possibly_same_as: tuple[PersonId, ...]
    school_urn: str | None
    education: Education | None
    begins: date
    until: date | None
    as_of: date

    def is_valid(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.begins <= day and (self.until is None or day <= self.until)

    def has_ended(self, day: date) -> bool:
        """Whether it held earlier and does no more."""
        return self.until is not None and self.until < day

    @property
    def elsewhere(self) -> Education | None:
        """How the child learns, where that is not at a school."""
        if self.school_urn == NOT_IN_SCHOOL_URN and not self.education:
            return Education.NOT_IN_SCHOOL
        return None if self.education is Education.REGISTERED else self.education

    def may_be_of(self, person_id: PersonId, possibly_same: Iterable[PersonId]) -> bool:
        """Whether it belongs to somebody who may be this person but is not known to be."""
        if self.person_id == person_id:
            return False
        return self.person_id in set(possibly_same) or person_id in self.possibly_same_as


@dataclass(frozen=True)
class Entries:
    """The entries of one child on one day, by what they are good for."""

    winning: tuple[Enrolment, ...] = ()
    """Fresh ones: they win over the report."""
    doubtful: tuple[Enrolment, ...] = ()
    """Old, or of a possibly-same child: where they differ the school is unknown."""
    ended: frozenset[str] = frozenset()
    """Schools that the child has left."""
    disowned: frozenset[str] = frozenset()
    """Schools that say the child is not their pupil: they are told no more, whoever says so."""


def entries_on(
    day: date,
    enrolments: Iterable[Enrolment],
    person_id: PersonId | None,
    possibly_same: Iterable[PersonId],
    fresh_days: int,
) -> Entries:
    """Sort the entries: valid that day and fresh, valid but doubtful, or ended."""
    if person_id is None:
        return Entries()
    known = tuple(enrolments)
    own = [e for e in known if e.person_id == person_id]
    valid = [e for e in own if e.is_valid(day)]
    fresh = [e for e in valid if day - e.as_of <= timedelta(days=fresh_days)]
    others = [e for e in known if e.is_valid(day) and e.may_be_of(person_id, possibly_same)]
    attended = {e.school_urn for e in valid}
    ended = {e.school_urn for e in own if e.has_ended(day)} - attended
    return Entries(
        winning=_winning(fresh),
        doubtful=() if fresh else (*_newest(valid), *others),
        ended=frozenset(urn for urn in ended if urn),
    )


def _winning(fresh: list[Enrolment]) -> tuple[Enrolment, ...]:
    """The newest where it says that the child is at no school, else every school's newest.

    Two valid entries for two schools are a dual registration.
    """
    elsewhere = [entry for entry in _newest(fresh) if entry.elsewhere]
    if elsewhere:
        return (elsewhere[0],)
    by_school = {e.school_urn: e for e in sorted(fresh, key=_age) if not e.elsewhere}
    return tuple(by_school.values())


def _newest(entries: list[Enrolment]) -> tuple[Enrolment, ...]:
    newest = max((entry.as_of for entry in entries), default=None)
    return tuple(entry for entry in sorted(entries, key=_age) if entry.as_of == newest)


def _age(entry: Enrolment) -> tuple[date, str]:
    return entry.as_of, str(entry.enrolment_id)
