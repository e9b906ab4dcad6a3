"""Priorities, clocks and pathways, counted again from the tables."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.journeys.checking.calendars import after_working_hours, end_of_day
from tests.journeys.checking.dump import Said, time_of
from tests.journeys.checking.world import World

RAGS = ("BLUE", "GREEN", "AMBER", "RED")
TABLE = {
    "HIGH": ("RED", "RED", "AMBER", "AMBER"),
    "MEDIUM": ("AMBER", "AMBER", "GREEN", "GREEN"),
    "STANDARD": ("AMBER", "GREEN", "GREEN", "BLUE"),
}
"""By adult risk: child under 1 or unborn, under 7 or special needs, other, none."""
YOUNGEST = ("unborn", "under_1")
YOUNG = ("1", "2_to_6", "unknown")
UNDER_16 = ("unborn", "under_1", "1", "2_to_6", "7_to_12", "13_to_15")
WANTS = ("idva", "ypva", "hospital_idva", "outreach", "victim_support")
THIRD_GREEN_WITHIN = timedelta(days=90)


def check(world: World) -> Iterator[str]:
    """Everything about screening."""
    yield from screened(world)
    for incident_id, news in world.screenings.items():
        yield from _incident(world, incident_id, news)
    yield from figures(world)


def screened(world: World) -> Iterator[str]:
    """Every identified incident has a screening; a withdrawn one has none that stands."""
    for incident_id, identified in world.identified.items():
        news = world.screenings.get(incident_id, [])
        if not news:
            yield f"{incident_id}: identified and never screened"
            continue
        withdrawn = identified[-1].name == "incident-withdrawn"
        if (news[-1].name == "screening-withdrawn") != withdrawn:
            yield f"{news[-1]}: the incident was {'' if withdrawn else 'not '}withdrawn"
        first = next(one for one in identified if one.name == "incident-identified")
        if news[0].time != first.time:
            yield f"{news[0]}: said at {news[0].time}, identified at {first.time}"


def _incident(world: World, incident_id: str, news: list[Said]) -> Iterator[str]:
    standing: datetime | None = None
    regraded = False
    for event in news:
        if event.name == "screening-withdrawn":
            standing, regraded = None, False
            continue
        regraded = regraded or event.name == "risk-regraded" or _decided(world, event)
        if not regraded:
            yield from (f"{event}: {fault}" for fault in _screening(world, event, standing))
        if due := event.data.get("due_at"):
            standing = min(standing, time_of(due)) if standing else time_of(due)
        yield from (f"{event}: {fault}" for fault in _pathways(event.data))


def _decided(world: World, event: Said) -> bool:
    return any(
        isinstance(sent.data, dict)
        and sent.data.get("incident_id") == event.data["incident_id"]
        and sent.at <= event.time
        for sent in world.inputs.of("partner.screening-decision.v1")
    )


def _screening(world: World, event: Said, standing: datetime | None) -> Iterator[str]:
    data = event.data
    level = data["risk"]["level"]
    if data["risk_after"] != level:
        yield f"risk {data['risk_after']} without a regrade, police say {level}"
    own = rag_of(data)
    expected = "AMBER" if own == "GREEN" and _is_third(world, event) else own
    if data["rag"] != expected:
        yield f"rag {data['rag']}, counted {expected}"
        return
    due = due_of(data, expected)
    due = min(filter(None, (due, standing)), default=None)
    given = time_of(data["due_at"]) if data.get("due_at") else None
    if given != due:
        yield f"due {given}, counted {due}"
    if data["status"] != "suggested":
        yield f"status {data['status']} without a decision"
    for child in data.get("children") or ():
        said = (data.get("child_rag") or {}).get(child["child_ref"])
        mine = child_rag(data["risk_after"], child)
        threatened = data.get("threat_kill_children") and said == "RED"
        if said and mine and said != mine and not threatened:
            yield f"child {child['child_ref']}: {said}, counted {mine}"


def column(child: dict[str, Any]) -> int | None:
    """The table's column for a child; None where the child does not count."""
    if child.get("open_to_social_care"):
        return None
    if child["age_band"] in YOUNGEST or child.get("unborn"):
        return 0
    if child["age_band"] in YOUNG or child.get("special_needs"):
        return 1
    in_school_age = child["age_band"] in ("7_to_12", "13_to_15", "16_to_17")
    there = child.get("present") or child.get("witnessed") or child.get("injured")
    return 2 if in_school_age and (there or child["child_ref"] == "victim") else None


def child_rag(level: str, child: dict[str, Any]) -> str | None:
    """A child's own priority."""
    place = column(child)
    if place is None:
        return None
    return "RED" if child.get("injured") else TABLE[level][place]


def rag_of(data: dict[str, Any]) -> str:
    """The highest of the children's and the adult's own."""
    level, children = data["risk_after"], data.get("children") or []
    found = [rag for child in children if (rag := child_rag(level, child))]
    if "pregnancy" in (data.get("flags") or ()):
        found.append(TABLE[level][0])
    if found and data.get("threat_kill_children"):
        found.append("RED")
    return max([*found, TABLE[level][3]], key=RAGS.index)


