"""Before the bell: each child's school told once, in time, by the right mail; nothing too much."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from tests.journeys.checking import names
from tests.journeys.checking.calendars import at
from tests.journeys.checking.dump import Letter, Said, time_of
from tests.journeys.checking.routes import (
    DESKS,
    Entry,
    authority_of,
    day_of,
    is_plain,
    named_at,
    places_of,
    register_of,
    registered_place,
)
from tests.journeys.checking.world import World

AT_ONCE = timedelta(minutes=10)
SOON = timedelta(minutes=2)
"""From a server's acceptance to the event that says so."""
LADDER = ("deputy", "head", "authority_lead", "phone_task")
STEPS = (time(9, 15), time(9, 45), time(10, 15), time(10, 45))
OVER = ("alert-withheld", "alert-corrected")
"""What ends a chain: there may be nothing left to confirm."""
STATES = ("planned", "sent", "acknowledged", "escalated", "withheld", "corrected")
EVENTS = tuple(f"schools.alert-{state}" for state in STATES)


def check(world: World) -> Iterator[str]:
    """Everything about schools."""
    alerts = world.dump.by(*EVENTS, field="alert_id")
    for events in alerts.values():
        events.sort(key=lambda event: event.data["version"])
        yield from named(events[0])
        yield from times(world, events)
        yield from once(events)
        yield from ladder(world, events)
    yield from told(world, alerts)
    yield from mailed(world, alerts)
    yield from acknowledged(world, alerts)
    yield from figures(world, alerts)


def named(event: Said) -> Iterator[str]:
    """Alerts and children are named as the fine print says."""
    data = event.data
    if data["child_id"] != names.named("child", data["incident_id"], data["child_ref"]):
        yield f"{event}: the child is not named by incident and ref"
    places = (data["school_urn"],) if data.get("school_urn") else DESKS
    made = [names.named("alert", data["incident_id"], data["child_ref"], one) for one in places]
    if data["alert_id"] not in made:
        yield f"{event}: the alert is not named by incident, child and {places}"


def told(world: World, alerts: dict[str, list[Said]]) -> Iterator[str]:
    """Each child of a live incident has an alert where the documents send it, and nowhere else."""
    register = register_of(world)
    by_child: dict[tuple[str, str], set[str]] = defaultdict(set)
    for events in alerts.values():
        data = events[-1].data
        if events[-1].name != "alert-withheld" or place_of(events) == "early_years":
            by_child[data["incident_id"], data["child_ref"]].add(place_of(events))
    for incident_id, identified in world.live():
        for child in identified.data.get("children") or ():
            given = by_child.get((incident_id, child["child_ref"]), set())
            yield from _child(world, identified, child, given, register)


def place_of(events: list[Said]) -> str:
    """The URN an alert goes to, or the desk that its name says."""
    data = events[0].data
    if data.get("school_urn"):
        return str(data["school_urn"])
    parts = (data["incident_id"], data["child_ref"])
    return next(
        (desk for desk in DESKS if names.named("alert", *parts, desk) == data["alert_id"]), "?"
    )


def _child(
    world: World,
    identified: Said,
    child: dict[str, Any],
    given: set[str],
    register: dict[str, list[Entry]],
) -> Iterator[str]:
    data, who = identified.data, f"{identified.data['incident_id']}/{child['child_ref']}"
    expected = places_of(world, child, data)
    if expected and not given:
        yield f"{who}: nobody is told of this child, expected {expected}"
    elif not expected and given:
        yield f"{who}: {given} are told of somebody who is no child of a school"
    elif is_plain(child, register):
        if given - expected or expected - given:
            yield f"{who}: goes to {given}, expected {expected}"
    else:
        yield from _by_register(world, identified, child, given, register)


def _by_register(
    world: World,
    identified: Said,
    child: dict[str, Any],
    given: set[str],
    register: dict[str, list[Entry]],
) -> Iterator[str]:
    data = identified.data
    received = named_at(child, child.get("school_urn"), data)
    authority = authority_of(world, child.get("school_urn") or "", data["area"])
    day = day_of(world.calendar.earliest(authority, child.get("school_urn"), received))
    expected = registered_place(world, child, day, data, register)
    if expected and not expected <= given <= expected | set(DESKS):
        yield f"{data['incident_id']}/{child['child_ref']}: goes to {given}, register {expected}"


