"""Somebody is told: each alarm's desk, each agency with news of a lead, each told school's end."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.journeys.checking.dump import Letter, Said, time_of
from tests.journeys.checking.inputs import Report
from tests.journeys.checking.schools import EVENTS
from tests.journeys.checking.world import World

AT_ONCE = timedelta(minutes=10)
TO_AGENCIES = ("lead-granted", "lead-handed-over", "lead-lapsed", "lead-revoked")


def check(world: World) -> Iterator[str]:
    """Everything about notices and corrections."""
    notices: dict[str, list[Letter]] = defaultdict(list)
    for letter in world.dump.letters:
        for reference in letter.references:
            notices[reference].append(letter)
    yield from alarms(world, notices)
    yield from leads(world, notices)
    yield from unsaid(world, notices)
    yield from after_the_end(world, notices)
    yield from content(world)


def alarms(world: World, notices: dict[str, list[Letter]]) -> Iterator[str]:
    """Each alarm is one notice to that role's desk, referred to by the first id it is about."""
    due: dict[tuple[str, str], int] = defaultdict(int)
    for event in world.dump.all():
        if event.name != "alarm-raised":
            continue
        desk = f"{event.data['to_role']}@{event.data['area']}.invalid"
        about = event.data["about"]
        if about:
            due[about[0], desk] += 1
    for (about_id, desk), count in due.items():
        sent = [one for one in notices[about_id] if one.to == desk and one.step == "notice"]
        if len(sent) < count:
            yield f"alarm about {about_id}: {len(sent)} notices to {desk}, {count} alarms"


def leads(world: World, notices: dict[str, list[Letter]]) -> Iterator[str]:
    """The agency that leads, or led, is told so at once."""
    for event in world.dump.of(*[f"contact.{name}" for name in TO_AGENCIES]):
        sent = [one for one in notices[event.data["lead_id"]] if one.step == "notice"]
        agency = event.data["agency"]
        near = [one for one in sent if one.to.startswith(f"{agency}@")]
        if not any(abs(one.sent_at - event.time) <= AT_ONCE for one in near):
            yield f"{event}: nobody told {agency}"


def unsaid(world: World, notices: dict[str, list[Letter]]) -> Iterator[str]:
    """An agency that is covered is told that it is, by the request it asked with."""
    for event in world.dump.of("contact.request-covered"):
        request_id = event.data.get("request_id")
        agency = event.data["agency"]
        told = any(one.to.startswith(f"{agency}@") for one in notices[request_id or ""])
        if request_id and not told and agency != event.data["lead_agency"]:
            yield f"{event}: nobody told {agency} that it is covered"


def after_the_end(world: World, notices: dict[str, list[Letter]]) -> Iterator[str]:
    """Cancelled before sending: not sent; after: every role already told is told so."""
    for alert_id, events in world.dump.by(*EVENTS, field="alert_id").items():
        news = world.identified.get(events[0].data["incident_id"], [])
        ends = [one.time for one in news if one.name == "incident-withdrawn"]
        if not ends or news[-1].name != "incident-withdrawn":
            continue
        mails = [one for one in notices[alert_id] if one.step != "notice"]
        before = [one for one in mails if one.sent_at <= ends[-1] and one.step != "correction"]
        after = [one for one in mails if one.sent_at > ends[-1]]
        if any(one.step != "correction" for one in after):
            yield f"{events[-1]}: mailed after it was cancelled"
        told = {one.to for one in before}
        corrected = {one.to for one in mails if one.step == "correction"}
        if told - corrected:
            yield f"{events[-1]}: {len(told - corrected)} were told and never corrected"
        if told and not any(one.name == "alert-corrected" for one in events):
            yield f"{events[-1]}: cancelled after it was told, and no correction said"


def content(world: World) -> Iterator[str]:
    """A school's first mail says who the child is, when, and the reference of the police."""
    sent = {event.data["alert_id"]: event for event in world.dump.of("schools.alert-sent")}
    for letter in world.dump.letters:
        if letter.step != "first":
            continue
        for event in (sent[one] for one in letter.references if one in sent):
            yield from (f"mail {letter.file}: {fault}" for fault in _lacking(world, event, letter))


def _lacking(world: World, event: Said, letter: Letter) -> Iterator[str]:
    report = world.inputs.by_incident[event.data["incident_id"]]
    known = report.as_of(time_of(event.data["sent_at"]))
    content = known.data if known else {}
    named = set(_names_of(report, content, event.data["child_ref"]))
    if named and not any(name in letter.text for name in named):
        yield "does not say who the child is"
    if event.data["content_level"] != "L0" and report.reference not in letter.text:
        yield "does not name the police's reference"


def _names_of(report: Report, content: dict[str, Any], ref: str) -> Iterator[str]:
    """What a child is called now by its ref, or was at its place: a list may move up."""
    now = [child for child in content.get("children") or () if child.get("ref") == ref]
    placed = (sent.data.get("children") or () for sent in report.kept)
    then = [one for listed in placed for place, one in enumerate(listed, 1) if str(place) == ref]
    yield from (child["given_names"] for child in now or then if child.get("given_names"))
