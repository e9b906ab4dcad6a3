"""One contact: one active lead at a time, each with one ending, no wish lost."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from tests.journeys.checking import names
from tests.journeys.checking.calendars import after_working_days, at
from tests.journeys.checking.dump import Said, time_of
from tests.journeys.checking.world import World

ENDS = ("lead-handed-over", "lead-lapsed", "lead-revoked", "closed")
NEWS = (
    "lead-granted",
    "details-changed",
    "request-covered",
    "request-flagged",
    "attempt-due",
    "attempt-recorded",
    "withheld",
    *ENDS,
)
SPECIALISTS = ("idva", "ypva", "hospital_idva", "outreach")


@dataclass
class Lead:
    """A lead from its grant to its end."""

    granted: Said
    ended: Said | None = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        """When it was active."""
        end = (
            self.ended.time if self.ended else datetime.max.replace(tzinfo=self.granted.time.tzinfo)
        )
        return self.granted.time, end

    def overlaps(self, other: "Lead") -> bool:
        """Whether both were active at one time."""
        return max(self.span[0], other.span[0]) < min(self.span[1], other.span[1])


def check(world: World) -> Iterator[str]:
    """Everything about contact."""
    leads, faults = leads_of(world)
    yield from faults
    yield from one_at_a_time(world, leads)
    yield from named(leads)
    yield from clocks(world, leads)
    yield from gravest_first(world, leads)
    yield from wishes(world)
    yield from never_said_safe(world, leads)
    yield from told_back(world, leads)
    yield from figures(world, leads)


def leads_of(world: World) -> tuple[dict[str, Lead], list[str]]:
    """Leads by id, and where a beginning or an end is too many."""
    leads: dict[str, Lead] = {}
    faults: list[str] = []
    for event in _in_order(world):
        lead_id = event.data.get("lead_id")
        if event.name == "lead-granted":
            if lead_id in leads:
                faults.append(f"{event}: the lead was granted before")
            leads[lead_id] = Lead(event)
        elif event.name in ENDS:
            lead = leads.get(lead_id)
            if lead is None or lead.ended:
                faults.append(f"{event}: ends a lead that is not active")
            else:
                lead.ended = event
    return leads, faults


def _in_order(world: World) -> list[Said]:
    events = world.dump.of(*[f"contact.{name}" for name in NEWS])
    return sorted(events, key=lambda event: (event.time, event.data["version"]))


def one_at_a_time(world: World, leads: dict[str, Lead]) -> Iterator[str]:
    """At most one active lead per contact group at any time."""
    groups = _Groups(world)
    by_victim: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads.values():
        by_victim[lead.granted.data["contact_group"]].append(lead)
    everyone = list(leads.values())
    for place, one in enumerate(everyone):
        for other in everyone[place + 1 :]:
            if one.overlaps(other) and groups.together(one, other):
                yield f"{one.granted} and {other.granted}: two leads of one victim at once"
    if world.report["contact"]["double_leads"] != 0:
        yield f"double_leads: {world.report['contact']['double_leads']}"


class _Groups:
    """Which persons contact treated as one, over time."""

    def __init__(self, world: World) -> None:
        self.said: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for event in sorted(world.dump.all(), key=lambda event: event.time):
            if event.speaker != "identity" or not isinstance(event.data, dict):
                continue
            for group in [event.data, *event.data.get("groups", ())]:
                for member in group.get("group_members", ()):
                    self.said[member].append((event.time, group["contact_group"]))

    def at(self, person_id: str, moment: datetime) -> str:
        """The group of a person as last said by then."""
        groups = [group for when, group in self.said.get(person_id, ()) if when <= moment]
        return groups[-1] if groups else person_id

    def together(self, one: Lead, other: Lead) -> bool:
        """Whether two leads served one group while both were active."""
        moment = max(one.span[0], other.span[0])
        victims = [lead.granted.data["victim_id"] for lead in (one, other)]
        return self.at(victims[0], moment) == self.at(victims[1], moment)


def named(leads: dict[str, Lead]) -> Iterator[str]:
    """Leads and episodes are named by group and fence; fences rise with every grant in a group."""
    last: dict[str, int] = {}
    episodes: set[str] = set()
    for lead in leads.values():
        data = lead.granted.data
        group, fence = data["contact_group"], data["fence"]
        if data["lead_id"] != names.named("lead", group, fence):
            yield f"{lead.granted}: the lead is not named by group and fence"
        if fence <= last.get(group, 0) or (group not in last and fence < 1):
            yield f"{lead.granted}: fence {fence} after {last.get(group, 0)}"
        last[group] = fence
        own = names.named("episode", group, fence)
        if data["episode_id"] != own and data["episode_id"] not in episodes:
            yield f"{lead.granted}: an episode that did not begin"
        episodes.add(data["episode_id"])
        if not data.get("incident_ids") and not data.get("request_ids"):
            yield f"{lead.granted}: granted for nothing"


def clocks(world: World, leads: dict[str, Lead]) -> Iterator[str]:
    """The first attempt is due by the gravest live incident; a lapse comes at its time."""
    attempted = {event.data["lead_id"] for event in world.dump.of("contact.attempt-recorded")}
    for lead in leads.values():
        event, data = lead.granted, lead.granted.data
        due, expires = time_of(data["first_attempt_due_at"]), time_of(data["expires_at"])
        least = {_first_due(world, event, at_once) for at_once in (True, False)}
        if due < min(least) or (due not in least and not _has_windows(world, event)):
            yield f"{event}: first attempt due {due}, counted {max(least)}"
        if expires < due:
            yield f"{event}: the lease ends before the first attempt is due"
        lapsed = lead.ended and lead.ended.name == "lead-lapsed" and lead.ended.time < due
        if lapsed and data["lead_id"] not in attempted:
            yield f"{lead.ended}: lapsed before its time"
    yield from _unwatched(world, leads)


def gravest_first(world: World, leads: dict[str, Lead]) -> Iterator[str]:
    """HIGH is the specialist services', unless another worker is engaged already."""
    for lead in leads.values():
        event, agency = lead.granted, lead.granted.data["agency"]
        high = [one for one in _live_in(world, event) if one.data["risk_after"] == "HIGH"]
        if any(one.data["contact_wanted_by"] for one in high) and agency not in SPECIALISTS:
            yield f"{event}: HIGH is granted to {agency}"


