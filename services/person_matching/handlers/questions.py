"""Questions for a human: reviews opened with their reasons, and due by risk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from contracts.envelope import Reason, Trail
from contracts.identity import Group, IdentityAlarm, ReviewDue, ReviewOpened
from contracts.vocabulary import PersonId, ReviewId, review_id_of
from services.kit.timers import Later, later
from services.person_matching.domain.decide import Decision
from services.person_matching.domain.rows import Record, Review, Stage
from services.person_matching.handlers.grouping import are_opposed
from services.person_matching.handlers.joining import Placed
from services.person_matching.handlers.parting import new_id_for
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


def open_reviews(
    placed: Placed, parties: Sequence[Party], persons: Persons, now: datetime
) -> Asked:
    """A review for every record that may be somebody else known, or fits its person no longer."""
    asked = Asked()
    reports = {party.record_id: party for party in parties}
    for record, decision in placed.questions:
        for other in _others(decision):
            _open(asked, record, decision, other, reports, persons, now)
    for record, decision in placed.misfits:
        leaver = new_id_for(record, persons)
        _open(asked, record, decision, leaver, reports, persons, now, moves=True)
    return asked


def _others(decision: Decision) -> Iterable[UUID]:
    return dict.fromkeys([one for one in (decision.person_id, *decision.rivals) if one])


def _open(
    asked: Asked,
    record: Record,
    decision: Decision,
    other: UUID,
    parties: dict[UUID, Party],
    persons: Persons,
    now: datetime,
    moves: bool = False,
) -> None:
    review_id = review_id_of(record.person_id, other)
    known = persons.reviews.get(review_id)
    closed = persons.apart(record.person_id, other) or are_opposed(persons, record.person_id, other)
    if known is not None or closed:
        return
    party = parties[record.record_id]
    trail = persons.trail_of(record.person_id)
    review = Review(
        review_id=review_id,
        one_id=record.person_id,
        other_id=other,
        stage=Stage.OPEN,
        area=record.area,
        opened_at=now,
        due_at=due_at(party.report.grave, record.area, persons, now),
        subject=trail.subject,
        correlation_id=trail.correlation_id,
        record_id=record.record_id,
        moves=moves,
        weight=decision.weight,
        grounds=tuple((ground.code, ground.sentence) for ground in decision.grounds),
        waterfall=tuple((p.comparison, p.level, p.bits) for p in decision.waterfall),
    )
    persons.put_review(review)
    asked.reviews.append(review)


def due_at(grave: bool, area: str, persons: Persons, now: datetime) -> datetime:
    """By when a human decides: within the hour where it is grave, else a working day."""
    policy = persons.reference.policies.of(area)
    if grave:
        return now + timedelta(minutes=policy.review_high_minutes)
    return persons.reference.working_time.hours_after(now, policy.review_working_hours)


def _said(
    review: Review, groups: Sequence[Group], persons: Persons
) -> list[ReviewOpened | IdentityAlarm | Later[ReviewDue]]:
    trail = Trail(review.subject, review.correlation_id)
    policy = persons.reference.policies.of(review.area)
    reasons = reasons_of(review)
    opened = ReviewOpened(
        person_id=PersonId(review.one_id),
        review_id=ReviewId(review.review_id),
        other_person_id=PersonId(review.other_id),
        version=persons.next_version(review.one_id),
        groups=tuple(groups),
        area=review.area,
        due_at=review.due_at,
        reasons=reasons,
    )
    alarm = IdentityAlarm(
        to_role=policy.review_role,
        area=review.area,
        code="identity_review",
        about=(review.review_id, review.one_id, review.other_id),
        due_at=review.due_at,
        reasons=reasons,
    )
    clock = ReviewDue(
        person_id=PersonId(review.one_id), review_id=ReviewId(review.review_id)
    ).concerning(trail)
    return [opened.concerning(trail), alarm.concerning(trail), later(clock, review.due_at)]


def reasons_of(review: Review) -> tuple[Reason, ...]:
    """Why a human is asked, in words."""
    told = [Reason(code=code, sentence=sentence) for code, sentence in review.grounds]
    return tuple([NO_LONGER_FITS, *told] if review.moves else told)
