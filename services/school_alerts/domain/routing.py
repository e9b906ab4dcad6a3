"""Whom to tell about a child: a school, a desk of the authority, or nobody (domain 4, "Whom")."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from contracts.vocabulary import Education, RecipientRole
from services.school_alerts.domain.child import (
    NOT_IN_SCHOOL_URN,
    UNDER_TWO,
    UNKNOWN_URN,
    Child,
)
from services.school_alerts.domain.enrolment import Enrolment, Entries
from services.school_alerts.domain.policy import Policy
from services.school_alerts.domain.schools import School, Schools

EARLY_YEARS = "early_years"
"""The recipient of an alert withheld because the area does not tell early years."""


class Kind(StrEnum):
    """What is claimed about where a child learns."""

    SCHOOL = "school"
    EARLY_YEARS = "early_years"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Claim:
    """Where a child is said to learn, and by whom."""

    kind: Kind
    urn: str | None = None
    reasons: tuple[str, ...] = ()
    confirmed: bool = False
    """The authority's register says so."""
    doubted: bool = False
    """Nothing says that the child left; it is only not certain any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Who is to be told: a school, or a desk, or nobody (`early_years`)."""

    recipient: str
    """The school's URN, the desk's role, or `early_years`."""
    school: School | None = None
    """The school told, or whose staff may not be."""
    reasons: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    """The URNs by which a report named it."""
    confirmed: bool = False
    doubted: bool = False

    @property
    def desk(self) -> RecipientRole | None:
        """The desk's role; None where a school is told, or nobody."""
        if self.is_withheld or (self.school and self.recipient == self.school.urn):
            return None
        return RecipientRole(self.recipient)

    @property
    def is_withheld(self) -> bool:
        """Nobody is told."""
        return self.recipient == EARLY_YEARS


TEAM = RecipientRole.EDUCATION_TEAM.value
OFFICER = RecipientRole.AUTHORITY_OFFICER.value
LEAD = RecipientRole.AUTHORITY_LEAD.value


def places_of(
    child: Child, entries: Entries, schools: Schools, policy: Policy
) -> tuple[Place, ...]:
    """Everybody to be told about a child, each once: never a guess."""
    found: dict[str, Place] = {}
    for claim in claims_of(child, entries, schools):
        place = _place(claim, schools, policy)
        if place.recipient in entries.disowned:
            place = _desk_place(TEAM, claim, "not_our_pupil")
        earlier = found.get(place.recipient)
        found[place.recipient] = _both(earlier, place) if earlier else place
    return tuple(found.values())


def claims_of(child: Child, entries: Entries, schools: Schools) -> Iterator[Claim]:
    """The register's word where it is fresh, else the report's unless the register doubts it."""
    said = report_claim(child)
    main = tuple(_registered(entries.winning, said)) or (_checked(said, child, entries, schools),)
    yield from main
    if child.education in (None, Education.REGISTERED) and not _elsewhere(entries):
        for urn in child.other_school_urns:
            if urn != said.urn and not _has_left(urn, entries, schools):
                yield _by_urn(urn)


def schools_about(place: Place, child: Child) -> tuple[str, ...]:
    """The URNs of the schools it is about: where the child is placed, or was named; the desk that
    is to find its school hears of those that the report names.
    """
    if place.school:
        return (place.school.urn,)
    if place.named or place.recipient != TEAM:
        return place.named
    reported = (child.school_urn, *child.other_school_urns)
    return tuple(urn for urn in reported if urn and urn not in (UNKNOWN_URN, NOT_IN_SCHOOL_URN))


def report_claim(child: Child) -> Claim:
    """What the report says; `education` other than `registered` beats a URN."""
    match child.education:
        case Education.HOME_EDUCATED | Education.NOT_IN_SCHOOL:
            return Claim(Kind.ELSEWHERE, reasons=(child.education.value,))
        case Education.EARLY_YEARS:
            return Claim(Kind.EARLY_YEARS, child.school_urn)
        case Education.UNKNOWN:
            return Claim(Kind.UNKNOWN, reasons=("school_unknown",))
    if child.nothing_said and child.age_band in UNDER_TWO:
        return Claim(Kind.EARLY_YEARS)
    return _by_urn(child.school_urn or next(iter(child.other_school_urns), None))


def _by_urn(urn: str | None) -> Claim:
    if urn == NOT_IN_SCHOOL_URN:
        return Claim(Kind.ELSEWHERE, reasons=("not_in_school",))
    if urn is None or urn == UNKNOWN_URN:
        return Claim(Kind.UNKNOWN, reasons=("school_unknown",))
    return Claim(Kind.SCHOOL, urn)


def _registered(winning: Iterable[Enrolment], said: Claim) -> Iterator[Claim]:
    for entry in winning:
        claim = replace(_entry_claim(entry), confirmed=True)
        differs = (claim.kind, claim.urn) != (said.kind, said.urn)
        yield replace(claim, reasons=(*claim.reasons, *(("register_differs",) if differs else ())))


