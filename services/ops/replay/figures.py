"""The report of a run: pure counting over everything that was said."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from services.ops.replay.leads import double_leads
from services.ops.replay.persons import become, in_order
from services.ops.replay.said import Everything, Said

REPORTS = "partner.incident-report.v1"
REFUSED = "police.report-refused.v1"
SCREENED = ("mash.incident-screened.v1", "mash.risk-regraded.v1", "mash.screening-withdrawn.v1")
ALERTS = tuple(
    f"schools.alert-{what}.v1"
    for what in ("planned", "sent", "acknowledged", "escalated", "withheld", "corrected")
)
QUEUED = "idva.allocation-queued.v1"
ALLOCATION = ("idva.advocate-allocated.v1", QUEUED, "idva.referral-closed.v1")


@dataclass(frozen=True)
class Reports:
    """What became of each line of the police; `received` is the sum of the others."""

    received: int
    accepted: int = 0
    amended: int = 0
    cancelled: int = 0
    duplicate: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Contact:
    """Contact with victims: distinct episodes, leads, wishes and persons."""

    episodes: int
    leads_granted: int
    covered: int
    flagged: int
    withheld: int
    lapsed: int
    handed_over: int
    double_leads: int


@dataclass(frozen=True)
class Schools:
    """Alerts, each under every heading it ever came to; withheld as it stands at the end."""

    planned: int
    sent: int
    late: int
    withheld: int
    acknowledged: int
    escalated: int


@dataclass(frozen=True)
class Report:
    """The figures of a run, under the names of the contract."""

    reports: Reports
    victims: int
    reviews_open: int
    contact: Contact
    schools: Schools
    screening: dict[str, Any]
    idva: dict[str, int]
    marac: dict[str, int]
    events: int
    parked: int = 0
    wall_seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return asdict(self)


@dataclass
class _Told:
    """What the police said of one report so far."""

    highest: int = 0
    contents: set[tuple[Any, bytes]] = field(default_factory=set)


def report_of(everything: Everything, *, parked: int = 0, wall_seconds: float = 0.0) -> Report:
    """The figures of everything that was said."""
    return Report(
        reports=reports_of(everything.on(REPORTS), everything.on(REFUSED)),
        victims=victims_of(everything),
        reviews_open=reviews_open(everything),
        contact=contact_of(everything),
        schools=schools_of(everything),
        screening=screening_of(everything),
        idva=idva_of(everything),
        marac={"listed": marac_listed(everything)},
        events=len(everything),
        parked=parked,
        wall_seconds=round(wall_seconds, 2),
    )


def reports_of(lines: Iterable[Said], refusals: Iterable[Said]) -> Reports:
    """What became of each line, told from the lines and from what was refused."""
    refused = {refusal.causation_id for refusal in refusals}
    told: dict[str | None, _Told] = {}
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    for line in lines:
        counts[_fate(line, seen, refused, told)] += 1
        seen.add(line.id)
    return Reports(received=counts.total(), **counts)


def _fate(
    line: Said, seen: set[str], refused: set[str | None], told: dict[str | None, _Told]
) -> str:
    if line.id in seen:
        return "duplicate"
    if line.id in refused:
        return "refused"
    return _accepted(line, told.setdefault(line.key, _Told()))


def _accepted(line: Said, told: _Told) -> str:
    revision = line.data.get("revision", 0)
    content = (revision, orjson.dumps(line.data, option=orjson.OPT_SORT_KEYS))
    first, known = not told.contents, content in told.contents
    late = revision < told.highest
    told.contents.add(content)
    told.highest = max(told.highest, revision)
    if known:
        return "duplicate"
    if line.data.get("status") == "cancelled" and not late:
        return "cancelled"
    return "accepted" if first else "amended"


def victims_of(everything: Everything) -> int:
    """Distinct persons who are the victim of an incident, as last identified."""
    newest = everything.latest(
        ("identity.incident-identified.v1", "identity.incident-withdrawn.v1"), "incident_id"
    )
    now = become(everything)
    victims = {event.data["victim_id"] for event in newest.values()}
    return len({now.get(victim, victim) for victim in victims})


def reviews_open(everything: Everything) -> int:
    """Questions to a human that nobody has answered."""
    opened = {event.data["review_id"] for event in everything.on("identity.review-opened.v1")}
    decided = {event.data["review_id"] for event in everything.on("identity.review-decided.v1")}
    return len(opened - decided)


def contact_of(everything: Everything) -> Contact:
    """The figures of contact."""
    granted = everything.on("contact.lead-granted.v1")
    return Contact(
        episodes=len({event.data["episode_id"] for event in granted}),
        leads_granted=len({event.data["lead_id"] for event in granted}),
        covered=len(_wishes(everything.on("contact.request-covered.v1"))),
        flagged=len(_wishes(everything.on("contact.request-flagged.v1"))),
        withheld=len(withheld_persons(everything)),
        lapsed=_distinct(everything, "contact.lead-lapsed.v1", "lead_id"),
        handed_over=_distinct(everything, "contact.lead-handed-over.v1", "lead_id"),
        double_leads=len(double_leads(everything)),
    )


def withheld_persons(everything: Everything) -> set[str]:
    """Victims whom nobody is asked to contact, as it stands and as who they are at the end."""
    news = everything.on("contact.withheld.v1", "contact.lead-granted.v1", "contact.closed.v1")
    now, whose, gone = become(everything), _whose(everything), _gone(everything)
    standing: dict[str, _Withheld] = {}
    for event in in_order(news):
        standing = {one: told for one, told in standing.items() if not _ends(event, one, told, now)}
        if event.topic == "contact.withheld.v1":
            named = event.data["victim_id"]
            for one in _wished(event) or {named}:
                victim = whose.get(one, named)
                standing[one] = _Withheld(
                    event.data["contact_group"], named, now.get(victim, victim)
                )
    return {told.victim for one, told in standing.items() if one not in gone}


@dataclass(frozen=True, slots=True)
class _Withheld:
    """Of a wish: under which group and victim it was said, and whose it is at the end."""

    group: str
    named: str
    victim: str


def _ends(event: Said, wish: str, told: _Withheld, now: Mapping[str, str]) -> bool:
    """Whether this news takes the place of what was said before of a wish."""
    victim, in_group = event.data.get("victim_id"), told.group == event.data["contact_group"]
    if wish in _wished(event):
        return True
    if event.topic == "contact.withheld.v1":
        return in_group and told.named == victim
    return in_group or told.victim == now.get(str(victim), str(victim))


def _wished(event: Said) -> set[str]:
    return {*event.data.get("incident_ids", ()), *event.data.get("request_ids", ())}


def _whose(everything: Everything) -> dict[str, str]:
    """By incident and request: whose it was when it was last identified."""
    incidents = everything.latest(
        ("identity.incident-identified.v1", "identity.incident-withdrawn.v1"), "incident_id"
    )
    requests = everything.latest(("identity.contact-request-identified.v1",), "request_id")
    return {str(one): word.data["victim_id"] for one, word in {**incidents, **requests}.items()}


def _gone(everything: Everything) -> set[str]:
    incidents = everything.latest(
        ("identity.incident-identified.v1", "identity.incident-withdrawn.v1"), "incident_id"
    )
    requests = everything.latest(("identity.contact-request-identified.v1",), "request_id")
    withdrawn = {
        event.data["incident_id"] for event in incidents.values() if "withdrawn" in event.topic
    }
    return withdrawn | {
        event.data["request_id"]
        for event in requests.values()
        if event.data.get("status") == "withdrawn"
    }


def schools_of(everything: Everything) -> Schools:
    """The figures of schools."""
    newest = everything.latest(ALERTS, "alert_id")
    withheld = [event for event in newest.values() if event.topic == "schools.alert-withheld.v1"]
    late = {event.data["alert_id"] for event in everything.on(*ALERTS) if event.data.get("late")}
    return Schools(
        planned=_distinct(everything, "schools.alert-planned.v1", "alert_id"),
        sent=_distinct(everything, "schools.alert-sent.v1", "alert_id"),
        late=len(late),
        withheld=len(withheld),
        acknowledged=_distinct(everything, "schools.alert-acknowledged.v1", "alert_id"),
        escalated=_distinct(everything, "schools.alert-escalated.v1", "alert_id"),
    )


def screening_of(everything: Everything) -> dict[str, Any]:
    """Incidents by their present grade, and those whose clock ran out."""
    newest = everything.latest(SCREENED, "incident_id")
    standing = [event.data.get("rag") for event in newest.values() if "rag" in event.data]
    by_rag = {rag: standing.count(rag) for rag in ("RED", "AMBER", "GREEN", "BLUE")}
    overdue = _distinct(everything, "mash.screening-overdue.v1", "incident_id")
    return {"by_rag": by_rag, "overdue": overdue}


def idva_of(everything: Everything) -> dict[str, int]:
    """Referrals that ever had an advocate, and those that wait for one at the end."""
    newest = everything.latest(ALLOCATION, "incident_id")
    # A later incident of the same victim may have found her an advocate: ids are in order of time.
    last = {event.data["victim_id"]: event.id for event in in_order(everything.on(*ALLOCATION))}
    queued = [
        event
        for event in newest.values()
        if event.topic == QUEUED and last[event.data["victim_id"]] == event.id
    ]
    allocated = _distinct(everything, "idva.advocate-allocated.v1", "incident_id")
    return {"allocated": allocated, "queued": len(queued)}


def marac_listed(everything: Everything) -> int:
    """Listings: one per victim and meeting."""
    listed = everything.on("idva.marac-listed.v1")
    return len({(event.data["victim_id"], event.data.get("meeting_id")) for event in listed})


def _distinct(everything: Everything, topic: str, field_name: str) -> int:
    return len({event.data[field_name] for event in everything.on(topic)})


def _wishes(events: Iterable[Said]) -> set[tuple[Any, Any]]:
    return {
        (event.data.get("request_id") or event.data.get("incident_id"), event.data["agency"])
        for event in events
    }
