"""A town's weekend: who is reported, how often, and everything that follows from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from services.ops.generate.bad import spoil
from services.ops.generate.followups import FollowUps
from services.ops.generate.forms import Form, Writer
from services.ops.generate.lines import Weekend
from services.ops.generate.people import Household, People
from services.ops.generate.reports import Desk, Incident
from services.ops.generate.schools import read_schools
from services.ops.generate.times import moments
from services.ops.generate.town_services import enrol, open_services

REPEAT = 0.22
"""How many incidents are in a household that was reported before that weekend."""
CARELESS = 0.12
"""How often a field of a repeat's form goes wrong."""
PLANNED_AHEAD = timedelta(minutes=5)


@dataclass
class Town:
    """The households so far, and what is said about them."""

    chance: Random
    desk: Desk
    people: People
    follow: FollowUps
    homes: list[Household] = field(default_factory=list)
    times: dict[str, int] = field(default_factory=dict)
    """How often each victim was reported."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def weekend(self) -> Weekend:
        """What is said."""
        return self.follow.weekend

    def call(self, at: datetime) -> None:
        """Police are called to a household, new or known."""
        home = self._home()
        seen = self.times[home.victim.id] = self.times.get(home.victim.id, 0) + 1
        desk = self.desk if seen == 1 else self.desk.careless(CARELESS)
        incident = desk.incident(f"SYP-{next(self.numbers):06d}", home, at)
        report = desk.report(incident)
        self._file(incident, report, at + timedelta(minutes=self.chance.randint(2, 45)))
        self._means(incident, report)

    def _home(self) -> Household:
        if self.homes and self.chance.random() < REPEAT:
            return self.chance.choice(self.homes)
        self.homes.append(self.people.household())
        return self.homes[-1]

    def _file(self, incident: Incident, report: Form, at: datetime) -> None:
        held_up = self.chance.random() < 0.01
        if held_up:
            self.follow.late_earlier(report, at)
        self.weekend.say(at, "partner.incident-report.v1", report)
        if self.chance.random() < 0.04:
            self.follow.duplicate(report, at)
        lot = self.chance.random()
        if lot < 0.04:
            self.follow.cancel(report, at)
            return
        if lot < 0.13:
            self.follow.amend(incident, report, at)
        self._others(incident, report, at)

    def _others(self, incident: Incident, report: Form, at: datetime) -> None:
        if self.chance.random() < 0.3:
            self.follow.wish(incident, at)
        elif agency := self._first_agency(incident, report):
            self.follow.first_contact(incident, agency, at)
        if incident.assessment.grade == "HIGH" or self.chance.random() < 0.2:
            self.follow.decide(incident, at)
        if "employer_urn" not in report["suspect"]:
            self.follow.acknowledge(incident, report, at)

    def _first_agency(self, incident: Incident, report: Form) -> str | None:
        """Who is asked first where that is plain: a safe number, one report, a clear grade."""
        victim, safe = report["victim"], report["victim"].get("safe_contact", {})
        shared = {phone["number"] for phone in report["suspect"].get("phones", ())}
        if self.times[incident.home.victim.id] > 1 or not set(safe.get("numbers", ())) - shared:
            return None
        age = incident.home.victim.age_on(incident.reported_at.date())
        if age < 18:
            return "ypva" if age >= 16 else None
        if incident.assessment.grade == "HIGH":
            return "idva"
        consent = victim.get("consent")
        if consent is None:
            return "victim_support"
        return "outreach" if consent["given"] else None

    def _means(self, incident: Incident, report: Form) -> None:
        home = incident.home
        self.weekend.means(report, "victim", home.victim.id)
        if incident.suspect:
            self.weekend.means(report, "suspect", incident.suspect.id)
        if "other_party" in report and incident.suspect:
            self.weekend.means(report, "other_party", incident.suspect.id)
        for place, (child, human) in enumerate(
            zip(report["children"], home.children, strict=True), 1
        ):
            self.weekend.means(report, f"child/{child.get('ref', place)}", human.id)


def weekend_of(seed: int, incidents: int, start: datetime, end: datetime, bad: int = 0) -> Weekend:
    """A weekend's messages up to its end, in order of time, and the truth about them."""
    chance = Random(seed)
    weekend = Weekend()
    desk = Desk(chance, Writer(chance, errors=0.01), read_schools())
    people = People(chance, start.date())
    town = Town(chance, desk, people, FollowUps(weekend, desk, end))
    for at in moments(chance, start + PLANNED_AHEAD, end - PLANNED_AHEAD, incidents):
        town.call(at)
    open_services(weekend, chance, start, town.homes, incidents)
    enrol(weekend, desk, start, town.homes)
    spoil(weekend, chance, start, end, bad)
    return Weekend(list(weekend.until(end)), weekend.truth)


def generate_town(
    seed: int, incidents: int, start: datetime, end: datetime, bad: int = 0
) -> Iterator[dict[str, Any]]:
    """The lines of a town's weekend, as `onward replay` reads them."""
    return (line.as_json() for line in weekend_of(seed, incidents, start, end, bad).lines)