def times(world: World, events: list[Said]) -> Iterator[str]:
    """Due at the cut-off of the next school day of that school; sent by then, or marked late."""
    for event in events:
        data = event.data
        if event.name == "alert-planned":
            yield from _due(world, event)
        if event.name == "alert-sent":
            sent, due = time_of(data["sent_at"]), data.get("due_by")
            if due and data["late"] != (sent > time_of(due)):
                yield f"{event}: sent {sent}, due {due}, late {data['late']}"
            if data["late"]:
                yield f"{event}: late"
            if data["content_version"] == 1:
                yield from _not_before(world, event)


def _named(world: World, event: Said) -> tuple[str, str | None, datetime] | None:
    """Authority, school and T of an alert; None where nobody identified such a child."""
    data = event.data
    said = world.latest(data["incident_id"], event.time)
    children = (said.data.get("children") or ()) if said else ()
    child = next((one for one in children if one["child_ref"] == data["child_ref"]), None)
    if said is None or child is None or said.name != "incident-identified":
        return None
    urn = data.get("school_urn")
    authority = world.schools[urn].authority if urn in world.schools else data["authority"]
    return authority, urn, named_at(child, urn, said.data)


def _not_before(world: World, event: Said) -> Iterator[str]:
    """By day at once, else from 07:00 of the school day; a school of the register only."""
    named = _named(world, event)
    if named is None or named[1] is None:
        return
    earliest, sent = world.calendar.earliest(*named), time_of(event.data["sent_at"])
    if sent < earliest:
        yield f"{event}: sent {sent}, not before {earliest}"
    if earliest == named[2] and sent > earliest + AT_ONCE:
        yield f"{event}: sent {sent}, at once would be {earliest}"


def _due(world: World, event: Said) -> Iterator[str]:
    data, named = event.data, _named(world, event)
    if named is None:
        yield f"{event}: about a child that nobody identified"
        return
    due, received = world.calendar.deadline(*named), named[2]
    if not data.get("due_by") or time_of(data["due_by"]) != due:
        yield f"{event}: due {data.get('due_by')}, counted {due.isoformat()} from {received}"


def once(events: list[Said]) -> Iterator[str]:
    """Sent once per content version, not after it was withheld, not to a school after its end."""
    sent = [event.data["content_version"] for event in events if event.name == "alert-sent"]
    if len(set(sent)) != len(sent):
        yield f"{events[0]}: sent twice in one content version: {sent}"
    if not any(event.name in ("alert-planned", "alert-withheld") for event in events[:1]):
        yield f"{events[0]}: the first word of an alert is {events[0].name}"


def ladder(world: World, events: list[Said]) -> Iterator[str]:
    """No acknowledgement: deputy, head, authority's lead, phone task, each once and in its time."""
    steps = [event for event in events if event.name == "alert-escalated"]
    roles = [_step(event) for event in steps]
    if len(set(roles)) != len(roles) or [one for one in LADDER if one in roles] != roles:
        yield f"{events[0]}: escalated to {roles}"
    first = next((event for event in events if event.name == "alert-sent"), None)
    if first is None or not first.data.get("school_urn"):
        return
    ended = _ended(events)
    expected = _ladder(world, first)
    if expected is None or any(
        event.data.get("reason") not in (None, "no_acknowledgement", "phone_task")
        for event in steps
    ):
        return
    due = [moment for moment in expected if moment < ended and moment <= world.until]
    given = [event.time for event in steps]
    if given[: len(due)] != due[: len(given)] or len(given) > len(expected):
        yield f"{first}: escalated at {given}, expected {due}"
    elif len(given) < len(due) - _skipped(first):
        yield f"{first}: escalated {len(given)} times by {world.until}, expected {len(due)}"


def _step(event: Said) -> str:
    phone = event.data.get("reason") == "phone_task"
    return "phone_task" if phone else str(event.data.get("recipient_role"))


def _ended(events: list[Said]) -> Any:
    ends = ("alert-acknowledged", "alert-withheld", "alert-corrected")
    return min((one.time for one in events if one.name in ends), default=at_the_end(events))


