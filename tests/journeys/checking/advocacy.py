"""Advocates and MARAC: allocated by the rules, nobody over capacity, nobody under 16 listed."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from tests.journeys.checking.dump import Said, time_of
from tests.journeys.checking.screening import UNDER_16
from tests.journeys.checking.world import World

HARD_LIMIT = 30
CRITERIA = ("visible_high_risk", "professional_judgement", "escalation", "repeat")


def check(world: World) -> Iterator[str]:
    """Everything about advocates and MARAC."""
    for rule in (served, fits, full, listed, meetings, figures):
        yield from rule(world)


def served(world: World) -> Iterator[str]:
    """Every HIGH victim who is not under 16 has an advocate or a place in the queue."""
    said = world.dump.of("idva.advocate-allocated", "idva.allocation-queued")
    groups = {event.data.get("contact_group") for event in said}
    victims = {event.data["victim_id"] for event in said}
    for news in world.screenings.values():
        data = news[-1].data
        if news[-1].name == "screening-withdrawn" or data["risk_after"] != "HIGH":
            continue
        known = data["victim_id"] in victims or data["contact_group"] in groups
        if data["victim_age_band"] not in UNDER_16 and not known:
            yield f"{news[-1]}: HIGH, and neither an advocate nor a place in the queue"


def fits(world: World) -> Iterator[str]:
    """An advocate is active, of that area and team, and has no conflict with a party."""
    rosters: dict[str, list[Said]] = defaultdict(list)
    for event in world.dump.of("partner.advocate-roster"):
        if isinstance(event.data, dict):
            rosters[str(event.data.get("advocate_id"))].append(event)
    conflicts = world.dump.by("identity.advocate-conflicts-identified", field="advocate_id")
    for event in world.dump.of("idva.advocate-allocated"):
        data = event.data
        known = [one for one in rosters[data["advocate_id"]] if one.time <= event.time]
        if not known:
            yield f"{event}: an advocate whom no roster names"
            continue
        roster = known[-1].data
        if not roster.get("active", True) or roster["area"] != data["area"]:
            yield f"{event}: an advocate of {roster['area']}, active {roster.get('active', True)}"
        told = [one for one in conflicts.get(data["advocate_id"], ()) if one.time <= event.time]
        parties = _parties(world, data["incident_id"], event.time)
        if told and set(told[-1].data.get("person_ids") or ()) & parties:
            yield f"{event}: an advocate in conflict with a party"


def _parties(world: World, incident_id: str, moment: datetime) -> set[str]:
    said = world.latest(incident_id, moment)
    if said is None:
        return set()
    return {said.data["victim_id"], said.data.get("suspect_id") or ""} - {""}


def full(world: World) -> Iterator[str]:
    """Nobody works with more than the hard limit at once."""
    active: dict[str, set[str]] = defaultdict(set)
    for event in world.dump.of("idva.advocate-allocated", "idva.referral-closed"):
        data = event.data
        if event.name == "referral-closed":
            active[data.get("advocate_id") or ""].discard(data["contact_group"])
            continue
        active[data["advocate_id"]].add(data["contact_group"])
        if len(active[data["advocate_id"]]) > HARD_LIMIT:
            yield f"{event}: more than {HARD_LIMIT} at once"


def listed(world: World) -> Iterator[str]:
    """Every live incident with the MARAC pathway is listed, and nobody under 16 ever is."""
    said = world.dump.of("idva.marac-listed")
    named = {one for event in said for one in event.data["incident_ids"]}
    breached = {event.data["incident_id"] for event in world.dump.of("idva.marac-backlog-breached")}
    for incident_id, news in world.screenings.items():
        data = news[-1].data
        if news[-1].name == "screening-withdrawn" or "marac" not in (data.get("pathways") or ()):
            continue
        if incident_id not in named | breached:
            yield f"{news[-1]}: MARAC, and not listed"
    for event in said:
        if event.data["criterion"] not in CRITERIA:
            yield f"{event}: criterion {event.data['criterion']}"
        incidents = event.data["incident_ids"]
        screened = [one for incident in incidents for one in world.screenings.get(incident, ())]
        if any(one.data.get("victim_age_band") in UNDER_16 for one in screened):
            yield f"{event}: a victim under 16"


def meetings(world: World) -> Iterator[str]:
    """A listing is at the first meeting of the area whose agenda is open and has room."""
    known = [one for one in world.dump.of("partner.marac-meeting") if isinstance(one.data, dict)]
    taken: dict[str, set[str]] = defaultdict(set)
    for event in world.dump.of("idva.marac-listed", "idva.marac-delisted"):
        meeting, victim = event.data["meeting_id"], event.data["victim_id"]
        if event.name == "marac-delisted":
            taken[meeting].discard(victim)
        elif victim not in taken[meeting]:
            yield from _first_with_room(event, known, taken)
            taken[meeting].add(victim)


def _first_with_room(event: Said, known: list[Said], taken: dict[str, set[str]]) -> Iterator[str]:
    latest = {one.data["meeting_id"]: one.data for one in known if one.time <= event.time}
    room = [
        data
        for data in latest.values()
        if data["area"] == event.data["area"]
        and time_of(data["agenda_closes_at"]) > event.time
        and len(taken[data["meeting_id"]]) < data["capacity"]
    ]
    first = min(room, key=lambda data: time_of(data["held_at"]), default=None)
    expected = first["meeting_id"] if first else None
    if expected != event.data["meeting_id"]:
        yield f"{event}: at {event.data['meeting_id']}, first with room {expected}"


def figures(world: World) -> Iterator[str]:
    """The report counts who was allocated and listed."""
    allocated = {event.data["contact_group"] for event in world.dump.of("idva.advocate-allocated")}
    given = world.report["idva"]["allocated"]
    if abs(given - len(allocated)) > len(allocated) // 10 + 1:
        yield f"idva.allocated: {given}, counted {len(allocated)}"
    victims = {event.data["victim_id"] for event in world.dump.of("idva.marac-listed")}
    if world.report["marac"]["listed"] < len(victims):
        yield f"marac.listed: {world.report['marac']['listed']}, counted {len(victims)} victims"
