"""Who leaves when a merge is undone, and new ids for them: never one that was in use before."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from contracts.vocabulary import PersonId, named, person_id_of
from services.person_matching.domain.rows import Record, Review, Stage
from services.person_matching.working_set import Persons

Home = UUID | None
"""The review by which a record first came to the person it stands with; None: by no merge."""


def new_id_for(record: Record, persons: Persons) -> PersonId:
    """The id a record would found on leaving its person: its own, unless that was used before."""
    own = person_id_of(record.source, record.reference, record.role)
    if persons.persons.get(own) is None:
        return own
    times = persons.person(record.person_id).parted + 1
    while persons.persons.get(_later_id(record, times)) is not None:
        times += 1
    return _later_id(record, times)


def _later_id(record: Record, times: int) -> PersonId:
    parts = record.role.split("/", 1)
    return PersonId(named("person", record.source, record.reference, *parts, "parted", times))


def count_parting(person_id: UUID, persons: Persons) -> None:
    """Count that somebody left, so that the next new id is another."""
    person = persons.person(person_id)
    persons.put_person(replace(person, parted=person.parted + 1))


def made_for(person_id: UUID, records: Iterable[Record], persons: Persons) -> Record | None:
    """The record that such an id was made for, whoever it stands with by now."""
    known = persons.persons.get(person_id)
    times = sum(person.parted for person in persons.persons) + 1 if known else 0
    for record in records:
        later = [_later_id(record, time) for time in range(1, times + 1)]
        if record.record_id == person_id or person_id in later:
            return record
    return None


def leavers_of(before: Review, persons: Persons) -> list[Record]:
    """Who leaves: those whom the merge moved and whom humans joined to them since. Where the id
    itself is one of theirs, it is the others; where nobody would stay, nobody.
    """
    ids = before.moved or ((before.record_id,) if before.moves else ())
    moved = [record for one in ids if (record := persons.record(one))]
    if not moved:
        return []
    kept = moved[0].person_id
    everybody = persons.of(kept)
    found = [record for record in moved if record.person_id == kept]
    rest = [record for record in everybody if record not in found]
    joined = _joined_to(found, rest, before, persons) if before.moved else []
    theirs, others = [*found, *joined], [record for record in rest if record not in joined]
    if before.moved and made_for(kept, theirs, persons):
        return others
    return theirs if others else []


def _joined_to(
    found: list[Record], rest: list[Record], before: Review, persons: Persons
) -> list[Record]:
    """Those of the rest whom humans joined to one of these since, and whoever came with them."""
    everybody = [*found, *rest]
    ids = {record.record_id for record in everybody}
    said_same = (review for review in persons.reviews if review.stage is Stage.SAME)
    merges = [r for r in said_same if ids & set(r.moved) and r.review_id != before.review_id]
    homes = _homes(everybody, [before, *merges])
    joined = [_ends(review, everybody, homes, persons) for review in merges]
    leaving = _grown({homes[record.record_id] for record in found}, joined)
    if _ends(before, rest, homes, persons) & leaving:
        # By what humans said the two hang together otherwise too: only whom it moved leaves.
        return []
    return [record for record in rest if homes[record.record_id] in leaving]


def _homes(records: Iterable[Record], merges: Iterable[Review]) -> dict[UUID, Home]:
    """By record: the first merge that moved it; a later one moved all those and more."""
    in_order = sorted(merges, key=lambda review: len(review.moved))
    return {
        record.record_id: next(
            (review.review_id for review in in_order if record.record_id in review.moved), None
        )
        for record in records
    }


def _ends(
    review: Review, records: Iterable[Record], homes: Mapping[UUID, Home], persons: Persons
) -> set[Home]:
    """The homes of the two whom a review named."""
    named_ones = (made_for(one, records, persons) for one in (review.one_id, review.other_id))
    return {homes[record.record_id] for record in named_ones if record}


def _grown(homes: set[Home], joined: Collection[set[Home]]) -> set[Home]:
    """These homes and all that hang together with them."""
    grown = homes.union(*(ends for ends in joined if ends & homes))
    return grown if grown == homes else _grown(grown, joined)
