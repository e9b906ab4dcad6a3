"""Who is who: every incident, request and enrolment identified, groups whole, nobody merged."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.journeys.checking import names
from tests.journeys.checking.dump import Said
from tests.journeys.checking.forms import is_nobody
from tests.journeys.checking.inputs import Report
from tests.journeys.checking.world import World

FACTS = [
    "revision",
    "area",
    "received_at",
    "risk",
    "flags",
    "custody",
    "in_hospital",
    "care_needs",
    "consent",
    "lead_agency_engaged",
    "victim_age_band",
]


def check(world: World) -> Iterator[str]:
    """Everything about identity."""
    for rule in (passed_on, withdrawn, requests, enrolments, groups, persons, reviews, people):
        yield from rule(world)


def passed_on(world: World) -> Iterator[str]:
    """Each report or amendment is identified, facts unchanged, as an answer to it."""
    answers: dict[str, list[Said]] = defaultdict(list)
    for event in world.dump.of("identity.incident-identified"):
        answers[event.causation_id or ""].append(event)
    for event in world.dump.of("police.incident-reported", "police.incident-amended"):
        own = [
            one for one in answers[event.id] if one.data["incident_id"] == event.data["incident_id"]
        ]
        if not own:
            yield f"{event}: nobody was identified in it"
        else:
            yield from _same_facts(own[0], event)


def _same_facts(said: Said, cause: Said) -> Iterator[str]:
    for name in FACTS:
        if name == "victim_age_band" and cause.data[name] == "unknown":
            continue
        if said.data.get(name) != cause.data.get(name):
            yield f"{said}: {name} is {said.data.get(name)}, police say {cause.data.get(name)}"


def withdrawn(world: World) -> Iterator[str]:
    """What the police cancelled is withdrawn; what began as cancelled is followed by nothing."""
    for report in world.inputs.reports.values():
        news = world.identified.get(report.incident_id, [])
        if all(sent.data["status"] == "cancelled" for sent in report.kept):
            if news:
                yield f"{news[0]}: follows a report that was cancelled from the first"
            continue
        if not news:
            yield f"{report.source}/{report.reference}: reported and never identified"
            continue
        stands = news[-1].name == "incident-identified"
        if stands != report.is_live:
            yield f"{news[-1]}: stands {stands}, the report {report.is_live}"


def requests(world: World) -> Iterator[str]:
    """Each wish of an agency is identified under its own id."""
    said = world.dump.by("identity.contact-request-identified", field="request_id")
    refused = {event.causation_id for event in world.dump.of("identity.input-refused")}
    for event in world.dump.of("partner.contact-request"):
        if event.id in refused or not isinstance(event.data, dict):
            continue
        data = event.data
        request_id = names.named("request", data["source"], data["reference"])
        mine = [one for one in said.get(request_id, ()) if one.time >= event.time]
        if not mine:
            yield f"{event}: the wish was never identified"
        elif mine[0].data["agency"] != data["source"]:
            yield f"{mine[0]}: agency {mine[0].data['agency']} is not the sender"


def enrolments(world: World) -> Iterator[str]:
    """Each entry of the register is identified under its own id."""
    said = world.dump.by("identity.pupil-enrolment-identified", field="enrolment_id")
    refused = {event.causation_id for event in world.dump.of("identity.input-refused")}
    for event in world.dump.of("partner.pupil-enrolment"):
        if event.id in refused or not isinstance(event.data, dict):
            continue
        enrolment_id = names.named("enrolment", event.data["source"], event.data["reference"])
        if enrolment_id not in said:
            yield f"{event}: the entry was never identified"
            continue
        one, fields = said[enrolment_id][0], ("school_urn", "from", "until", "as_of")
        for name in [name for name in fields if one.data.get(name) != event.data.get(name)]:
            yield f"{one}: {name} is not the register's"


def groups(world: World) -> Iterator[str]:
    """A contact group is named by its least member, holds the victim, and counts its versions."""
    at_version: dict[tuple[str, int], set[str]] = {}
    since: dict[str, datetime] = {}
    for event in sorted(world.dump.all(), key=lambda event: event.time):
        if event.speaker != "identity":
            continue
        since.setdefault(str(event.data.get("victim_id")), event.time)
        same = event.data.get("possibly_same_as") or () if "victim_id" in event.data else ()
        victims = {one for one in same if since.get(one, event.time) < event.time}
        if not victims <= set(event.data.get("group_members") or ()):
            yield f"{event}: a victim possibly the same is not in the group"
        for group in [event.data, *event.data.get("groups", ())]:
            if "contact_group" in group:
                yield from _group(event, group, at_version)


def _group(
    event: Said, group: dict[str, Any], at_version: dict[tuple[str, int], set[str]]
) -> Iterator[str]:
    members = set(group["group_members"])
    if group["contact_group"] != min(members):
        yield f"{event}: group {group['contact_group']} is not its least member"
    if "victim_id" in group and group["victim_id"] not in members:
        yield f"{event}: the victim is not in her own group"
    place = (group["contact_group"], group["group_version"])
    if at_version.setdefault(place, members) != members:
        yield f"{event}: two memberships of one group version"


def persons(world: World) -> Iterator[str]:
    """A new person is named by the record; victim and suspect are never one."""
    for event in world.dump.of("identity.incident-identified"):
        data = event.data
        if data["victim_id"] == data.get("suspect_id"):
            yield f"{event}: victim and suspect are one person"
        if data.get("suspect_id") in set(data.get("possibly_same_as") or ()):
            yield f"{event}: the victim is possibly the suspect"
        report = world.inputs.by_incident.get(data["incident_id"])
        first = world.identified[data["incident_id"]][0] is event
        if report and first and data["match"]["outcome"] != "same":
            role = "other_party" if data["incident_id"] == report.other_id else "victim"
            expected = {names.person(report.source, report.reference, role)}
            if role == "other_party":
                expected.add(names.person(report.source, report.reference, "suspect"))
            if data["victim_id"] not in expected:
                yield f"{event}: a new person is not named by her first record"


def reviews(world: World) -> Iterator[str]:
    """Each review is named by its two persons, and a decision follows a partner's."""
    opened = world.dump.by("identity.review-opened", field="review_id")
    for review_id, events in opened.items():
        data = events[0].data
        pair = sorted((data["person_id"], data.get("other_person_id", "")))
        if pair[0] and review_id != names.named("review", *pair):
            yield f"{events[0]}: the review is not named by its persons"
    decided = world.dump.by("identity.review-decided", field="review_id")
    for review_id in decided.keys() - opened.keys():
        yield f"{decided[review_id][0]}: decides a review that was never opened"
    open_now = [one for one in opened if one not in decided]
    if world.report.get("reviews_open") != len(open_now):
        yield f"reviews_open: {world.report.get('reviews_open')}, counted {len(open_now)}"


