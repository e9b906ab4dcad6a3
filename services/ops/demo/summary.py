"""What a councillor reads after the weekend: counts, and the promises that were kept or broken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.ops.replay.figures import ALERTS, SCREENED, Report, withheld_persons
from services.ops.replay.invariants import Broken
from services.ops.replay.said import Everything, Said


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the summary; `kept` says whether it is a promise and held."""

    what: str
    count: str
    kept: bool | None = None


def rows_of(report: Report, everything: Everything, broken: Sequence[Broken]) -> list[Row]:
    """The summary's lines, in the order in which questions are asked."""
    parked = Row("Messages that could not be handled", str(report.parked), report.parked == 0)
    return [
        *_reports(report),
        *_contact(report),
        *_schools(report, everything),
        *_screening(everything),
        *_humans(report, everything),
        parked,
        Row("Promises broken in all", str(len(broken)), not broken),
    ]


def _reports(report: Report) -> Iterable[Row]:
    told = report.reports
    changes = f"{told.amended} amended, {told.cancelled} cancelled, {told.duplicate} sent twice"
    yield Row("Reports from the police", f"{told.received} ({changes}, {told.refused} refused)")
    yield Row("Victims", str(report.victims))


def _contact(report: Report) -> Iterable[Row]:
    contact = report.contact
    yield Row("Times an agency was asked to contact a victim", str(contact.leads_granted))
    yield Row("Other agencies' requests covered by the one that leads", str(contact.covered))
    yield Row(
        "Victims contacted by two at once", str(contact.double_leads), not contact.double_leads
    )


def _schools(report: Report, everything: Everything) -> Iterable[Row]:
    late = {e.data["alert_id"] for e in everything.on(*ALERTS) if e.data.get("late")}
    sent = {e.data["alert_id"] for e in everything.on("schools.alert-sent.v1")}
    yield Row("Children whose school was told before the bell", str(len(sent - late)))
    yield Row("Schools told late", str(report.schools.late), report.schools.late == 0)


def _screening(everything: Everything) -> Iterable[Row]:
    high = _first_screenings(everything, "HIGH")
    in_time = [event for event in high if _in_time(event)]
    count = f"{len(in_time)} of {len(high)}"
    yield Row("High-risk incidents screened in time", count, len(in_time) == len(high))


def _first_screenings(everything: Everything, risk: str) -> list[Said]:
    first: dict[str, Said] = {}
    for event in everything.on(*SCREENED):
        known = first.get(event.data["incident_id"])
        if "rag" in event.data and (known is None or event.version < known.version):
            first[event.data["incident_id"]] = event
    return [event for event in first.values() if event.data["risk_after"] == risk]


def _in_time(event: Said) -> bool:
    due_at = event.data.get("due_at")
    return due_at is None or event.time <= datetime.fromisoformat(due_at)


def _humans(report: Report, everything: Everything) -> Iterable[Row]:
    newest = everything.latest(SCREENED, "incident_id").values()
    suggested = [e for e in newest if e.data.get("status") == "suggested" and e.data.get("due_at")]
    waits = (
        f"{len(suggested)} screenings, {report.reviews_open} questions of identity, "
        f"{len(withheld_persons(everything))} contacts without a safe way, "
        f"{report.idva['queued']} waiting for an advocate"
    )
    yield Row("Waiting for a human", waits)
