"""Lines of a file as the parties that the service places."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from contracts.partner import Child, Person, Suspect, Victim
from contracts.vocabulary import named
from services.person_matching.domain.rows import Source
from services.person_matching.working_set.reading import Party, Report, kind_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SENDER = "evaluate"
KINDS: dict[str, type[Person]] = {"victim": Victim, "suspect": Suspect, "child": Child}


def parties_of(lines: Iterable[dict[str, Any]], at: datetime = NOON) -> Iterator[list[Party]]:
    """The parties of each report, as they stand in the file; neighbours of one report together."""
    for _, group in groupby(enumerate(lines), key=lambda pair: said(pair[1], "report") or pair[0]):
        yield [party_of(line, at) for _, line in group]


def party_of(line: dict[str, Any], at: datetime = NOON) -> Party:
    """A line as one party of its report."""
    record = str(line["record_id"])
    role = str(line.get("role") or "other")
    told = person_of(line, KINDS.get(role.split("/")[0], Victim if "victim" in role else Person))
    report = Report(
        report_id=report_id_of(line),
        thing_id=report_id_of(line),
        source=SENDER,
        reference=record,
        came_in=Source.INCIDENT,
        revision=1,
        area="",
        told_at=at,
    )
    return Party(report, role, kind_of(role), told)


def report_id_of(line: dict[str, Any]) -> UUID:
    """The report a line belongs to; one without is a report of its own."""
    report = said(line, "report")
    return named("report", SENDER, report) if report else named("line", SENDER, line["record_id"])


def said(line: dict[str, Any], name: str) -> str | None:
    """What a line says under a name, as text; nothing where it is absent or empty."""
    value = line.get(name)
    return str(value) if value not in (None, "") else None


def person_of(line: dict[str, Any], kind: type[Person]) -> Person:
    """The person of a line; whatever cannot be read is as if it were not said."""
    told = {name: value for name, value in line.items() if value is not None}
    for _ in range(len(told) + 1):
        try:
            return kind.model_validate(told)
        except ValidationError as fault:
            for error in fault.errors(include_url=False):
                told.pop(str(error["loc"][0]), None)
    return kind()
