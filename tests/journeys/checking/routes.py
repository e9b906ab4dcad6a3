"""Where each child's alert must go, from the report, the register of pupils and of schools."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.journeys.checking.calendars import LONDON
from tests.journeys.checking.dump import Said, time_of
from tests.journeys.checking.world import AUTHORITIES, World

NOBODY_KNOWS = "888888"
NOT_IN_SCHOOL = "999999"
STALE_AFTER = timedelta(days=40)
GROWN = ("18_to_59", "60_and_over", "unborn")
DESKS = ("education_team", "authority_officer", "authority_lead", "early_years")


@dataclass(frozen=True)
class Entry:
    """An entry of the authority's register, as identified."""

    person_id: str
    urn: str | None
    education: str | None
    first: date
    last: date | None
    as_of: date
    known_at: datetime


def register_of(world: World) -> dict[str, list[Entry]]:
    """The latest word on each entry, by the child it is about."""
    latest: dict[str, Said] = {}
    for event in world.dump.of("identity.pupil-enrolment-identified"):
        latest[event.data["enrolment_id"]] = event
    found: dict[str, list[Entry]] = {}
    for event in latest.values():
        entry = _entry(event)
        found.setdefault(entry.person_id, []).append(entry)
    return found


def places_of(world: World, child: dict[str, Any], data: dict[str, Any]) -> set[str]:
    """URNs or a desk, from the report alone; empty = nobody is told."""
    if child["age_band"] in GROWN or child.get("unborn"):
        return set()
    education = child.get("education")
    urns = [child.get("school_urn"), *(child.get("other_school_urns") or ())]
    given = [urn for urn in urns if urn]
    if education in ("home_educated", "not_in_school"):
        return {"authority_officer"}
    if education == "early_years" or _too_young(child, given):
        return {"early_years"}
    if education == "unknown" or not given:
        return {"education_team"}
    return {_place(world, urn, data) for urn in given}


def _too_young(child: dict[str, Any], given: list[str]) -> bool:
    silent = child.get("education") is None and not given
    return silent and child["age_band"] in ("under_1", "1")


def _place(world: World, urn: str, data: dict[str, Any]) -> str:
    if urn == NOT_IN_SCHOOL:
        return "authority_officer"
    school = world.schools.get(urn)
    if school and not school.is_open:
        school = world.schools.get(school.successor or "")
    if school is None or not school.is_open:
        return "education_team"
    employers = data.get("party_employers") or ()
    unknown = [one for one in employers if one["urn"] == school.urn and not one.get("role")]
    return "authority_lead" if unknown else school.urn


def is_plain(child: dict[str, Any], register: dict[str, list[Entry]]) -> bool:
    """Whether the register says nothing of this child or of anybody possibly the same."""
    same = [child.get("person_id"), *(child.get("possibly_same_as") or ())]
    return not any(register.get(one or "") for one in same)


def registered_place(
    world: World,
    child: dict[str, Any],
    day: date,
    data: dict[str, Any],
    register: dict[str, list[Entry]],
) -> set[str] | None:
    """Where a fresh, valid entry sends the child; None where the register settles nothing."""
    mine = register.get(child.get("person_id") or "", [])
    if any(register.get(one) for one in child.get("possibly_same_as") or ()):
        return None
    valid = [one for one in mine if one.first <= day and (one.last is None or day <= one.last)]
    fresh = [one for one in valid if day - one.as_of <= STALE_AFTER]
    if len(valid) != 1 or valid != fresh or len(mine) != 1:
        return None
    [entry] = fresh
    if entry.education in ("home_educated", "not_in_school"):
        return {"authority_officer"}
    if entry.urn is None:
        return None
    others = {_place(world, urn, data) for urn in child.get("other_school_urns") or ()}
    return {_place(world, entry.urn, data)} | others


def day_of(moment: datetime) -> date:
    """The day in London."""
    return moment.astimezone(LONDON).date()


def authority_of(world: World, place: str, area: str) -> str:
    """The authority whose calendar counts."""
    school = world.schools.get(place)
    return school.authority if school else AUTHORITIES[area]


def _entry(event: Said) -> Entry:
    data = event.data
    return Entry(
        person_id=data["person_id"],
        urn=data.get("school_urn"),
        education=data.get("education"),
        first=date.fromisoformat(data["from"]),
        last=date.fromisoformat(data["until"]) if data.get("until") else None,
        as_of=date.fromisoformat(data["as_of"]),
        known_at=event.time,
    )


def named_at(child: dict[str, Any], urn: str | None, data: dict[str, Any]) -> datetime:
    """T: when the child was first named at that school, else at all, else the report's time."""
    at_school = (child.get("schools_named_at") or {}).get(urn or "")
    return time_of(at_school or child.get("first_named_at") or data["received_at"])
