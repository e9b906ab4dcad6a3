"""News of persons: groups unite and part, persons become one, points become unsafe."""

from datetime import datetime

from contracts.identity import (
    PersonsMerged,
    PersonsSeparated,
    ReviewDecided,
    ReviewOpened,
    UnsafeContactFound,
)
from services.victim_contact.domain.hearing import hear_unsafe
from services.victim_contact.handlers.acting import Acting
from services.victim_contact.handlers.reading import marks_of, views_of
from services.victim_contact.handlers.saying import Said
from services.victim_contact.working_set import Groups


def regroup_persons(
    event: ReviewOpened | ReviewDecided | PersonsSeparated, groups: Groups, now: datetime
) -> list[Said]:
    """Unite or split contact groups: one lead is kept, and whoever had no contact is due now."""
    acting = Acting(groups, now)
    acting.regroup(views_of(event.groups))
    return acting.said()


def merge_persons(event: PersonsMerged, groups: Groups, now: datetime) -> list[Said]:
    """What was known of several persons is known of the one that they are."""
    acting = Acting(groups, now)
    acting.merge(event.kept_id, event.merged_ids)
    acting.regroup(views_of(event.groups))
    return acting.said()


def mark_unsafe(event: UnsafeContactFound, groups: Groups, now: datetime) -> list[Said]:
    """Withdraw points that a new record makes unsafe; the lead is told at once."""
    acting = Acting(groups, now)
    turn = acting.turn_of(event.victim_id)
    person_id = groups.resolved(event.victim_id)
    hear_unsafe(turn, person_id, event.version, marks_of(event.sealed, event.envelope.time))
    return acting.said()
