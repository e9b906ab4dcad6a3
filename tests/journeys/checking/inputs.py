"""What partners sent, and what each report must have come to."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.journeys.checking import names
from tests.journeys.checking.forms import faults

REPORT = "partner.incident-report.v1"
REQUEST = "partner.contact-request.v1"
POLICE = ("south-yorkshire-police",)
FATES = ("accepted", "amended", "cancelled", "duplicate", "refused")


@dataclass(frozen=True)
class Sent:
    """One line of the input; `place` is its place in the order of playing."""

    at: datetime
    topic: str
    data: Any
    place: int

    @property
    def canonical(self) -> str:
        """Its content, key order aside."""
        return json.dumps(self.data, sort_keys=True)


@dataclass
class Report:
    """All of one report that counted, in the order in which it came."""

    source: str
    reference: str
    kept: list[Sent] = field(default_factory=list)
    """Revisions that were accepted, late lower ones among them."""

    @property
    def incident_id(self) -> str:
        """The first victim's incident."""
        return names.incident(self.source, self.reference)

    @property
    def other_id(self) -> str:
        """The other party's incident."""
        return names.incident(self.source, self.reference, other=True)

    def as_of(self, moment: datetime) -> Sent | None:
        """The highest revision that had come by then."""
        come = [sent for sent in self.kept if sent.at <= moment]
        return max(come, key=lambda sent: sent.data["revision"]) if come else None

    @property
    def last(self) -> Sent:
        """The highest revision."""
        return max(self.kept, key=lambda sent: sent.data["revision"])

    @property
    def is_live(self) -> bool:
        """Whether it stands at the end."""
        return bool(self.last.data["status"] == "reported")

    @property
    def was_cancelled(self) -> bool:
        """Whether any revision cancelled it."""
        return any(sent.data["status"] == "cancelled" for sent in self.kept)


@dataclass(frozen=True)
class Inputs:
    """Everything sent, each report's fate, and the reports as they came to be."""

    sent: tuple[Sent, ...]
    fates: dict[int, str]
    """By place."""
    reports: dict[tuple[str, str], Report]

    def of(self, topic: str) -> list[Sent]:
        """The lines of a topic."""
        return [sent for sent in self.sent if sent.topic == topic]

    @property
    def by_incident(self) -> dict[str, Report]:
        """The report of each incident, the other parties' included."""
        found = {report.incident_id: report for report in self.reports.values()}
        return found | {report.other_id: report for report in self.reports.values()}


def read_inputs(lines: Iterable[dict[str, Any]]) -> Inputs:
    """The lines in the order in which they are played: by time, then as in the file."""
    ordered = sorted(lines, key=lambda line: datetime.fromisoformat(line["at"]))
    sent = tuple(
        Sent(datetime.fromisoformat(line["at"]), line["topic"], line["data"], place)
        for place, line in enumerate(ordered)
    )
    fates: dict[int, str] = {}
    reports: dict[tuple[str, str], Report] = {}
    refused: set[str] = set()
    for one in sent:
        if one.topic == REPORT:
            again = one.canonical in refused
            fates[one.place] = "duplicate" if again else _fate(one, reports)
            refused |= {one.canonical} if fates[one.place] == "refused" else set()
    return Inputs(sent, fates, reports)


def refused_at(sent: Sent) -> set[str]:
    """Where a report is at fault in itself."""
    found = faults(sent.data)
    if not found and sent.data["source"] not in POLICE:
        return {"/source"}
    return found


def _fate(sent: Sent, reports: dict[tuple[str, str], Report]) -> str:
    if refused_at(sent):
        return "refused"
    data = sent.data
    key = (data["source"], data["reference"])
    report = reports.get(key) or Report(*key)
    same = [kept for kept in report.kept if kept.data["revision"] == data["revision"]]
    if same:
        return "duplicate" if same[0].canonical == sent.canonical else "refused"
    reports[key] = report
    highest = report.last.data["revision"] if report.kept else 0
    report.kept.append(sent)
    if data["revision"] < highest:
        return "amended"
    if data["status"] == "cancelled":
        return "cancelled"
    return "amended" if highest else "accepted"


def by_key(sent: Sequence[Sent], *fields: str) -> dict[tuple[Any, ...], list[Sent]]:
    """Lines by fields of their content; what is not an object is left out."""
    found: dict[tuple[Any, ...], list[Sent]] = defaultdict(list)
    for one in sent:
        if isinstance(one.data, dict):
            found[tuple(one.data.get(name) for name in fields)].append(one)
    return found