def due_of(data: dict[str, Any], rag: str) -> datetime | None:
    """A revision's own clock."""
    start = time_of(data["received_at"])
    day = timedelta(hours=24)
    if rag == "BLUE":
        return None
    if rag == "RED":
        due = start + timedelta(hours=4)
    elif rag == "AMBER":
        due = start + day if data["risk_after"] == "HIGH" else after_working_hours(start, 24)
    else:
        due = after_working_hours(start, 72)
    if "strangulation" in (data.get("flags") or ()):
        due = min(due, max(end_of_day(start), start + timedelta(hours=4)))
    return due


def _is_third(world: World, event: Said) -> bool:
    """At least two earlier live incidents of the person within 90 days were GREEN of themselves."""
    data = event.data
    mine = time_of(data["first_received_at"])
    earlier = 0
    for incident_id in world.identified:
        said = world.latest(incident_id, event.time)
        if incident_id == data["incident_id"] or said is None:
            continue
        other = said.data
        if said.name != "incident-identified" or other["victim_id"] != data["victim_id"]:
            continue
        first = time_of(other["first_received_at"])
        graded = {**other, "risk_after": other["risk"]["level"]}
        near = first < mine and mine - first <= THIRD_GREEN_WITHIN
        earlier += near and rag_of(graded) == "GREEN"
    return earlier >= 2


def _pathways(data: dict[str, Any]) -> Iterator[str]:
    band, level, paths = (
        data["victim_age_band"],
        data["risk_after"],
        set(data.get("pathways") or ()),
    )
    wanted = [one for one in WANTS if one in paths]
    if band in UNDER_16:
        adult = paths & {"marac", "idva", "outreach", "victim_support", "hospital_idva"}
        if adult or data.get("contact_wanted_by"):
            yield f"a victim under 16 has {sorted(adult)} and {data.get('contact_wanted_by')}"
        return
    if sorted(data.get("contact_wanted_by") or ()) != sorted(wanted):
        yield f"contact wanted by {data.get('contact_wanted_by')}, pathways {wanted}"
    expected = _expected(data, band, level)
    for path, there in expected.items():
        if (path in paths) != there:
            yield f"{path} is {'' if path in paths else 'not '}taken ({band}, {level})"
    missing = {path for path, there in expected.items() if not there}
    explained = {one["pathway"] for one in data.get("not_referred") or ()}
    if level == "HIGH" and "victim_support" in missing - explained and band != "16_to_17":
        yield "nobody says why Victim Support was not asked"


def _expected(data: dict[str, Any], band: str, level: str) -> dict[str, bool]:
    high, teen = level == "HIGH", band == "16_to_17"
    consent = data.get("consent") or "not_asked"
    return {
        "idva": high and not teen,
        "ypva": teen,
        "victim_support": not high and not teen and consent != "refused",
        "outreach": not high and not teen and consent == "given",
    } | ({"marac": True} if high and band != "unknown" else {})


def figures(world: World) -> Iterator[str]:
    """The report counts standing screenings by RAG, and what ran over."""
    standing = [news[-1] for news in world.screenings.values()]
    found = [one.data["rag"] for one in standing if one.name != "screening-withdrawn"]
    counted = {rag: found.count(rag) for rag in RAGS if found.count(rag)}
    given = {rag: n for rag, n in world.report["screening"]["by_rag"].items() if n}
    if given != counted:
        yield f"by_rag: {given}, counted {counted}"
    overdue = world.dump.by("mash.screening-overdue", field="incident_id")
    if world.report["screening"]["overdue"] != len(overdue):
        yield f"overdue: {world.report['screening']['overdue']}, counted {len(overdue)}"
    for events in overdue.values():
        yield from _overdue(events)
    yield from _never_overdue(world, overdue)


def _overdue(events: list[Said]) -> Iterator[str]:
    due = [event.data["due_at"] for event in events]
    if len(set(due)) != len(due):
        yield f"{events[-1]}: overdue said twice for one due time"
    for event in events:
        if event.time < time_of(event.data["due_at"]):
            yield f"{event}: said before it was due"


def _never_overdue(world: World, overdue: dict[str, list[Said]]) -> Iterator[str]:
    """An incident on which nobody decided must have run over by its due time."""
    decisions = {
        sent.data.get("incident_id")
        for sent in world.inputs.of("partner.screening-decision.v1")
        if isinstance(sent.data, dict)
    }
    for incident_id, news in world.screenings.items():
        last = news[-1]
        if last.name == "screening-withdrawn" or incident_id in decisions:
            continue
        due = last.data.get("due_at")
        if due and time_of(due) <= world.until and incident_id not in overdue:
            yield f"{last}: due {due}, nobody decided and nobody was told"
