"""Two persons become one, or one becomes two: links are added, nothing is overwritten."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import MatchOutcome
from services.person_matching.domain.decide import Decision, Ground, Ties, decide
from services.person_matching.domain.rows import By, Person, Record, Review, Stage
from services.person_matching.handlers.kin import setting_of
from services.person_matching.handlers.parting import (
    count_parting,
    leavers_of,
    made_for,
    new_id_for,
)
from services.person_matching.handlers.recording import link_of
from services.person_matching.working_set import Persons

HUMAN_SAID_SAME = Ground("human_said_same", "A human said that they are one person.")
HUMAN_SAID_DIFFERENT = Ground("human_said_different", "A human said that they are two persons.")
FITS_BETTER = Ground("fits_better", "After the two were parted it fits this one.")


@dataclass(frozen=True, slots=True)
class Moved:
    """What a decision did to persons."""

    persons: tuple[UUID, ...] = ()
    kept: UUID | None = None
    merged: tuple[UUID, ...] = ()
    separated: tuple[UUID, ...] = ()


def join_persons(review: Review, persons: Persons, now: datetime) -> Moved:
    """Make the two one; the person with the most records, then the earliest, is kept."""
    one, other = sides_of(review, persons)
    persons.forget_apart(one, other)
    if review.moves and review.parted_id is None:
        return _stay(review, persons, now)
    if one == other:
        return Moved((one,))
    kept, gone = sorted((one, other), key=lambda person: _seniority(person, persons))
    records = persons.of(gone)
    for record in records:
        _move(
            record,
            Decision(MatchOutcome.SAME, kept, record.weight, (HUMAN_SAID_SAME,)),
            persons,
            now,
        )
    _inherit(kept, gone, persons)
    moved = tuple(record.record_id for record in records)
    persons.put_review(replace(review, moved=moved))
    return Moved((kept, gone), kept, merged=(gone,))


def sides_of(review: Review, persons: Persons) -> tuple[UUID, UUID]:
    """The two whom a review is about by now."""
    one, other = _now(review.one_id, persons), _now(review.other_id, persons)
    if one == other and review.parted_id:
        return one, _now(review.parted_id, persons)
    return one, other


def _now(person_id: UUID, persons: Persons) -> UUID:
    """Who somebody is by now: one who was merged may have left again under a new id."""
    known = persons.persons.get(person_id)
    if known is None or known.merged_into is None:
        return person_id
    record = persons.record(person_id) or made_for(person_id, persons.records, persons)
    return record.person_id if record else persons.now(person_id)


def _stay(review: Review, persons: Persons, now: datetime) -> Moved:
    record = persons.record(review.record_id)
    if record:
        _move(
            record,
            Decision(MatchOutcome.SAME, record.person_id, record.weight, (HUMAN_SAID_SAME,)),
            persons,
            now,
        )
    return Moved((review.one_id,))


def part_persons(before: Review, review: Review, persons: Persons, now: datetime) -> Moved:
    """Keep the two apart; where they were one, those who moved leave under a new id."""
    leavers = leavers_of(before, persons)
    if leavers:
        return _leave(leavers, before, review, persons, now)
    one, other = sides_of(review, persons)
    if one != other and not review.moves:
        persons.put_apart(one, other, review.review_id)
    return Moved((one, other))


def _leave(
    leavers: list[Record], before: Review, review: Review, persons: Persons, now: datetime
) -> Moved:
    first = leavers[0]
    kept = first.person_id
    fresh = new_id_for(first, persons)
    count_parting(kept, persons)
    subject = f"{first.source}/{first.reference}"
    version = persons.person(kept).group_version
    persons.put_person(Person(fresh, subject, first.report_id, group_version=version))
    for record in leavers:
        _move(
            record,
            Decision(MatchOutcome.NEW, fresh, record.weight, (HUMAN_SAID_DIFFERENT,)),
            persons,
            now,
        )
    for record in _come_since(before, kept, persons):
        _sort_out(record, kept, fresh, persons, now)
    persons.put_apart(kept, fresh, before.review_id)
    persons.put_review(replace(review, parted_id=fresh, moved=()))
    _ask_about(fresh, persons)
    return Moved((kept, fresh), kept, separated=(fresh,))


def _ask_about(fresh: UUID, persons: Persons) -> None:
    """What is still asked about those who left is asked about who they are now."""
    for review in persons.reviews:
        if review.stage is not Stage.OPEN or review.moves:
            continue
        one, other = sides_of(review, persons)
        if fresh == one != other:
            persons.put_review(replace(review, one_id=fresh))
        elif fresh == other != one:
            persons.put_review(replace(review, other_id=fresh))


def _come_since(before: Review, kept: UUID, persons: Persons) -> list[Record]:
    if before.moves or before.decided_at is None:
        return []
    merged_at = before.decided_at
    late = (r for r in persons.of(kept) if r.since > merged_at and r.joined_by is By.MACHINE)
    return [record for record in late if record.record_id not in before.moved]


def _sort_out(record: Record, kept: UUID, fresh: UUID, persons: Persons, now: datetime) -> None:
    """A record that came while the two were one goes where it fits, else stays."""
    sides = [persons.candidate(kept, without=record.record_id), persons.candidate(fresh)]
    setting = setting_of(persons, record.report_id)
    decision = decide(persons.features(record), sides, setting, Ties())
    if decision.person_id == fresh and decision.outcome is MatchOutcome.SAME:
        _move(
            record, Decision(MatchOutcome.SAME, fresh, record.weight, (FITS_BETTER,)), persons, now
        )


def _by_word(person_id: UUID, ground: Ground) -> Decision:
    outcome = MatchOutcome.NEW if ground is HUMAN_SAID_DIFFERENT else MatchOutcome.SAME
    return Decision(outcome, person_id, grounds=(ground,))


def _move(record: Record, why: Decision, persons: Persons, now: datetime) -> None:
    """Give the record to the person that was decided, by a human's word."""
    if why.person_id is None:
        raise ValueError("a record moves to somebody")
    moved = replace(
        record,
        person_id=why.person_id,
        joined_by=By.HUMAN,
        outcome=why.outcome.value,
        since=now,
        moves=record.moves + 1,
    )
    persons.put(moved)
    persons.links.append(link_of(moved, why, moved.moves))


def _inherit(kept: UUID, gone: UUID, persons: Persons) -> None:
    left, stays = persons.person(gone), persons.person(kept)
    persons.put_person(replace(left, merged_into=kept))
    highest = max(left.group_version, stays.group_version)
    # Without a group of its own, whoever is kept gets one anew: the news of it is due.
    persons.put_person(replace(stays, group_id=None, group_version=highest))
    for review in persons.reviews_of(kept):
        both = {persons.now(review.one_id), persons.now(review.other_id)}
        if review.stage is Stage.OPEN and not review.moves and both == {kept}:
            persons.put_review(replace(review, stage=Stage.MOOT))


def _seniority(person: UUID, persons: Persons) -> tuple[int, datetime, UUID]:
    records = persons.of(person)
    return -len(records), min(record.told_at for record in records), person
