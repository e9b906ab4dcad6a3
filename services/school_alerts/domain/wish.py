"""Who should be told about a child as things stand: the place, the time, the readers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.kit.working_time import london_date
from services.school_alerts.domain.book import Book, District
from services.school_alerts.domain.calendar import Calendar
from services.school_alerts.domain.case import Case
from services.school_alerts.domain.child import Child
from services.school_alerts.domain.deadline import Slot, slot_of
from services.school_alerts.domain.enrolment import Enrolment, entries_on
from services.school_alerts.domain.readers import Reader, readers_at
from services.school_alerts.domain.routing import (
    LEAD,
    Place,
    after_summer,
    is_held_over_summer,
    places_of,
    schools_about,
)

ROUNDS = 3
"""The school depends on the day of sending, which depends on the school's calendar."""


@dataclass(frozen=True)
class Wish:
    """One alert as it should be."""

    place: Place
    slot: Slot
    received_at: datetime
    """T."""
    readers: tuple[Reader, ...] = ()
    reasons: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    """The URNs of the schools it is about, whoever is told."""

    @property
    def recipient(self) -> str:
        """The school's URN, the desk's role, or `early_years`."""
        return self.place.recipient


@dataclass(frozen=True)
class View:
    """What a child's wishes depend on besides the child."""

    case: Case
    book: Book
    district: District
    enrolments: tuple[Enrolment, ...] = ()
    disowned: frozenset[tuple[str, str]] = frozenset()
    """Children and schools that say the child is not their pupil."""

    def places(self, child: Child, day: date) -> tuple[Place, ...]:
        """Where the child's alerts go if sent on that day, before conflicts and summer."""
        fresh_days = self.district.policy.register_days
        entries = entries_on(
            day, self.enrolments, child.person_id, child.possibly_same_as, fresh_days
        )
        disowned = frozenset(urn for ref, urn in self.disowned if ref == child.ref)
        entries = replace(entries, disowned=disowned)
        return places_of(child, entries, self.book.schools, self.district.policy)


def wishes_of(child: Child, view: View, now: datetime) -> tuple[Wish, ...]:
    """Everybody to be told, by the register's entries of the day of sending."""
    if not view.case.live or not child.is_due:
        return ()
    day, found = london_date(now), tuple[Wish, ...]()
    for _ in range(ROUNDS):
        found = tuple(_wish(place, child, view, now) for place in view.places(child, day))
        sending = min((london_date(max(now, w.slot.send_at)) for w in found), default=day)
        if sending == day:
            break
        day = sending
    return _each_once(found)


def named_at(place: Place, child: Child, case: Case) -> datetime:
    """T: when the revision that first named the child at that school was received."""
    named = [child.schools_named_at[urn] for urn in place.named if urn in child.schools_named_at]
    return min(named, default=child.first_named_at or case.received_at)


def rescheduled(wish: Wish, received_at: datetime, view: View) -> Wish:
    """The same wish with another T."""
    slot = slot_of(received_at, _calendar(wish.place, view), view.district.policy)
    return replace(wish, slot=slot, received_at=received_at)


def _wish(place: Place, child: Child, view: View, now: datetime) -> Wish:
    received_at = named_at(place, child, view.case)
    slot = slot_of(received_at, _calendar(place, view), view.district.policy)
    sent_on = london_date(max(now, slot.send_at))
    received_on = london_date(received_at)
    if is_held_over_summer(received_on, sent_on):
        moved = after_summer(place, child, received_on, slot.day)
        if moved is not place:
            place = moved
            slot = slot_of(received_at, _calendar(place, view), view.district.policy)
    wish = Wish(place, slot, received_at, schools=schools_about(place, child))
    return _read_by(wish, view)


def _read_by(wish: Wish, view: View) -> Wish:
    place = wish.place
    if place.school is None:
        desk = place.desk
        readers = (view.district.desk(desk),) if desk else ()
        return replace(wish, readers=readers, reasons=_reasons(wish, place.reasons))
    there = readers_at(place.school, view.case.employers, view.book.schools)
    reasons = _reasons(wish, (*place.reasons, *there.reasons))
    if there.readers:
        return replace(wish, readers=there.readers, reasons=reasons)
    told = replace(place, recipient=LEAD, reasons=(*there.reasons, *place.reasons))
    lead = told.desk
    readers = (view.district.desk(lead),) if lead else ()
    return replace(wish, place=told, readers=readers, reasons=(*there.reasons, *reasons))


def _reasons(wish: Wish, reasons: Iterable[str]) -> tuple[str, ...]:
    unknown = () if wish.slot.calendar_known else ("calendar_unknown",)
    return tuple(dict.fromkeys((*reasons, *unknown)))


def _calendar(place: Place, view: View) -> Calendar:
    if place.school:
        return view.book.calendar(place.school)
    return view.book.desk_calendar(view.district.authority)


def _each_once(wishes: Iterable[Wish]) -> tuple[Wish, ...]:
    """One wish a recipient: two schools of conflicted staff are one letter to the lead."""
    found: dict[str, Wish] = {}
    for wish in sorted(wishes, key=lambda wish: wish.slot.due_by):
        first = found.setdefault(wish.recipient, wish)
        schools = tuple(dict.fromkeys((*first.schools, *wish.schools)))
        found[wish.recipient] = replace(first, schools=schools)
    return tuple(found.values())
