"""Envelope, keys, versions, correlation, required fields: what every event must carry."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.journeys.checking import names
from tests.journeys.checking.dump import Said
from tests.journeys.checking.world import World

FACTS = "incident_id revision received_at risk flags custody in_hospital care_needs children sealed"
IDENTITY = "victim_id contact_group group_members group_version"
REQUIRED = {
    "police.incident-reported": f"{FACTS} area policy_version",
    "police.incident-amended": f"{FACTS} area policy_version",
    "police.incident-cancelled": "incident_id revision received_at",
    "police.report-refused": "problems",
    "identity.incident-identified": f"{FACTS} {IDENTITY} match area",
    "identity.incident-withdrawn": "incident_id victim_id",
    "identity.contact-request-identified": (
        f"request_id agency status statutory urgency {IDENTITY}"
    ),
    "identity.unsafe-contact-found": "victim_id sealed",
    "identity.advocate-conflicts-identified": "advocate_id person_ids",
    "identity.pupil-enrolment-identified": "enrolment_id person_id from as_of",
    "identity.review-opened": "review_id groups",
    "identity.review-decided": "review_id decision groups",
    "identity.persons-merged": "kept_id merged_ids groups",
    "identity.persons-separated": "separated_ids groups",
    "mash.incident-screened": (
        f"{FACTS} {IDENTITY} risk_after rag child_rag status pathways contact_wanted_by "
        "not_referred reasons policy_version"
    ),
    "mash.risk-regraded": "incident_id victim_id risk_after rag child_rag status pathways reasons",
    "mash.screening-withdrawn": "incident_id victim_id",
    "mash.screening-overdue": "incident_id victim_id due_at overdue_minutes",
    **dict.fromkeys(
        (
            f"schools.alert-{state}"
            for state in ("planned", "sent", "acknowledged", "escalated", "withheld", "corrected")
        ),
        "alert_id incident_id child_ref child_id content_level content_version",
    ),
    "idva.advocate-allocated": "incident_id victim_id advocate_id team first_attempt_due_at score",
    "idva.allocation-queued": "incident_id victim_id team reason",
    "idva.referral-closed": "incident_id victim_id reason",
    "idva.marac-listed": "incident_id victim_id meeting_id criterion incident_ids",
    "idva.marac-delisted": "incident_id victim_id meeting_id",
    "idva.marac-backlog-breached": "incident_id victim_id",
    "contact.lead-granted": (
        "lead_id episode_id agency victim_id fence first_attempt_due_at expires_at "
        "incident_ids request_ids contact_points contact_group"
    ),
    "contact.details-changed": "lead_id fence withdrawn added",
    "contact.request-covered": "agency lead_agency lead_id until",
    "contact.request-flagged": "agency lead_agency lead_id",
    "contact.attempt-due": "lead_id attempt channel",
    "contact.attempt-recorded": "lead_id attempt channel outcome",
    **dict.fromkeys(
        ("contact.lead-handed-over", "contact.lead-lapsed", "contact.lead-revoked"),
        "lead_id fence agency reason",
    ),
    "contact.withheld": "code incident_ids request_ids",
    "contact.closed": "episode_id lead_id reason attempts incident_ids request_ids",
}
"""What each topic must carry; `children` may be empty, an absent empty list is forgiven."""
MAY_BE_EMPTY = {
    "flags",
    "children",
    "custody",
    "in_hospital",
    "care_needs",
    "child_rag",
    "pathways",
    "contact_wanted_by",
    "not_referred",
    "reasons",
    "incident_ids",
    "request_ids",
    "contact_points",
    "withdrawn",
    "added",
    "person_ids",
    "score",
    "groups",
}
KEYS = {
    "police": "incident_id",
    "identity.incident-": "victim_id",
    "identity.contact-request-identified": "victim_id",
    "identity.unsafe-contact-found": "victim_id",
    "identity.advocate-conflicts-identified": "advocate_id",
    "identity.pupil-enrolment-identified": "person_id",
    "mash": "victim_id",
    "idva": "victim_id",
    "contact": "contact_group",
}
"""By the beginning of the topic: the field that is the key."""
COUNTED = ("incident_id", "request_id", "enrolment_id", "alert_id", "contact_group", "advocate_id")
UNCOUNTED = ("alarm-raised", "report-refused", "input-refused")
WISHES = ("request-covered", "request-flagged")
"""News about somebody's wish, not about the lead."""
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def check(world: World) -> Iterator[str]:
    """Everything about envelopes."""
    for rule in (places, ids, required, keys, versions, correlations, causes):
        yield from rule(world)


def is_news(event: Said) -> bool:
    """Something said to others: neither a partner's line nor a note to oneself nor an alarm."""
    return f"{event.speaker}.{event.name}" in REQUIRED and event.name not in UNCOUNTED


def places(world: World) -> Iterator[str]:
    """Offsets count from 0 by 1 in each partition, and the file's name is the type."""
    for topic, events in world.dump.topics.items():
        at: dict[int, int] = defaultdict(int)
        for event in events:
            if event.type != topic or event.offset != at[event.partition]:
                yield f"{event}: does not stand where it should in {topic}"
            at[event.partition] += 1


