"""Every report answered, once, as its fate was; risk and facts counted again."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.journeys.checking.calendars import LONDON
from tests.journeys.checking.dump import Said
from tests.journeys.checking.forms import born, is_absent, is_filler
from tests.journeys.checking.inputs import FATES, REPORT, Report, Sent, refused_at
from tests.journeys.checking.world import World

TICK_TOOLS = ("POLICE_DASH_27", "SAFELIVES_24", "YP_DASH", "OLDER_DASH")
LEVELS = ("STANDARD", "MEDIUM", "HIGH")
FLAG_OF_ANSWER = {
    "strangulation": "strangulation",
    "weapons": "weapon",
    "threat_kill": "threats_to_kill",
    "stalking": "stalking",
}
FLAGS = {
    "strangulation",
    "stalking",
    "honour_based",
    "forced_marriage",
    "weapon",
    "threats_to_kill",
    "sexual",
    "pregnancy",
    "victim_suicidal",
    "perpetrator_suicidal",
    "online",
    "police_perpetrator",
    "professional_involved",
}
SAID = ("police.incident-reported", "police.incident-amended", "police.incident-cancelled")


def check(world: World) -> Iterator[str]:
    """Everything about intake."""
    yield from counted(world)
    yield from answered(world)
    for event in world.dump.of("police.incident-reported", "police.incident-amended"):
        report = world.inputs.by_incident.get(event.data["incident_id"])
        if report is None:
            yield f"{event}: about an incident that nobody reported"
        else:
            yield from (f"{event}: {fault}" for fault in _facts(event, report))


def counted(world: World) -> Iterator[str]:
    """The figures of the report are the fates of the lines."""
    fates = list(world.inputs.fates.values())
    expected = {"received": len(fates)} | {fate: fates.count(fate) for fate in FATES}
    given = world.report.get("reports")
    if given != expected:
        yield f"reports: {given}, counted {expected}"


def answered(world: World) -> Iterator[str]:
    """Each line has the answer that its fate asks for, and no other."""
    answers: dict[str, list[Said]] = defaultdict(list)
    for event in world.dump.of(*SAID, "police.report-refused"):
        answers[event.causation_id or ""].append(event)
    lines = _line_ids(world)
    for sent in world.inputs.of(REPORT):
        found = [one for line in lines[_place(sent)] for one in answers[line]]
        found = [one for one in found if one.time == sent.at]
        yield from (f"line {sent.place}: {fault}" for fault in _wrong_answer(world, sent, found))


def _line_ids(world: World) -> dict[tuple[datetime, str], list[str]]:
    found: dict[tuple[datetime, str], list[str]] = defaultdict(list)
    for event in world.dump.of("partner.incident-report"):
        place = (event.time, json.dumps(event.data, sort_keys=True))
        if event.id not in found[place]:
            found[place].append(event.id)
    return found


def _place(sent: Sent) -> tuple[datetime, str]:
    return sent.at, sent.canonical


def _wrong_answer(world: World, sent: Sent, found: list[Said]) -> Iterator[str]:
    fate = world.inputs.fates[sent.place]
    kinds = sorted({one.name for one in found})
    if fate == "refused":
        yield from _wrong_refusal(sent, found)
    elif fate == "duplicate":
        if kinds:
            yield f"a duplicate was answered by {kinds}"
    elif fate == "cancelled":
        if "incident-cancelled" not in kinds:
            yield f"a cancellation was answered by {kinds}"
    elif fate == "accepted":
        if kinds != ["incident-reported"]:
            yield f"a first report was answered by {kinds}"
    elif kinds not in (["incident-amended"], []):
        yield f"an amendment was answered by {kinds}"
    elif not kinds and not _is_late(world, sent):
        yield "an amendment was not answered"


def _is_late(world: World, sent: Sent) -> bool:
    report = world.inputs.reports[sent.data["source"], sent.data["reference"]]
    earlier = [one for one in report.kept if one.place < sent.place]
    return any(one.data["revision"] > sent.data["revision"] for one in earlier)


def _wrong_refusal(sent: Sent, found: list[Said]) -> Iterator[str]:
    if [one.name for one in found] != ["report-refused"]:
        yield f"a bad report was answered by {[one.name for one in found]}"
        return
    [refusal] = found
    expected = refused_at(sent) or {"/revision"}
    paths = {problem["path"] for problem in refusal.data["problems"]}
    if not expected <= paths:
        yield f"refused at {sorted(paths)}, at fault {sorted(expected)}"
    data = sent.data if isinstance(sent.data, dict) else {}
    names = ("source", "reference")
    key = "/".join("?" if is_absent(data, name) else str(data[name]) for name in names)
    if refusal.key != key:
        yield f"refused under the key {refusal.key}, not {key}"


def _facts(event: Said, report: Report) -> Iterator[str]:
    data = event.data
    kept = [sent for sent in report.kept if sent.data["revision"] == data["revision"]]
    if not kept:
        yield f"says revision {data['revision']}, which never came"
        return
    [sent] = kept
    content, other = sent.data, data["incident_id"] == report.other_id
    if time(data["received_at"]) != sent.at and not _held_up(report, sent):
        yield f"received_at {data['received_at']}, not {sent.at}"
    wanted = set() if other else flags(content)
    if set(data.get("flags") or ()) != wanted:
        yield f"flags {sorted(data.get('flags') or ())}, not {sorted(wanted)}"
    yield from _risk(event, report, sent, other)
    yield from _children(data, content, other)
    if _lacks(content) and not data.get("marks"):
        yield "something is missing and nothing is marked"
    custody = None if other else (content.get("suspect") or {}).get("custody")
    if (data.get("custody") or "unknown") != (custody or "unknown"):
        yield f"custody {data.get('custody')}, not {custody}"


def _lacks(content: dict[str, Any]) -> bool:
    victim = content["victim"]
    words = (victim.get("family_name"), (victim.get("address") or {}).get("postcode"))
    return born(victim) is None or any(word is None or is_filler(word) for word in words)


def _held_up(report: Report, sent: Sent) -> bool:
    return any(
        one.data["revision"] < sent.data["revision"] and one.at > sent.at for one in report.kept
    )


def _risk(event: Said, report: Report, sent: Sent, other: bool) -> Iterator[str]:
    own = {} if other else components(sent.data)
    earlier = [
        level(components(one.data))
        for one in report.kept
        if one.at <= event.time and one.place != sent.place and one.data["status"] == "reported"
    ]
    expected = level(own)
    if earlier and not other and not report.was_cancelled:
        expected = max(expected, *earlier, key=LEVELS.index)
    given = event.data["risk"]
    if given["level"] != expected and not (report.was_cancelled and earlier):
        yield f"risk {given['level']}, counted {expected} of {own}"
    said = {one["kind"]: one["level"] for one in given.get("components") or ()}
    floor = said.pop("earlier_revision", None)
    if said != own:
        yield f"components {said}, counted {own}"
    if floor and LEVELS.index(floor) <= LEVELS.index(level(own)) and own:
        yield f"an earlier revision's {floor} stands, though it raises nothing"


def flags(content: dict[str, Any]) -> set[str]:
    """The flags given, those unknown left out, and those that answers set."""
    answers = (content.get("risk") or {}).get("answers") or {}
    told = {flag for key, flag in FLAG_OF_ANSWER.items() if answers.get(key) == "yes"}
    return (set(content.get("flags") or ()) & FLAGS) | told


def components(content: dict[str, Any]) -> dict[str, str]:
    """What the effective risk comes from, by kind."""
    risk = content.get("risk") or {}
    answers, found = risk.get("answers") or {}, {}
    if risk.get("tool") in TICK_TOOLS and {"yes", "no"} & set(answers.values()):
        ticks = sum(answer == "yes" for answer in answers.values())
        found["ticks"] = "HIGH" if ticks >= 14 else "MEDIUM" if ticks >= 10 else "STANDARD"
    if risk.get("officer_grade") in LEVELS:
        found["officer_grade"] = risk["officer_grade"]
    judged = (risk.get("professional_judgement") or {}).get("level")
    if judged in LEVELS:
        found["professional_judgement"] = judged
    marked = flags(content)
    stalked = "stalking" in marked and answers.get("separation") == "yes"
    if stalked or marked & {"strangulation", "threats_to_kill", "weapon"}:
        found["flag_floor"] = "MEDIUM"
    return found


def level(parts: dict[str, str]) -> str:
    """The highest; nothing at all is MEDIUM."""
    return max(parts.values(), key=LEVELS.index, default="MEDIUM")


def _children(data: dict[str, Any], content: dict[str, Any], other: bool) -> Iterator[str]:
    said = {child["child_ref"]: child for child in data.get("children") or ()}
    given = () if other else content.get("children") or ()
    for place, child in enumerate(given, 1):
        ref = child.get("ref") or str(place)
        if child.get("ref") and ref not in said:
            yield f"child {ref} of the report is missing"
        elif ref in said and child.get("ref"):
            yield from _child(said[ref], child, content, data)
    extra = "victim" in said
    victim = content["other_party" if other else "victim"]
    age = age_at(victim, data)
    if len(said) - extra != len(given):
        yield f"{len(said) - extra} children said, {len(given)} reported"
    if age is not None and extra != (age < 18):
        yield f"a victim aged {age} is {'' if extra else 'not '}said as a child"


def _child(
    said: dict[str, Any], given: dict[str, Any], content: dict[str, Any], data: dict[str, Any]
) -> Iterator[str]:
    for name in ("present", "witnessed", "injured", "unborn", "special_needs", "school_urn"):
        if given.get(name) is not None and said.get(name) != given[name]:
            yield f"child {said['child_ref']}: {name} {said.get(name)}, not {given[name]}"
    age = age_at(given, data)
    if age is not None and said["age_band"] != band(age):
        yield f"child {said['child_ref']}: {said['age_band']} at {age} years"


def age_at(person: dict[str, Any], data: dict[str, Any]) -> int | None:
    """Whole years at the incident, by the birth date the report itself gives."""
    day = born(person)
    when = data.get("occurred_at") or data.get("reported_at") or data["received_at"]
    return None if day is None else years(day, time(when).astimezone(LONDON).date())


def years(born_on: date, day: date) -> int | None:
    """Whole years; a birth after the day is none that can be believed."""
    if born_on > day:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def band(age: int) -> str:
    """The age band of whole years."""
    edges = ((1, "under_1"), (2, "1"), (7, "2_to_6"), (13, "7_to_12"), (16, "13_to_15"))
    edges += ((18, "16_to_17"), (60, "18_to_59"))  # type: ignore[assignment]
    return next((name for edge, name in edges if age < edge), "60_and_over")


def time(text: str) -> datetime:
    """A time of a payload."""
    return datetime.fromisoformat(text)