def _entry_claim(entry: Enrolment) -> Claim:
    match entry.elsewhere:
        case Education.EARLY_YEARS:
            return Claim(Kind.EARLY_YEARS, entry.school_urn)
        case Education.UNKNOWN:
            return Claim(Kind.UNKNOWN, reasons=("school_unknown",))
        case Education.HOME_EDUCATED | Education.NOT_IN_SCHOOL:
            return Claim(Kind.ELSEWHERE, reasons=(entry.elsewhere.value,))
    return _by_urn(entry.school_urn)


def _checked(said: Claim, child: Child, entries: Entries, schools: Schools) -> Claim:
    """The report's word, unless the child has left that school or the register doubts it."""
    if said.kind is Kind.SCHOOL and _has_left(said.urn, entries, schools):
        return Claim(Kind.UNKNOWN, reasons=("enrolment_ended",))
    known = {_same(claim.urn, schools) for claim in (said, *map(_by_urn, child.other_school_urns))}
    for entry in entries.doubtful:
        claim = _entry_claim(entry)
        same_kind = claim.kind is said.kind
        if not same_kind or (claim.kind is Kind.SCHOOL and _same(claim.urn, schools) not in known):
            reason = (
                "register_old" if entry.person_id == child.person_id else "possibly_same_differs"
            )
            return Claim(Kind.UNKNOWN, reasons=(reason,), doubted=True)
    return said


def _has_left(urn: str | None, entries: Entries, schools: Schools) -> bool:
    """Whether the register says that the child left that school, or the one that serves it now."""
    return not entries.ended.isdisjoint({urn, _same(urn, schools)})


def _same(urn: str | None, schools: Schools) -> str | None:
    """What a URN stands for: two names of one school are no difference."""
    serving = schools.serving(urn)
    return serving.urn if serving else urn


def _elsewhere(entries: Entries) -> bool:
    """The register says that the child is at no school: an old one's URN counts no more."""
    return any(entry.elsewhere for entry in entries.winning)


def _place(claim: Claim, schools: Schools, policy: Policy) -> Place:
    match claim.kind:
        case Kind.SCHOOL:
            return _school_place(claim, schools, policy)
        case Kind.EARLY_YEARS:
            return _early_place(claim, schools, policy)
        case Kind.ELSEWHERE:
            return _desk_place(OFFICER, claim)
    return _desk_place(TEAM, claim)


def _school_place(claim: Claim, schools: Schools, policy: Policy) -> Place:
    named, school = schools.of(claim.urn), schools.serving(claim.urn)
    if named is None:
        return _desk_place(TEAM, claim, "urn_unknown")
    if school is None:
        return _desk_place(TEAM, claim, "school_closed")
    if school.is_nursery and not policy.maintained_nurseries:
        return _early_place(claim, schools, policy)
    reasons = claim.reasons if school is named else (*claim.reasons, "successor_school")
    return Place(school.urn, school, reasons, _named(claim), claim.confirmed)


def _early_place(claim: Claim, schools: Schools, policy: Policy) -> Place:
    if not policy.early_years:
        return _desk_place(EARLY_YEARS, claim, "early_years_not_told")
    school = schools.serving(claim.urn)
    if school is None:
        return _desk_place(TEAM, claim, "school_unknown")
    return Place(school.urn, school, claim.reasons, _named(claim), claim.confirmed)


def _desk_place(recipient: str, claim: Claim, *reasons: str) -> Place:
    return Place(
        recipient,
        reasons=(*claim.reasons, *reasons),
        named=_named(claim),
        confirmed=claim.confirmed,
        doubted=claim.doubted,
    )


def _named(claim: Claim) -> tuple[str, ...]:
    return (claim.urn,) if claim.urn else ()


def _both(one: Place, other: Place) -> Place:
    return replace(
        one,
        reasons=tuple(dict.fromkeys((*one.reasons, *other.reasons))),
        named=tuple(dict.fromkeys((*one.named, *other.named))),
        confirmed=one.confirmed or other.confirmed,
    )


def is_held_over_summer(received: date, sent: date) -> bool:
    """Whether 31 August lies between: classes move up and schools change."""
    return any(received <= date(year, 8, 31) < sent for year in range(received.year, sent.year + 1))


def after_summer(place: Place, child: Child, received: date, day: date) -> Place:
    """An alert held over 31 August: the age on D must fit, unless the register confirms it."""
    if place.school is None or place.confirmed:
        return place
    age = child.content.age_on(day)
    in_august = child.content.age_on(max(received, _last_august(day)))
    if age is not None and in_august is not None and place.school.takes(age, in_august):
        return place
    reasons = (*place.reasons, "held_over_summer")
    return Place(TEAM, reasons=reasons, named=place.named, doubted=True)


def _last_august(day: date) -> date:
    """The last 31 August before that day: by the age then, children move up."""
    august = day.replace(month=8, day=31)
    return august if august < day else august.replace(year=day.year - 1)
