"""A record to keep: normalised, as written, with its points, and why it belongs to whom it does."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from contracts.vocabulary import review_id_of
from services.person_matching.domain.decide import Decision
from services.person_matching.domain.features import NORM_VERSION, Features, Role, to_text
from services.person_matching.domain.keys import keys_of, place_keys
from services.person_matching.domain.rows import By, Link, Record, Revision, points_text
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import Party, as_written, points_of


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


def keep_revision(party: Party, record: Record, persons: Persons) -> None:
    """Keep the record as this revision told it."""
    told = Revision(record.record_id, record.revision, record.given, party.report.told_at)
    persons.revisions.append(told)


def undone_by(record: Record) -> UUID | None:
    """The review under which a human may part a record from the person it joined."""
    if record.person_id == record.record_id:
        return None
    return review_id_of(record.person_id, record.record_id)


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
        review_id=undone_by(record) if record.joined_by is By.MACHINE else None,
    )
