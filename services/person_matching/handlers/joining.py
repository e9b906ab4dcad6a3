"""Whose each record of a report is: joined to somebody known, new, or new with a question."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from contracts.envelope import Trail
from contracts.vocabulary import MatchOutcome
from services.person_matching.domain.decide import Decision, Ties, decide
from services.person_matching.domain.evidence import Candidate, Setting
from services.person_matching.domain.features import NORM_VERSION, Features, Role, to_text
from services.person_matching.domain.keys import keys_of, place_keys
from services.person_matching.domain.rows import (
    By,
    Link,
    Person,
    Point,
    Record,
    Revision,
    Source,
    points_text,
)
from services.person_matching.domain.unsafe import key_of
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import Party, as_written, points_of

Hints = Mapping[UUID, frozenset[UUID]]
Births = Mapping[UUID, str | None]
ONE_PERSON = frozenset(("suspect", "other_party"))
"""Two roles of one report that are the same person by the report's own word."""
THE_REPORT_SAYS = Decision(MatchOutcome.SAME)
NOBODY_COMPARED = Decision(MatchOutcome.NEW)


@dataclass
class Placed:
    """What placing a report's records did."""

    touched: set[UUID] = field(default_factory=set)
    """Persons whose records changed."""
    questions: list[tuple[Record, Decision]] = field(default_factory=list)
    """Records that may be somebody else known."""
    misfits: list[tuple[Record, Decision]] = field(default_factory=list)
    """Revised records that no longer fit the person they stand with."""
    decisions: dict[UUID, Decision] = field(default_factory=dict)
    """By record: what was decided about those that are new."""


@dataclass(frozen=True)
class Case:
    """A party with what comparing it needs."""

    party: Party
    features: Features
    keys: frozenset[int]


def place(parties: Sequence[Party], persons: Persons, trail: Trail) -> Placed:
    """Keep a report's records and decide whose they are; parties never meet each other."""
    placed = Placed()
    related = relation_in(parties)
    cases = [case_of(party, persons, related) for party in parties]
    fresh = [case for case in cases if persons.record(case.party.record_id) is None]
    for case in cases:
        if case not in fresh:
            _revise(case, persons, placed)
    _place_fresh(fresh, persons, trail, placed)
    return placed


def relation_in(parties: Iterable[Party]) -> str | None:
    """How the suspect of a report is related to its victim."""
    suspects = (party for party in parties if party.kind is Role.SUSPECT)
    return next((party.as_told.relationship for party in suspects), None)


def case_of(party: Party, persons: Persons, related: str | None = None) -> Case:
    """The party, normalised; a victim's relationship is the one the suspect has to her."""
    policy = persons.reference.policies.of(party.report.area)
    features = party.features(policy.nobodys_homes)
    if party.kind is Role.VICTIM and related:
        features = replace(features, relationship=related)
    return Case(party, features, keys_of(features))


def _place_fresh(cases: Sequence[Case], persons: Persons, trail: Trail, placed: Placed) -> None:
    births = {case.party.record_id: case.features.birth for case in cases}
    waiting = [case for case in cases if not _joined_by_report(case, persons, placed)]
    waiting, looks = _join_while_sure(waiting, births, {}, persons, placed)
    hints = _hints(looks, persons)
    waiting, _ = _join_while_sure(waiting, births, hints, persons, placed)
    for case in waiting:
        _end(case, _look(case, persons, births, hints, last=True), persons, trail, placed)


def _join_while_sure(
    waiting: list[Case], births: Births, hints: Hints, persons: Persons, placed: Placed
) -> tuple[list[Case], list[tuple[Case, Decision]]]:
    """Join whoever is sure; each who is joined may make another sure, by family."""
    while True:
        looks = [(case, _look(case, persons, births, hints)) for case in waiting]
        joined = _join_the_sure(looks, persons, placed)
        waiting = [case for case in waiting if persons.record(case.party.record_id) is None]
        if not joined or not waiting:
            return waiting, looks


def _hints(looks: Iterable[tuple[Case, Decision]], persons: Persons) -> Hints:
    """By record: who stood in an earlier report with somebody that record may be."""
    return {
        case.party.record_id: relatives([one for one in (d.person_id, *d.rivals) if one], persons)
        for case, d in looks
        if case.party.report.came_in is Source.INCIDENT
    }


def _join_the_sure(
    looks: Sequence[tuple[Case, Decision]], persons: Persons, placed: Placed
) -> bool:
    """Join those who are sure, the surest first; a person is taken by one party of a report."""
    sure = [(case, d) for case, d in looks if d.outcome is MatchOutcome.SAME]
    taken: set[UUID | None] = set()
    for case, decision in sorted(sure, key=lambda each: -(each[1].weight or 0.0)):
        if decision.person_id not in taken:
            _join(case, decision, persons, placed)
            taken.add(decision.person_id)
    return bool(sure)


def _end(case: Case, decision: Decision, persons: Persons, trail: Trail, placed: Placed) -> None:
    if decision.outcome is MatchOutcome.SAME:
        _join(case, decision, persons, placed)
    else:
        _found(case, decision, persons, trail, placed)


