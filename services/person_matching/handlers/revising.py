"""A revised record scored again: a misfit or a new likeness is a question, never a move."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from contracts.vocabulary import MatchOutcome
from services.person_matching.domain.decide import Decision, Ties, decide
from services.person_matching.domain.evidence import Candidate
from services.person_matching.domain.features import Features
from services.person_matching.domain.rows import By, Point, Record, points_text
from services.person_matching.domain.unsafe import key_of
from services.person_matching.handlers.kin import setting_of, ties_of
from services.person_matching.handlers.recording import Case, Placed, keep_revision, record_of
from services.person_matching.working_set import Persons


def revise(case: Case, persons: Persons, placed: Placed) -> None:
    """Keep a later revision of a record; an earlier one changes nothing."""
    known = persons.record(case.party.record_id)
    if known is None or case.party.report.revision < known.revision:
        return
    decision = Decision(MatchOutcome(known.outcome), None, known.weight)
    fresh = record_of(case, known.person_id, known.joined_by, decision)
    points = points_text(both(known.told_points, fresh.told_points))
    placed.touched.add(known.person_id)
    if fresh.revision == known.revision and fresh.features == known.features:
        persons.put(replace(known, points=points))
        return
    record = replace(fresh, points=points, since=known.since, moves=known.moves)
    persons.put(record)
    keep_revision(case.party, record, persons)
    if record.features != known.features:
        _ask_again(record, case, persons, placed)


def both(known: Sequence[Point], told: Sequence[Point]) -> tuple[Point, ...]:
    """The points of all revisions; one that was told again counts from its last telling."""
    found = {(key_of(point), point.shared): point for point in known}
    found |= {(key_of(point), point.shared): point for point in told}
    return tuple(found.values())


def _ask_again(record: Record, case: Case, persons: Persons, placed: Placed) -> None:
    """Score a revised record again: a misfit or a new likeness is a question, never a move."""
    others = [r for r in persons.of(record.person_id) if r.record_id != record.record_id]
    if record.joined_by is By.HUMAN or all(r.report_id == record.report_id for r in others):
        _ask_elsewhere(record, case, persons, placed)
        return
    here = persons.candidate(record.person_id, without=record.record_id)
    verdict = _fits(case.features, here, persons, record.report_id)
    if verdict.outcome is not MatchOutcome.SAME:
        placed.misfits.append((record, verdict))


def _fits(features: Features, here: Candidate, persons: Persons, report_id: UUID) -> Decision:
    verdict = decide(features, [here], setting_of(persons, report_id), Ties())
    only_less = verdict.outcome is MatchOutcome.REVIEW and {g.code for g in verdict.grounds} == {
        "not_enough"
    }
    return replace(verdict, outcome=MatchOutcome.SAME) if only_less else verdict


def _ask_elsewhere(record: Record, case: Case, persons: Persons, placed: Placed) -> None:
    if len(persons.of(record.person_id)) > 1 or case.features.is_void:
        return
    present = {r.person_id for r in persons.in_report(record.report_id)}
    known = persons.alike(case.keys) - present - {record.person_id}
    ties = ties_of(persons, known, record.person_id)
    candidates = [persons.candidate(person_id) for person_id in sorted(known)]
    decision = decide(case.features, candidates, setting_of(persons, record.report_id), ties)
    if decision.outcome is not MatchOutcome.NEW:
        placed.questions.append((record, decision))
