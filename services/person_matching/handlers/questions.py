"""Questions for a human: reviews opened with their reasons, and due by risk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from contracts.envelope import Reason, Trail
from contracts.identity import Group, IdentityAlarm, ReviewDue, ReviewOpened
from contracts.vocabulary import PersonId, ReviewId, review_id_of
from services.kit.timers import Later, later
from services.person_matching.domain.decide import Decision
from services.person_matching.domain.rows import Record, Review, Stage
from services.person_matching.handlers.grouping import are_opposed
from services.person_matching.handlers.parting import new_id_for
from services.person_matching.handlers.recording import Placed
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import Party

NO_LONGER_FITS = Reason(
    code="no_longer_fits", sentence="A later revision no longer fits the person it stands with."
)


@dataclass
class Asked:
    """The reviews that were opened just now."""

    reviews: list[Review] = field(default_factory=list)

    def said(
        self, groups: Sequence[Group], persons: Persons
    ) -> list[ReviewOpened | IdentityAlarm | Later[ReviewDue]]:
        """Each review, its alarm to the desk that decides, and its clock."""
        return [said for review in self.reviews for said in _said(review, groups, persons)]


@dataclass(frozen=True, slots=True)
class _Question:
    """Whether a record's person is another one, or the record should leave its person."""

    record: Record
    decision: Decision
    other: UUID
    grave: bool
    moves: bool = False


def open_reviews(
    placed: Placed, parties: Sequence[Party], persons: Persons, now: datetime
) -> Asked:
    """A review for every record that may be somebody else known, or fits its person no longer."""
    asked = Asked()
    grave = {party.record_id for party in parties if party.report.grave}
    for record, decision in placed.questions:
        for other in _others(decision):
            urgent = record.record_id in grave
            _open(_Question(record, decision, other, urgent), asked, persons, now)
    for record, decision in placed.misfits:
        leaver = new_id_for(record, persons)
        urgent = record.record_id in grave
        _open(_Question(record, decision, leaver, urgent, moves=True), asked, persons, now)
    return asked


def _others(decision: Decision) -> Iterable[UUID]:
    return dict.fromkeys([one for one in (decision.person_id, *decision.rivals) if one])


def _open(question: _Question, asked: Asked, persons: Persons, now: datetime) -> None:
    mine, other = question.record.person_id, question.other
    review_id = review_id_of(mine, other)
    answered = persons.apart(mine, other) or are_opposed(persons, mine, other)
    if persons.reviews.get(review_id) is None and not answered:
        review = _review(question, review_id, persons, now)
        persons.put_review(review)
        asked.reviews.append(review)


def _review(question: _Question, review_id: UUID, persons: Persons, now: datetime) -> Review:
    record, decision = question.record, question.decision
    trail = persons.trail_of(record.person_id)
    return Review(
        review_id=review_id,
        one_id=record.person_id,
        other_id=question.other,
        stage=Stage.OPEN,
        area=record.area,
        opened_at=now,
        due_at=due_at(question.grave, record.area, persons, now),
        subject=trail.subject,
        correlation_id=trail.correlation_id,
        record_id=record.record_id,
        moves=question.moves,
        weight=decision.weight,
        grounds=tuple((ground.code, ground.sentence) for ground in decision.grounds),
        waterfall=tuple((p.comparison, p.level, p.bits) for p in decision.waterfall),
    )


def due_at(grave: bool, area: str, persons: Persons, now: datetime) -> datetime:
    """By when a human decides: within the hour where it is grave, else a working day."""
    policy = persons.reference.policies.of(area)
    if grave:
        return now + timedelta(minutes=policy.review_high_minutes)
    return persons.reference.working_time.hours_after(now, policy.review_working_hours)


def hasten(
    touched: Iterable[UUID], area: str, persons: Persons, now: datetime
) -> list[IdentityAlarm | Later[ReviewDue]]:
    """Bring forward what is asked about persons of a grave report: the desk is told again."""
    soon = due_at(True, area, persons, now)
    asked = {review.review_id: review for one in touched for review in persons.open_about(one)}
    late = [asked[one] for one in sorted(asked) if asked[one].due_at > soon]
    for review in late:
        persons.put_review(replace(review, due_at=soon))
    return [said for review in late for said in _clock(replace(review, due_at=soon), persons)]


def _said(
    review: Review, groups: Sequence[Group], persons: Persons
) -> list[ReviewOpened | IdentityAlarm | Later[ReviewDue]]:
    opened = ReviewOpened(
        person_id=PersonId(review.one_id),
        review_id=ReviewId(review.review_id),
        other_person_id=PersonId(review.other_id),
        version=persons.next_version(review.one_id),
        groups=tuple(groups),
        area=review.area,
        due_at=review.due_at,
        reasons=reasons_of(review),
    )
    trail = Trail(review.subject, review.correlation_id)
    return [opened.concerning(trail), *_clock(review, persons)]


def _clock(review: Review, persons: Persons) -> list[IdentityAlarm | Later[ReviewDue]]:
    trail = Trail(review.subject, review.correlation_id)
    alarm = IdentityAlarm(
        to_role=persons.reference.policies.of(review.area).review_role,
        area=review.area,
        code="identity_review",
        about=(review.review_id, review.one_id, review.other_id),
        due_at=review.due_at,
        reasons=reasons_of(review),
    )
    due = ReviewDue(person_id=PersonId(review.one_id), review_id=ReviewId(review.review_id))
    return [alarm.concerning(trail), later(due.concerning(trail), review.due_at)]


def reasons_of(review: Review) -> tuple[Reason, ...]:
    """Why a human is asked, in words."""
    told = [Reason(code=code, sentence=sentence) for code, sentence in review.grounds]
    return tuple([NO_LONGER_FITS, *told] if review.moves else told)
