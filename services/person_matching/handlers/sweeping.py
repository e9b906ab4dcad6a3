"""The nightly sweep: persons looked at again by all that is known of them; it only asks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import MatchOutcome
from services.person_matching.domain.decide import decide
from services.person_matching.domain.rows import Record
from services.person_matching.handlers.grouping import regroup
from services.person_matching.handlers.kin import setting_of, ties_of
from services.person_matching.handlers.placing import Identification
from services.person_matching.handlers.questions import open_reviews
from services.person_matching.handlers.recording import Placed
from services.person_matching.handlers.telling import say_again
from services.person_matching.handlers.unsafe import warn_others
from services.person_matching.working_set import Persons


def sweep(records: Iterable[Record], persons: Persons, now: datetime) -> list[Identification]:
    """Ask about every record that may be somebody else known and was never asked about."""
    placed = Placed()
    for record in records:
        _look_again(record, persons, placed)
    asked = open_reviews(placed, (), persons, now)
    touched = {one for review in asked.reviews for one in (review.one_id, review.other_id)}
    groups = regroup(persons, touched)
    touched |= {member for group in groups for member in group.group_members}
    return [
        *asked.said(groups, persons),
        *warn_others(persons, touched, besides=None),
        *say_again(persons, touched),
    ]


def _look_again(record: Record, persons: Persons, placed: Placed) -> None:
    together = {
        r.person_id for report in _reports(record, persons) for r in persons.in_report(report)
    }
    known = persons.alike(record.keys) - together - {record.person_id}
    candidates = [persons.candidate(one) for one in sorted(known)]
    ties = ties_of(persons, known, record.person_id)
    features = persons.features(record)
    decision = decide(features, candidates, setting_of(persons, record.report_id), ties)
    if decision.outcome is not MatchOutcome.NEW:
        placed.questions.append((record, decision))


def _reports(record: Record, persons: Persons) -> Sequence[UUID]:
    return [other.report_id for other in persons.of(record.person_id)]