def _unwatched(world: World, leads: dict[str, Lead]) -> Iterator[str]:
    """A lead of which nobody ever heard does not stand past its time, but for the third lapse."""
    heard = {event.data["lead_id"] for event in world.dump.of("contact.attempt-recorded")}
    lapses: dict[str, int] = defaultdict(int)
    for event in world.dump.of("contact.lead-lapsed"):
        lapses[event.data["contact_group"]] += 1
    for lead in leads.values():
        group = lead.granted.data["contact_group"]
        expires = time_of(lead.granted.data["expires_at"])
        silent = lead.granted.data["lead_id"] not in heard and lead.ended is None
        if silent and expires < world.until and lapses[group] < 3:
            yield f"{lead.granted}: nobody attempted by {expires} and it still stands"


def _first_due(world: World, event: Said, at_once: bool) -> datetime:
    """By the gravest; a listing at MARAC counts as HIGH, one of the same moment perhaps not yet."""
    grades = [
        _clock(one.data, event.time, high=_is_listed(world, one, event.time, at_once))
        for one in _live_in(world, event)
    ]
    if _is_immediate(world, event):
        grades.append(event.time + timedelta(hours=24))
    standard = at(after_working_days(event.time, 5), time(18))
    return min([*grades, standard])


def _live_in(world: World, event: Said) -> Iterator[Said]:
    """The screenings that stood in a lead's group when it was granted."""
    for news in world.screenings.values():
        said = [one for one in news if one.time <= event.time]
        if not said or said[-1].name == "screening-withdrawn":
            continue
        identified = world.latest(said[-1].data["incident_id"], event.time)
        if identified and identified.data["contact_group"] == event.data["contact_group"]:
            yield said[-1]


def _is_listed(world: World, screened: Said, moment: datetime, at_once: bool) -> bool:
    news = [
        one
        for one in world.dump.of("idva.marac-listed", "idva.marac-delisted")
        if screened.data["incident_id"] in (one.data.get("incident_ids") or ())
        and (one.time < moment or (at_once and one.time == moment))
    ]
    return bool(news) and news[-1].name == "marac-listed"


def _clock(data: dict[str, Any], granted: datetime, *, high: bool) -> datetime:
    flags = set(data.get("flags") or ())
    if high or data["risk_after"] == "HIGH":
        grave = flags & {"strangulation", "threats_to_kill"}
        urgent = grave and data.get("custody") != "in_custody"
        return granted + timedelta(hours=4 if urgent else 24)
    if data["risk_after"] == "MEDIUM":
        return granted + timedelta(hours=48)
    return at(after_working_days(granted, 5), time(18))


def _is_immediate(world: World, event: Said) -> bool:
    """Whether an open wish of the group, as it then stood, was of an immediate threat."""
    last: dict[str, Said] = {}
    for one in world.dump.of("identity.contact-request-identified"):
        if one.time <= event.time:
            last[one.data["request_id"]] = one
    return any(
        one.data["urgency"] == "immediate_threat"
        and one.data["status"] == "open"
        and one.data["contact_group"] == event.data["contact_group"]
        for one in last.values()
    )


