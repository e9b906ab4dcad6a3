"""What a human decided about two persons, and what is done when nobody decided in time."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts.envelope import Problem, Reason, Trail
from contracts.identity import (
    Group,
    IdentityAlarm,
    IdentityInputRefused,
    PersonsMerged,
    PersonsSeparated,
    ReviewDecided,
    ReviewDue,
)
from contracts.partner import IdentityDecision
from contracts.vocabulary import IdentityChoice, PersonId, ReviewId
from services.person_matching.domain.rows import Review, Stage
from services.person_matching.handlers.grouping import are_opposed, regroup
from services.person_matching.handlers.merging import Moved, join_persons, part_persons, sides_of
from services.person_matching.handlers.parting import new_id_for
from services.person_matching.handlers.placing import Identification
from services.person_matching.handlers.recording import undone_by
from services.person_matching.handlers.refusing import refuse
from services.person_matching.handlers.telling import say_again
from services.person_matching.handlers.unsafe import warn_others
from services.person_matching.working_set import Persons

UNKNOWN = Problem(path="/review_id", code="unknown", message="must be a review that was opened")
OPPOSED = Problem(
    path="/decision",
    code="victim_and_suspect",
    message="cannot be same: one is the victim and the other the suspect of an incident",
)
OVERDUE = Reason(code="review_overdue", sentence="Nobody decided the review in time.")
STAGE_OF = {IdentityChoice.SAME: Stage.SAME, IdentityChoice.DIFFERENT: Stage.DIFFERENT}


def decide_review(
    event: IdentityDecision, persons: Persons, now: datetime
) -> list[ReviewDecided | PersonsMerged | PersonsSeparated | Identification | IdentityInputRefused]:
    """Carry out what a human decided; a later decision undoes an earlier one."""
    review_id = _id(event.review_id)
    review = persons.reviews.get(review_id) or _of_a_join(review_id, persons, now)
    if review is None:
        return [refuse(event, event.review_id, (UNKNOWN,))]
    if _is_older(event, review) or _is_so_already(event, review, persons):
        return []
    if event.decision is IdentityChoice.SAME and _may_not_join(review, persons):
        return [refuse(event, event.review_id, (OPPOSED,))]
    decided = replace(
        review,
        stage=STAGE_OF[event.decision],
        decided_by=event.decided_by,
        decided_at=event.at,
        rationale=event.rationale,
    )
    persons.put_review(decided)
    moved = _carry_out(review, decided, persons, now)
    return [*_say(event, decided, moved, persons)]


def _of_a_join(review_id: UUID, persons: Persons, now: datetime) -> Review | None:
    """The question that nobody asked: whether a machine joined a record rightly."""
    joined = (record for record in persons.records if undone_by(record) == review_id)
    record = next(joined, None)
    if record is None:
        return None
    trail = persons.trail_of(record.person_id)
    return Review(
        review_id=review_id,
        one_id=record.person_id,
        other_id=new_id_for(record, persons),
        stage=Stage.OPEN,
        area=record.area,
        opened_at=now,
        due_at=now,
        subject=trail.subject,
        correlation_id=trail.correlation_id,
        record_id=record.record_id,
        moves=True,
        weight=record.weight,
    )


def escalate_review(event: ReviewDue, persons: Persons, now: datetime) -> list[IdentityAlarm]:
    """Tell the supervisor that a review is overdue; deciding stays with humans."""
    review = persons.reviews.get(event.review_id)
    if review is None or review.stage is not Stage.OPEN or review.escalated:
        return []
    if now < review.due_at:
        return []
    persons.put_review(replace(review, escalated=True))
    alarm = IdentityAlarm(
        to_role=persons.reference.policies.of(review.area).supervisor_role,
        area=review.area,
        code="review_overdue",
        about=(review.review_id, review.one_id, review.other_id),
        due_at=review.due_at,
        reasons=(OVERDUE,),
    )
    return [alarm.concerning(Trail(review.subject, review.correlation_id))]


def _carry_out(review: Review, decided: Review, persons: Persons, now: datetime) -> Moved:
    if decided.stage is Stage.SAME:
        return join_persons(decided, persons, now)
    return part_persons(review, decided, persons, now)


def _say(
    event: IdentityDecision, review: Review, moved: Moved, persons: Persons
) -> list[ReviewDecided | PersonsMerged | PersonsSeparated | Identification]:
    touched = _standing(persons, moved, review)
    touched |= {other for one in touched for other in persons.possibly_same(one)}
    groups = tuple(regroup(persons, touched))
    touched |= {member for group in groups for member in group.group_members}
    decided = ReviewDecided(
        person_id=PersonId(review.one_id),
        review_id=ReviewId(review.review_id),
        decision=event.decision,
        version=persons.next_version(review.one_id),
        groups=groups,
    )
    return [
        decided.concerning(Trail(review.subject, review.correlation_id)),
        *_news(moved, groups, persons),
        *warn_others(persons, touched, besides=None),
        *say_again(persons, touched),
    ]


def _news(
    moved: Moved, groups: tuple[Group, ...], persons: Persons
) -> list[PersonsMerged | PersonsSeparated]:
    if moved.kept is None:
        return []
    trail = persons.trail_of(moved.kept)
    kept, version = PersonId(moved.kept), persons.next_version(moved.kept)
    if moved.merged:
        merged = PersonsMerged(
            person_id=kept,
            kept_id=kept,
            merged_ids=tuple(PersonId(one) for one in moved.merged),
            version=version,
            groups=groups,
        )
        return [merged.concerning(trail)]
    parted = PersonsSeparated(
        person_id=kept,
        separated_ids=tuple(PersonId(one) for one in moved.separated),
        version=version,
        groups=groups,
    )
    return [parted.concerning(trail)]


def _standing(persons: Persons, moved: Moved, review: Review) -> set[UUID]:
    known = {*moved.persons, review.one_id, review.other_id}
    return {one for one in known if persons.persons.get(one) is not None}


def _may_not_join(review: Review, persons: Persons) -> bool:
    one, other = sides_of(review, persons)
    return one != other and are_opposed(persons, one, other)


def _is_so_already(event: IdentityDecision, review: Review, persons: Persons) -> bool:
    """Whether it was decided so, and two who were said to be one still are."""
    if review.stage is not STAGE_OF[event.decision]:
        return False
    one, other = sides_of(review, persons)
    return review.stage is not Stage.SAME or one == other


def _is_older(event: IdentityDecision, review: Review) -> bool:
    return review.decided_at is not None and event.at <= review.decided_at


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