def _joined_by_report(case: Case, persons: Persons, placed: Placed) -> bool:
    if case.party.role not in ONE_PERSON or case.party.report.came_in is not Source.INCIDENT:
        return False
    twin = next(
        (r for r in persons.in_report(case.party.report.report_id) if r.role in ONE_PERSON), None
    )
    if twin is None:
        return False
    record = record_of(case, twin.person_id, By.REPORT, THE_REPORT_SAYS)
    _keep(record, case, THE_REPORT_SAYS, persons, placed)
    return True


def _look(
    case: Case,
    persons: Persons,
    births: Births,
    hints: Hints,
    last: bool = False,
) -> Decision:
    report = case.party.report.report_id
    if case.features.is_void:
        return NOBODY_COMPARED
    present = {r.person_id for r in persons.in_report(report)}
    own = case.party.record_id
    others = {birth for record, birth in births.items() if record != own}
    setting = replace(
        setting_of(persons, report),
        hinted=frozenset(one for record, near in hints.items() if record != own for one in near),
        births=frozenset(birth for birth in others if birth),
        last_look=last,
        alone=len(births) == 1,
    )
    # Kin are compared even where no key leads to them: a slip in the name of a child of the house.
    known = (persons.alike(case.keys) | setting.kin) - present
    candidates = [persons.candidate(person_id) for person_id in sorted(known)]
    return decide(case.features, candidates, setting, ties_of(persons, known))


def setting_of(persons: Persons, report_id: UUID) -> Setting:
    """What weighing a record of this report must know."""
    return Setting(persons.reference.model, persons.known, kin_of(persons, report_id))


def kin_of(persons: Persons, report_id: UUID) -> frozenset[UUID]:
    """Those who stood in an earlier report with persons whom this report's parties joined."""
    present = persons.in_report(report_id)
    joined = [record.person_id for record in present if record.came_in is Source.INCIDENT]
    return relatives(joined, persons, besides=report_id)


def relatives(
    people: Iterable[UUID], persons: Persons, besides: UUID | None = None
) -> frozenset[UUID]:
    """Those who stand in a report of the police with one of these; a roster relates nobody."""
    reports = {
        record.report_id
        for person in set(people)
        for record in persons.of(person)
        if record.came_in is Source.INCIDENT and record.report_id != besides
    }
    return frozenset(r.person_id for report in reports for r in persons.in_report(report))


def ties_of(persons: Persons, known: Iterable[UUID], own: UUID | None = None) -> Ties:
    """What humans said, and have still to say, about the candidates."""
    listed = sorted(known)
    different = {one for one in listed if own is not None and persons.apart(own, one)}
    undecided = {one: frozenset(persons.possibly_same(one)) for one in listed}
    return Ties(frozenset(different), undecided)


def _join(case: Case, decision: Decision, persons: Persons, placed: Placed) -> None:
    if decision.person_id is None:
        raise ValueError("a record joins somebody")
    record = record_of(case, decision.person_id, By.MACHINE, decision)
    _keep(record, case, decision, persons, placed)


def _found(case: Case, decision: Decision, persons: Persons, trail: Trail, placed: Placed) -> None:
    record = record_of(case, case.party.record_id, By.MACHINE, decision)
    persons.put_person(Person(record.person_id, trail.subject, trail.correlation_id))
    persons.known += 1
    _keep(record, case, decision, persons, placed)
    if decision.outcome is MatchOutcome.REVIEW:
        placed.questions.append((record, decision))


def _keep(record: Record, case: Case, decision: Decision, persons: Persons, placed: Placed) -> None:
    placed.decisions[record.record_id] = decision
    persons.put(record)
    keep_revision(case.party, record, persons)
    persons.links.append(link_of(record, decision, 1))
    placed.touched.add(record.person_id)


def keep_revision(party: Party, record: Record, persons: Persons) -> None:
    """Keep the record as this revision told it."""
    told = Revision(record.record_id, record.revision, record.given, party.report.told_at)
    persons.revisions.append(told)


def link_of(record: Record, decision: Decision, place: int) -> Link:
    """Why the record belongs to its person from now on."""
    return Link(
        record_id=record.record_id,
        place=place,
        person_id=record.person_id,
        since=record.since,
        joined_by=record.joined_by,
        outcome=decision.outcome.value,
        weight=decision.weight,
        grounds=tuple((ground.code, ground.sentence) for ground in decision.grounds),
        waterfall=tuple((p.comparison, p.level, p.bits) for p in decision.waterfall),
        model=decision.model,
        norm_version=NORM_VERSION,
    )


def record_of(case: Case, person_id: UUID, by: By, decision: Decision) -> Record:
    """The record to keep."""
    party, told = case.party, case.party.told
    report = party.report
    return Record(
        record_id=party.record_id,
        report_id=report.report_id,
        source=report.source,
        reference=report.reference,
        role=party.role,
        came_in=report.came_in,
        revision=report.revision,
        person_id=person_id,
        features=to_text(case.features),
        given=as_written(told),
        keys=tuple(sorted(case.keys)),
        places=tuple(sorted(place_keys(case.features))),
        points=points_text(points_of(party)),
        joined_by=by,
        outcome=decision.outcome.value,
        weight=decision.weight,
        since=report.told_at,
        told_at=report.told_at,
        area=report.area,
        born=told.date_of_birth,
        employer_urn=told.employer_urn,
        employer_role=told.employer_role.value if told.employer_role else None,
        is_adult=party.is_adult,
    )


def _revise(case: Case, persons: Persons, placed: Placed) -> None:
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
