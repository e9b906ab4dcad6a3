"""What the town's services send before the weekend: rosters, meetings, the school register."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from random import Random
from typing import Any

from services.ops.generate.forms import Writer
from services.ops.generate.lines import Weekend
from services.ops.generate.people import Household, Human
from services.ops.generate.reports import Desk
from services.ops.generate.schools import AUTHORITIES
from services.ops.generate.times import LONDON, in_london

LANGUAGES = ("ur", "pa", "pl", "ar", "sk", "zh")
SPECIALISMS = ("minority_ethnic", "lgbt", "older", "stalking", "young_person")
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ENROLLED = 0.5
"""How many of the children the authority's register holds an entry for."""


def open_services(
    weekend: Weekend, chance: Random, start: datetime, homes: Sequence[Household], incidents: int
) -> None:
    """Rosters large enough for the weekend, and the next meetings of each area."""
    for area in AUTHORITIES:
        for advocate in _roster(chance, area, homes, incidents):
            weekend.say(start, "partner.advocate-roster.v1", advocate)
        for number in range(3):
            meeting = _meeting(area, start.astimezone(LONDON).date(), number, incidents)
            weekend.say(start, "partner.marac-meeting.v1", meeting)


def enrol(weekend: Weekend, desk: Desk, start: datetime, homes: Sequence[Household]) -> None:
    """The authorities' registers: mostly as the police have it, some moved, some out of date."""
    for home in homes:
        for child in home.children:
            if desk.chance.random() < ENROLLED and child.age_on(start.date()) >= 3:
                _enrol(weekend, desk, start, home, child)


def _enrol(weekend: Weekend, desk: Desk, start: datetime, home: Household, child: Human) -> None:
    chance, today = desk.chance, start.astimezone(LONDON).date()
    moved = chance.random() < 0.04
    schooling = desk.schooling(Random(child.id + "/moved" * moved), home.area, child.age_on(today))
    if schooling.get("education") not in ("registered", "home_educated"):
        return
    if schooling.get("school_urn") in ("888888", "999999"):
        return
    place = {"education": "home_educated"}
    if schooling["education"] == "registered":
        place = {"school_urn": schooling["school_urn"]}
    entry: dict[str, Any] = {
        "source": f"{home.area}-council",
        "reference": f"P{child.id[1:]}",
        "child": Writer(chance).person(child),
        "from": date(today.year - (today.month < 9), 9, 1).isoformat(),
        "as_of": (today - timedelta(days=chance.choice((1, 5, 12, 30, 30, 60)))).isoformat(),
        **place,
    }
    weekend.say(start, "partner.pupil-enrolment.v1", entry)
    weekend.means(entry, "child", child.id)


def _roster(
    chance: Random, area: str, homes: Sequence[Household], incidents: int
) -> Iterator[dict[str, Any]]:
    teams = {"idva": 2 + ceil(incidents * 0.15 / 20), "ypva": 2, "hospital": 1}
    posts = [(team, place) for team, size in teams.items() for place in range(1, size + 1)]
    for team, place in posts:
        advocate = _advocate(chance, area, team, place)
        if chance.random() < 0.1 and homes:
            advocate["conflicts"] = [_known_to_her(chance, chance.choice(homes))]
        yield advocate


def _advocate(chance: Random, area: str, team: str, place: int) -> dict[str, Any]:
    return {
        "source": "idva",
        "advocate_id": f"{area[:4].upper()}-{team.upper()}-{place}",
        "team": team,
        "area": area,
        "languages": ["en", *chance.sample(LANGUAGES, chance.randint(0, 2))],
        "specialisms": chance.sample(SPECIALISMS, chance.randint(0, 2)),
        "sex": "male" if chance.random() < 0.1 else "female",
        "working_days": EVERY_DAY if place % 2 else EVERY_DAY[:5],
        "capacity": 25,
        "active": True,
    }


def _known_to_her(chance: Random, home: Household) -> dict[str, Any]:
    return Writer(chance).person(chance.choice((home.victim, home.suspect)))


def _meeting(area: str, today: date, number: int, incidents: int) -> dict[str, Any]:
    thursday = today + timedelta(days=(3 - today.weekday()) % 7 + 7 + 14 * number)
    return {
        "source": "marac",
        "meeting_id": f"{area[:4].upper()}-{thursday.isoformat()}",
        "area": area,
        "held_at": in_london(thursday, 9, 30).isoformat(),
        "agenda_closes_at": in_london(thursday - timedelta(days=1), 12).isoformat(),
        "capacity": max(20, incidents // 10),
    }