def ids(world: World) -> Iterator[str]:
    """Every event of ours has an id of its own, and its time is not before its cause's."""
    seen: set[str] = set()
    for event in world.dump.all():
        if event.speaker == "partner":
            continue
        if event.id in seen or not UUID.match(event.id):
            yield f"{event}: its id is no UUID or was said before"
        seen.add(event.id)
        cause = world.dump.by_id.get(event.causation_id or "")
        if cause and cause.time > event.time:
            yield f"{event}: is older than its cause"


def required(world: World) -> Iterator[str]:
    """The fields of the contract's table."""
    for event in world.dump.all():
        for name in REQUIRED.get(f"{event.speaker}.{event.name}", "").split():
            if event.data.get(name) is None and name not in MAY_BE_EMPTY:
                yield f"{event}: no {name}"
        if is_news(event) and event.data.get("version") is None:
            yield f"{event}: no version"


def keys(world: World) -> Iterator[str]:
    """Records are keyed as the contract's table says."""
    for event in world.dump.all():
        expected = _key(event)
        if expected and event.key != expected:
            yield f"{event}: keyed {event.key}, not {expected}"


def _key(event: Said) -> str | None:
    if not is_news(event):
        return None
    if event.speaker == "schools":
        return event.data.get("school_urn") or f"authority/{event.data['authority']}"
    topic = f"{event.speaker}.{event.name}"
    field = next((name for prefix, name in KEYS.items() if topic.startswith(prefix)), None)
    return str(event.data[field]) if field else None


def versions(world: World) -> Iterator[str]:
    """A speaker's count about a thing goes from 1 by 1 over all its topics, in order in each."""
    counted: dict[tuple[str, str], list[int]] = defaultdict(list)
    for topic, events in world.dump.topics.items():
        last: dict[tuple[str, str], int] = {}
        for event in filter(is_news, events):
            thing, version = (event.speaker, _thing(event)), event.data.get("version", 0)
            counted[thing].append(version)
            if version <= last.get(thing, 0):
                yield f"{event}: version {version} of {thing[1]} after {last[thing]} in {topic}"
            last[thing] = version
    for (speaker, about), found in counted.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"{speaker} counts {sorted(found)} about {about}"


def _thing(event: Said) -> str:
    data = event.data
    if event.speaker == "schools":
        return str(data["alert_id"])
    if event.speaker == "contact":
        return str(data["contact_group"])
    if event.speaker == "identity":
        counted = ("incident_id", "request_id", "enrolment_id")
        return str(next((data[name] for name in counted if name in data), event.key))
    return str(data["incident_id"])


def correlations(world: World) -> Iterator[str]:
    """Correlation and subject are those of the report or request an event is about."""
    leads = _leads(world)
    for event in world.dump.all():
        if event.speaker == "partner" or event.name in UNCOUNTED:
            continue
        expected = _about(world, event, leads)
        if expected and event.correlation_id not in expected:
            yield f"{event}: correlation {event.correlation_id}, not {sorted(expected)}"
        subject = world.subjects.get(event.correlation_id)
        if expected and subject and event.subject not in (subject, event.key):
            yield f"{event}: subject {event.subject}, not {subject}"


def _leads(world: World) -> dict[str, set[str]]:
    """By lead: the correlation ids its events may have (its first incident's, else request's)."""
    found: dict[str, set[str]] = {}
    for event in world.dump.of("contact.lead-granted"):
        incidents = event.data.get("incident_ids") or []
        roots = {world.roots.get(one, one) for one in incidents}
        found.setdefault(event.data["lead_id"], roots or set(event.data.get("request_ids") or []))
    return found


def _about(world: World, event: Said, leads: dict[str, set[str]]) -> set[str]:
    data: dict[str, Any] = event.data if isinstance(event.data, dict) else {}
    if event.speaker == "contact" and event.name in WISHES:
        incident = data.get("incident_id")
        return {world.roots.get(incident, incident) if incident else data["request_id"]}
    if event.speaker == "contact":
        return leads.get(str(data.get("lead_id")), set())
    if data.get("incident_id") in world.roots:
        return {world.roots[data["incident_id"]]}
    return {data["request_id"]} if data.get("request_id") else set()


def causes(world: World) -> Iterator[str]:
    """Everything we said answers something in the dump."""
    for event in world.dump.all():
        if event.speaker != "partner" and event.causation_id not in world.dump.by_id:
            yield f"{event}: answers nothing that was said ({event.causation_id})"


def alert_ids(world: World) -> Iterator[str]:
    """Alerts and children are named as the fine print says."""
    for event in world.dump.all():
        if event.speaker != "schools" or not is_news(event):
            continue
        data = event.data
        if data["child_id"] != names.named("child", data["incident_id"], data["child_ref"]):
            yield f"{event}: the child's id is not made of incident and ref"