def _has_windows(world: World, event: Said) -> bool:
    """Whether any record of the group said when contact is safe."""
    data = event.data
    incidents = {one.data["incident_id"] for one in _live_in(world, event)}
    incidents |= set(data.get("incident_ids") or ())
    reports = [world.inputs.by_incident[one] for one in incidents]
    victims = [
        sent.data.get(role) or {}
        for report in reports
        for sent in report.kept
        for role in ("victim", "other_party")
    ]
    said = any((victim.get("safe_contact") or {}).get("windows") for victim in victims)
    return said or bool(data.get("request_ids")) or len(incidents) > 1


def wishes(world: World) -> Iterator[str]:
    """Every wish is granted, covered, flagged, withheld or ended."""
    heard = _heard_of(world)
    for incident_id, news in world.screenings.items():
        last = news[-1]
        wanted = last.name != "screening-withdrawn" and last.data.get("contact_wanted_by")
        if wanted and incident_id not in heard:
            yield f"{last}: wanted by {wanted}, and nothing came of it"
    said = world.dump.by("identity.contact-request-identified", field="request_id")
    for request_id, events in said.items():
        if events[-1].data["status"] == "open" and request_id not in heard:
            yield f"{events[-1]}: a wish of {events[-1].data['agency']}, and nothing came of it"


def _heard_of(world: World) -> set[str]:
    found: set[str] = set()
    for event in _in_order(world):
        found |= set(event.data.get("incident_ids") or ()) | set(
            event.data.get("request_ids") or ()
        )
        found |= {event.data.get("incident_id"), event.data.get("request_id")} - {None}
    return found


def never_said_safe(world: World, leads: dict[str, Lead]) -> Iterator[str]:
    """Nobody is asked to contact a victim of whom no record ever said how she is safely reached."""
    for lead in leads.values():
        data = lead.granted.data
        if data.get("request_ids") or len(set(_people(world, data))) != 1:
            continue
        incidents = [one.data["incident_id"] for one in _live_in(world, lead.granted)]
        if not any(_said_safe(world, one) for one in incidents):
            yield f"{lead.granted}: granted, and no record says how she is safely reached"
        if not data.get("contact_points"):
            yield f"{lead.granted}: granted without a way to reach her"


def _people(world: World, data: dict[str, Any]) -> Iterator[str]:
    for incident_id in data["incident_ids"]:
        last = world.identified[incident_id][-1].data
        yield from last.get("group_members") or [last["victim_id"]]


def _said_safe(world: World, incident_id: str) -> bool:
    report = world.inputs.by_incident[incident_id]
    role = "other_party" if incident_id == report.other_id else "victim"
    return any((sent.data.get(role) or {}).get("safe_contact") for sent in report.kept)


def told_back(world: World, leads: dict[str, Lead]) -> Iterator[str]:
    """What an agency tells of a lead is kept or refused."""
    refused = {event.causation_id for event in world.dump.of("contact.input-refused")}
    caused: dict[str, set[str]] = defaultdict(set)
    for event in _in_order(world):
        caused[event.causation_id or ""].add(event.name)
    for event in world.dump.of("partner.contact-outcome", "partner.contact-closed"):
        lead_id = event.data.get("lead_id") if isinstance(event.data, dict) else None
        if event.id in refused or lead_id not in leads:
            if event.id not in refused:
                yield f"{event}: about a lead nobody has, and not refused"
            continue
        lead = leads[lead_id]
        if lead.span[0] <= event.time < lead.span[1] and not caused[event.id]:
            yield f"{event}: an active lead told something, and nothing came of it"


def figures(world: World, leads: dict[str, Lead]) -> Iterator[str]:
    """The report counts distinct leads, episodes and wishes."""
    names_of = {"covered": "request-covered", "flagged": "request-flagged"}
    counted: dict[str, int] = {
        "episodes": len({lead.granted.data["episode_id"] for lead in leads.values()}),
        "leads_granted": len(leads),
        "lapsed": _ended_by(leads, "lead-lapsed"),
        "handed_over": _ended_by(leads, "lead-handed-over"),
    }
    for name, kind in names_of.items():
        found = world.dump.of(f"contact.{kind}")
        counted[name] = len({_wish(event) for event in found})
    given = world.report["contact"]
    for name, number in counted.items():
        if given.get(name) != number:
            yield f"contact.{name}: {given.get(name)}, counted {number}"


def _wish(event: Said) -> tuple[str, str]:
    return str(event.data.get("request_id") or event.data.get("incident_id")), event.data["agency"]


def _ended_by(leads: dict[str, Lead], name: str) -> int:
    return sum(bool(lead.ended and lead.ended.name == name) for lead in leads.values())
