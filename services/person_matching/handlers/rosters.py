"""What is done with the advocates' roster: whom an advocate must not work with identified."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from contracts.partner import AdvocateRoster
from services.person_matching.domain.features import Features
from services.person_matching.domain.rows import Record, Source, Telling
from services.person_matching.handlers.placing import Identification, identify
from services.person_matching.working_set import Persons
from services.person_matching.working_set.reading import Party, parties_of, report_of


def identify_conflicts(
    event: AdvocateRoster, persons: Persons, now: datetime
) -> list[Identification]:
    """Identify an advocate's conflicts; the latest roster holds."""
    report = report_of(event)
    known = persons.tellings.get(report.thing_id)
    if known and (known.heard > report.revision or known.digest == event.digest):
        if known.heard < report.revision:
            persons.put_telling(replace(known, heard=report.revision))
        return []
    told = paired(parties_of(event), persons)
    telling = Telling(
        thing_id=report.thing_id,
        report_id=report.report_id,
        came_in=Source.ROSTER,
        source=event.source,
        reference=event.advocate_id,
        subject=event.trail.subject,
        correlation_id=event.trail.correlation_id,
        heard=report.revision,
        said=known.said if known else 0,
        live=True,
        area=event.area,
        facts={},
        parties={party.role: party.record_id for party in told},
        digest=event.digest,
    )
    return identify(telling, told, persons, now)


def paired(parties: Sequence[Party], persons: Persons) -> list[Party]:
    """The parties, each under the place in the list where the same person was first named."""
    described = [p for p in parties if not p.as_told.is_void]
    earlier = persons.in_report(described[0].report.report_id) if described else []
    free = {record.role: record for record in earlier}
    taken = set(free)
    found: list[Party] = []
    for party in described:
        role = _earlier_place(party, free.values(), persons) or _new_place(party, taken)
        free.pop(role, None)
        taken.add(role)
        found.append(replace(party, role=role))
    return found


def _earlier_place(party: Party, earlier: Iterable[Record], persons: Persons) -> str | None:
    features = party.as_told
    same = (record.role for record in earlier if _agree(features, persons.features(record)))
    return next(same, None)


def _agree(one: Features, other: Features) -> bool:
    named = one.call == other.call and one.surname == other.surname
    return named or (one.birth is not None and one.birth == other.birth)


def _new_place(party: Party, taken: set[str]) -> str:
    places = (f"conflict/{n}" for n in count(1))
    return party.role if party.role not in taken else next(p for p in places if p not in taken)