def people(world: World) -> Iterator[str]:
    """Each record that has a person stands once in people.jsonl, and nobody was merged falsely."""
    found: dict[tuple[str, str, str], str] = {}
    for one in world.dump.people:
        place = (one["source"], one["reference"], one["role"])
        if place in found:
            yield f"people.jsonl: {place} twice"
        found[place] = one["person_id"]
    yield from _missing(world, set(found))
    meant: dict[str, set[str]] = defaultdict(set)
    for place, person_id in found.items():
        if place in world.truth:
            meant[person_id].add(world.truth[place])
    for person_id, true in meant.items():
        if len(true) > 1:
            yield f"people.jsonl: {person_id} is several people: {sorted(true)}"


def _missing(world: World, found: set[tuple[str, str, str]]) -> Iterator[str]:
    for report in world.inputs.reports.values():
        if all(sent.data["status"] == "cancelled" for sent in report.kept):
            continue
        for role in _roles(report):
            if (report.source, report.reference, role) not in found:
                yield f"people.jsonl: no {role} of {report.source}/{report.reference}"
    for topic, role in (("contact-request", "victim"), ("pupil-enrolment", "child")):
        for event in world.dump.of(f"partner.{topic}"):
            place = (event.data.get("source"), event.data.get("reference"), role)
            refused = world.dump.of("identity.input-refused")
            if place not in found and event.id not in {one.causation_id for one in refused}:
                yield f"people.jsonl: no {role} of {place[0]}/{place[1]}"


def _roles(report: Report) -> Iterator[str]:
    """The person records of a report as last reported: not the unborn, not the anonymous."""
    content = [sent.data for sent in report.kept if sent.data["status"] == "reported"][-1]
    yield "victim"
    if not is_nobody(content.get("suspect")) and not content["suspect"].get("anonymous"):
        yield "suspect"
    if "other_party" in content:
        yield "other_party"
    for place, child in enumerate(content.get("children") or (), 1):
        if not child.get("unborn") and child.get("ref"):
            yield f"child/{child['ref']}"
        elif not child.get("unborn") and len(report.kept) == 1:
            yield f"child/{place}"
