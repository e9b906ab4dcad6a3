"""What one child's school may be told, at the area's level; every text is checked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from contracts.partner import Child, IncidentReport, Person, Victim
from contracts.sealed import SchoolPart
from contracts.vocabulary import ContentLevel
from services.police_notifications.domain.ages import day_in_london
from services.police_notifications.domain.disclosure import Cell, Row
from services.police_notifications.domain.school_texts import Names, first_fault
from services.police_notifications.handlers.latin import in_latin
from services.police_notifications.handlers.sides import Side

CHILDS_OWN = (Cell.THAT_CHILD, Cell.THAT_CHILDS_CHECKED)
_STREET = re.compile(r"\d\w?\s+[^\W\d]")
OWN_TEXTS = ("voice", "voice_absent_reason")
REPORT_TEXTS = ("school_summary", "action_taken")


def school_part(
    side: Side,
    child: Child | Victim,
    cells: Mapping[Row, Cell],
    level: ContentLevel,
    happened_at: datetime,
) -> SchoolPart:
    """That child's part, by the cells of the school's column."""
    report = side.report
    found: dict[str, Any] = {"incident_date": day_in_london(happened_at)}
    if cells[Row.CHILDREN] in CHILDS_OWN:
        names = ("given_names", "family_name", "date_of_birth")
        found |= {name: getattr(child, name) for name in names}
    if cells[Row.OCCASION] is Cell.YES:
        present = child.present if isinstance(child, Child) else True
        found |= {"police_reference": report.reference, "present": present}
    if cells[Row.PLACE] in (Cell.KIND_OF_PLACE, Cell.ALL_CHECKED) and report.location:
        found["location_kind"] = report.location.kind
    texts = dict(_texts(report, child, cells))
    faults = {name: _fault(side, child, text) for name, text in texts.items()}
    found |= {name: text for name, text in texts.items() if faults[name] is None}
    left_out = tuple(f"{name}_{fault}" for name, fault in faults.items() if fault)
    return SchoolPart(content_level=level, left_out=left_out, **found)


def _texts(
    report: IncidentReport, child: Child | Victim, cells: Mapping[Row, Cell]
) -> Iterator[tuple[str, str]]:
    if cells[Row.VOICE] is Cell.THAT_CHILDS_CHECKED:
        yield from _given(child, OWN_TEXTS)
    if cells[Row.PLACE] is Cell.ALL_CHECKED:
        yield from _given(report, REPORT_TEXTS)


def _given(holder: Any, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        if text := getattr(holder, name, None):
            yield name, text


def _fault(side: Side, child: Child | Victim, text: str) -> str | None:
    others = [_names(person) for person in side.others_than(child)]
    lines = [in_latin(line) for line in _first_lines(side.report)]
    numbers = [in_latin(number) for number in _numbers(side.report)]
    return first_fault(in_latin(text), _names(child), others, lines, numbers)


def _names(person: Person) -> Names:
    return Names(
        given=(in_latin(person.given_names),) if person.given_names else (),
        family=in_latin(person.family_name or ""),
        other=tuple(map(in_latin, (*person.previous_family_names, *person.known_as))),
    )


def _first_lines(report: IncidentReport) -> Iterator[str]:
    people = _people(report)
    lived = [at for person in people for at in (person.address, *person.previous_addresses)]
    for address in (report.location, *lived):
        if address is not None and address.lines:
            yield address.lines[0]
            yield from _streets(address.lines)


def _streets(lines: Iterable[str]) -> Iterator[str]:
    """Houses with their street: a sender may write all on one line, or a flat above it."""
    pieces = (piece.strip() for line in lines for piece in line.split(","))
    yield from (piece for piece in pieces if _STREET.search(piece))


def _numbers(report: IncidentReport) -> Iterator[str]:
    for person in _people(report):
        yield from (phone.number for phone in person.phones)
        yield person.nhs_number or ""
        safe = person.safe_contact if isinstance(person, Victim) else None
        if safe is not None:
            yield from (*safe.numbers, *safe.unsafe_numbers)


def _people(report: IncidentReport) -> list[Person]:
    parties = (report.victim, report.suspect, report.other_party, *report.children)
    return [person for person in parties if person is not None]
