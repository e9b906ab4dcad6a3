"""A replay seen whole: what went in, what came out, and who is who at which time."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.journeys.checking import names
from tests.journeys.checking.calendars import Calendar, School, schools_of, terms_of
from tests.journeys.checking.dump import Dump, Said, read_dump
from tests.journeys.checking.inputs import Inputs, read_inputs

RUNS_ON = timedelta(days=14)
AUTHORITIES = {"rotherham": "372", "sheffield": "373"}


@dataclass(frozen=True)
class World:
    """All that a check may look at."""

    inputs: Inputs
    dump: Dump
    report: dict[str, Any]
    until: datetime
    schools: dict[str, School]
    calendar: Calendar
    truth: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @cached_property
    def identified(self) -> dict[str, list[Said]]:
        """What identity said of each incident, in order of version."""
        found = self.dump.by(
            "identity.incident-identified", "identity.incident-withdrawn", field="incident_id"
        )
        return {one: sorted(news, key=_version) for one, news in found.items()}

    @cached_property
    def screenings(self) -> dict[str, list[Said]]:
        """What mash said of each incident, in order of version."""
        found = self.dump.by(
            "mash.incident-screened",
            "mash.risk-regraded",
            "mash.screening-withdrawn",
            field="incident_id",
        )
        return {one: sorted(news, key=_version) for one, news in found.items()}

    @cached_property
    def roots(self) -> dict[str, str]:
        """By incident: the incident of its report's first victim."""
        pairs = [(report.incident_id, report.other_id) for report in self.inputs.reports.values()]
        return {one: first for first, other in pairs for one in (first, other)}

    @cached_property
    def subjects(self) -> dict[str, str]:
        """By correlation id: `source/reference`."""
        found = {
            report.incident_id: f"{report.source}/{report.reference}"
            for report in self.inputs.reports.values()
        }
        for sent in self.inputs.of("partner.contact-request.v1"):
            if isinstance(sent.data, dict) and {"source", "reference"} <= sent.data.keys():
                source, reference = sent.data["source"], sent.data["reference"]
                found[names.named("request", source, reference)] = f"{source}/{reference}"
        return found

    def latest(self, incident_id: str, moment: datetime) -> Said | None:
        """What identity had said last of an incident by then."""
        said = [one for one in self.identified.get(incident_id, ()) if one.time <= moment]
        return said[-1] if said else None

    def live(self) -> Iterator[tuple[str, Said]]:
        """Incidents that stand at the end, with what identity said last."""
        for incident_id, news in self.identified.items():
            if news[-1].name == "incident-identified":
                yield incident_id, news[-1]


def see(
    lines: Iterable[dict[str, Any]],
    dump_dir: Path,
    report: dict[str, Any],
    *,
    schools: Path | None = None,
    terms: Path | None = None,
    truth: Path | None = None,
) -> World:
    """The whole of one replay."""
    inputs = read_inputs(lines)
    last = inputs.sent[-1].at if inputs.sent else datetime.min.replace(tzinfo=UTC)
    return World(
        inputs=inputs,
        dump=read_dump(dump_dir),
        report=report,
        until=last + RUNS_ON,
        schools=schools_of(schools),
        calendar=Calendar(terms_of(terms)),
        truth=_truth(truth),
    )


def _truth(path: Path | None) -> dict[tuple[str, str, str], str]:
    if path is None:
        return {}
    read = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {(one["source"], one["reference"], one["role"]): one["person"] for one in read}


def _version(event: Said) -> int:
    return int(event.data["version"])
