"""A thing with its parties: records placed, questions asked, the thing and what it changed said."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from contracts.envelope import Trail
from contracts.identity import (
    AdvocateConflictsIdentified,
    ContactRequestIdentified,
    IdentityAlarm,
    IncidentIdentified,
    PupilEnrolmentIdentified,
    ReviewDue,
    ReviewOpened,
    UnsafeContactFound,
)
from services.kit.timers import Later
from services.person_matching.domain.rows import Telling
from services.person_matching.handlers.grouping import regroup
from services.person_matching.handlers.joining import place
from services.person_matching.handlers.questions import hasten, open_reviews
from services.person_matching.handlers.telling import say, say_again
from services.person_matching.handlers.unsafe import warn_others
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import Party

Identification = (
    IncidentIdentified
    | ContactRequestIdentified
    | PupilEnrolmentIdentified
    | AdvocateConflictsIdentified
    | UnsafeContactFound
    | ReviewOpened
    | IdentityAlarm
    | Later[ReviewDue]
)
"""All that may be said when a record comes: the thing it came in, and what it changes."""


def identify(
    told: Telling, parties: Sequence[Party], persons: Persons, now: datetime
) -> list[Identification]:
    """Place the parties' records, and say the thing and everything that now means another."""
    trail = Trail(told.subject, told.correlation_id)
    before = _possibly_same(persons, _persons_of(told, persons))
    placed = place(parties, persons, trail)
    persons.put_telling(told)
    touched = placed.touched | _persons_of(told, persons)
    asked = open_reviews(placed, parties, persons, now)
    grave = any(party.report.grave for party in parties)
    hastened = hasten(touched, told.area, persons, now) if grave else []
    touched |= before | _possibly_same(persons, touched)
    groups = regroup(persons, touched)
    touched |= {member for group in groups for member in group.group_members}
    first = say(told, persons)
    victim = persons.in_role(told, "victim")
    return [
        *first,
        *asked.said(groups, persons),
        *hastened,
        *warn_others(persons, touched, besides=victim.person_id if victim else None),
        *say_again(persons, touched, besides=told.thing_id),
    ]


def _persons_of(told: Telling, persons: Persons) -> set[UUID]:
    known = (persons.in_role(told, role) for role in told.parties)
    return {record.person_id for record in known if record}


def _possibly_same(persons: Persons, touched: Iterable[UUID]) -> set[UUID]:
    return {other for one in touched for other in persons.possibly_same(one)}
