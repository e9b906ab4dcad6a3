"""Whose each record of a report is: joined to somebody known, new, or new with a question."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from contracts.envelope import Trail
from contracts.vocabulary import MatchOutcome
from services.person_matching.domain.decide import Decision, decide
from services.person_matching.domain.rows import By, Person, Record, Source
from services.person_matching.handlers.kin import relatives, setting_of, ties_of
from services.person_matching.handlers.recording import (
    Case,
    Placed,
    case_of,
    keep_revision,
    link_of,
    record_of,
    relation_in,
)
from services.person_matching.handlers.revising import revise
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import Party

Hints = Mapping[UUID, frozenset[UUID]]
Vouched = Mapping[UUID, UUID]
Births = Mapping[UUID, str | None]
ONE_PERSON = frozenset(("suspect", "other_party"))
"""Two roles of one report that are the same person by the report's own word."""
THE_REPORT_SAYS = Decision(MatchOutcome.SAME)
NOBODY_COMPARED = Decision(MatchOutcome.NEW)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the other parties of a report tell of each record."""

    births: Births
    hints: Hints = field(default_factory=dict)
    vouched: Vouched = field(default_factory=dict)


def place(parties: Sequence[Party], persons: Persons, trail: Trail) -> Placed:
    """Keep a report's records and decide whose they are; parties never meet each other."""
    placed = Placed()
    related = relation_in(parties)
    cases = [case_of(party, persons, related) for party in parties]
    fresh = [case for case in cases if persons.record(case.party.record_id) is None]
    for case in cases:
        if case not in fresh:
            revise(case, persons, placed)
    _place_fresh(fresh, persons, trail, placed)
    return placed


def _place_fresh(cases: Sequence[Case], persons: Persons, trail: Trail, placed: Placed) -> None:
    beside = Beside({case.party.record_id: case.features.birth for case in cases})
    waiting = [case for case in cases if not _joined_by_report(case, persons, placed)]
    waiting, looks = _join_while_sure(waiting, beside, persons, placed)
    if vouched := _vouching(looks, persons):
        told = replace(beside, vouched=vouched)
        waiting, looks = _join_while_sure(waiting, told, persons, placed)
    beside = replace(beside, hints=_hints(looks, persons))
    if any(beside.hints.values()):
        waiting, _ = _join_while_sure(waiting, beside, persons, placed)
    for case in waiting:
        _end(case, _look(case, persons, beside, last=True), persons, trail, placed)


def _join_while_sure(
    waiting: list[Case], beside: Beside, persons: Persons, placed: Placed
) -> tuple[list[Case], list[tuple[Case, Decision]]]:
    """Join whoever is sure; each who is joined may make another sure, by family."""
    while True:
        looks = [(case, _look(case, persons, beside)) for case in waiting]
        joined = _join_the_sure(looks, persons, placed)
        waiting = [case for case in waiting if persons.record(case.party.record_id) is None]
        if not joined or not waiting:
            return waiting, looks


def _vouching(looks: Iterable[tuple[Case, Decision]], persons: Persons) -> Vouched:
    """By record: the person of its very name and birth date, where another party has those of one
    who stood in an earlier report with them. Two strangers may share both, two pairs of them not.
    """
    told = {
        case.party.record_id: decision.person_id
        for case, decision in looks
        if decision.person_id is not None
        and decision.is_for_want_of_more
        and case.party.report.came_in is Source.INCIDENT
    }
    near = {person: relatives([person], persons) - {person} for person in told.values()}
    return {
        record: person
        for record, person in told.items()
        if any(other in near[person] for other in told.values())
    }


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
    roles = ONE_PERSON - {case.party.role}
    twin = next(
        (r for r in persons.in_report(case.party.report.report_id) if r.role in roles), None
    )
    if twin is None:
        return False
    record = record_of(case, twin.person_id, By.REPORT, THE_REPORT_SAYS)
    _keep(record, case, THE_REPORT_SAYS, persons, placed)
    return True


def _look(case: Case, persons: Persons, beside: Beside, last: bool = False) -> Decision:
    report = case.party.report.report_id
    if case.features.is_void:
        return NOBODY_COMPARED
    present = {r.person_id for r in persons.in_report(report)}
    own = case.party.record_id
    others = {birth for record, birth in beside.births.items() if record != own}
    vouched = {beside.vouched[own]} if own in beside.vouched else set()
    hinted = {one for record, near in beside.hints.items() if record != own for one in near}
    setting = setting_of(persons, report)
    setting = replace(
        setting,
        kin=setting.kin | vouched,
        hinted=frozenset(hinted),
        births=frozenset(birth for birth in others if birth),
        last_look=last,
        alone=len(beside.births) == 1,
    )
    # Kin are compared even where no key leads to them: a slip in the name of a child of the house.
    known = (persons.alike(case.keys) | setting.kin) - present
    candidates = [persons.candidate(person_id) for person_id in sorted(known)]
    return decide(case.features, candidates, setting, ties_of(persons, known))


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