def at_the_end(events: list[Said]) -> Any:
    """Later than everything that was said."""
    return max(event.time for event in events) + timedelta(days=365)


def _ladder(world: World, first: Said) -> list[Any] | None:
    sent, due = time_of(first.data["sent_at"]), first.data.get("due_by")
    if not due or sent > at(day_of(time_of(due)), time(8, 45)):
        return None
    day = day_of(time_of(due))
    return [at(day, step) for step in STEPS]


def _skipped(first: Said) -> int:
    """How many steps fall away because the first mail went to a later role."""
    order = ("key_adult", *LADDER)
    return order.index(first.data.get("recipient_role") or "key_adult")


def mailed(world: World, alerts: dict[str, list[Said]]) -> Iterator[str]:
    """Each alert that was sent is one mail to the right address; no mail without its alert."""
    firsts: dict[str, list[Letter]] = defaultdict(list)
    for letter in world.dump.letters:
        for reference in letter.references:
            if letter.step == "first":
                firsts[reference].append(letter)
    for alert_id, events in alerts.items():
        sent = [event for event in events if event.name == "alert-sent"]
        letters = sorted(firsts.pop(alert_id, []), key=lambda letter: letter.sent_at)
        versions = {event.data["content_version"] for event in sent}
        desks = 1 + sum(event.data.get("reason") == "area_changed" for event in _corrected(events))
        if (1 in versions) != bool(letters) or len(letters) > desks:
            yield f"{events[0]}: {len(letters)} first mails, sent {sorted(versions)}"
        for letter in letters[:1]:
            yield from _addressed(world, sent, letter)
    for reference in firsts:
        yield f"mail {firsts[reference][0].file}: first mail of no alert {reference}"


def _corrected(events: list[Said]) -> list[Said]:
    return [event for event in events if event.name == "alert-corrected"]


def _addressed(world: World, sent: list[Said], letter: Letter) -> Iterator[str]:
    if not sent:
        return
    data = sent[0].data
    role, urn = data.get("recipient_role"), data.get("school_urn")
    school = world.schools.get(urn or "")
    if role in ("education_team", "authority_officer", "authority_lead"):
        expected = f"{role}@{data['area']}.invalid"
    else:
        expected = school.addresses.get(role or "", "?") if school else "?"
    if letter.to != expected:
        yield f"mail {letter.file}: to {letter.to}, not {expected}"
    if school and not school.is_open:
        yield f"mail {letter.file}: to a closed school"
    if abs(letter.sent_at - time_of(data["sent_at"])) > SOON:
        yield f"mail {letter.file}: at {letter.sent_at}, said {data['sent_at']}"
    said = world.latest(data["incident_id"], letter.sent_at)
    for one in (said.data.get("party_employers") or ()) if said else ():
        if one["urn"] == urn and one.get("role") in (None, role):
            yield f"mail {letter.file}: to the {role} of a school where a party works as such"


def acknowledged(world: World, alerts: dict[str, list[Said]]) -> Iterator[str]:
    """A school's confirmation of a mail it got is kept; a machine confirms nothing."""
    refused = {event.causation_id for event in world.dump.of("schools.input-refused")}
    for event in world.dump.of("partner.school-acknowledgement"):
        if event.id in refused or not isinstance(event.data, dict):
            continue
        events = alerts.get(str(event.data.get("alert_id")), [])
        over = any(one.time < event.time for one in events if one.name in OVER)
        if not over and not any(one.name == "alert-acknowledged" for one in events):
            yield f"{event}: confirmed and not kept"


def figures(world: World, alerts: dict[str, list[Said]]) -> Iterator[str]:
    """The report counts alerts under every heading they ever came to, withheld as they stand."""
    counted = {
        state: sum(
            any(one.name == f"alert-{state}" for one in events) for events in alerts.values()
        )
        for state in ("planned", "sent", "acknowledged", "escalated")
    }
    last = [events[-1].name for events in alerts.values()]
    counted["withheld"] = last.count("alert-withheld")
    counted["late"] = sum(any(one.data["late"] for one in events) for events in alerts.values())
    given = world.report["schools"]
    if given != counted:
        yield f"schools: {given}, counted {counted}"
