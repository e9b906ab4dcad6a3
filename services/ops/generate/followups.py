"""What comes after a report: amendments, cancellations, other agencies, decisions, outcomes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from contracts.vocabulary import (
    alert_id_of,
    incident_id_of,
    lead_id_of,
    person_id_of,
)
from services.ops.generate.forms import Form, Writer
from services.ops.generate.lines import Weekend
from services.ops.generate.reports import POLICE, Desk, Incident
from services.ops.generate.schools import AUTHORITIES
from services.ops.generate.times import days, in_london, is_school_day

WISHES: tuple[tuple[str, str, bool], ...] = (
    ("victim_support", "victim_support_automatic", False),
    ("housing", "housing", False),
    ("health", "hospital", False),
    ("victim_support", "self_referral", False),
    ("adult_social_care", "health", True),
)
WISH_SHARES = (55, 15, 12, 8, 10)
OUTCOMES = ("reached", "no_answer", "left_no_trace", "answered_by_other", "declined")
OUTCOME_SHARES = (50, 30, 8, 6, 6)
NO_SCHOOL = ("888888", "999999")


@dataclass(frozen=True)
class FollowUps:
    """Adds to a weekend what partners send after a report."""

    weekend: Weekend
    desk: Desk
    end: datetime

    @property
    def chance(self) -> Random:
        """The one source of chance."""
        return self.desk.chance

    def duplicate(self, report: Form, at: datetime) -> None:
        """The same report again, word for word: senders retry."""
        self.weekend.say(self._after(at, 1, 90), "partner.incident-report.v1", report)

    def amend(self, incident: Incident, report: Form, at: datetime) -> None:
        """A second revision: another grade, a child added or left out, a number found unsafe."""
        amended = {**report, "revision": report["revision"] + 1}
        kind = self.chance.random()
        if kind < 0.5:
            amended["risk"] = {
                **report["risk"],
                "officer_grade": self.chance.choice(("HIGH", "MEDIUM")),
            }
        elif kind < 0.7 and report["children"]:
            amended["children"] = report["children"][1:]
        elif kind < 0.85:
            amended["school_summary"] = "Police attended again later that night."
        else:
            amended["victim"] = _unsafe_now(report["victim"])
        self.weekend.say(self._after(at, 30, 900), "partner.incident-report.v1", amended)

    def cancel(self, report: Form, at: datetime) -> None:
        """Recorded in error; one in four is revived later."""
        fields = ("source", "reference", "area")
        cancelled = {name: report[name] for name in fields} | {
            "revision": report["revision"] + 1,
            "status": "cancelled",
        }
        when = self._after(at, 20, 600)
        self.weekend.say(when, "partner.incident-report.v1", cancelled)
        if self.chance.random() < 0.25:
            revived = {**report, "revision": report["revision"] + 2}
            self.weekend.say(self._after(when, 20, 300), "partner.incident-report.v1", revived)

    def late_earlier(self, report: Form, at: datetime) -> None:
        """The first revision was held up and comes after the second."""
        held_up = {**report, "revision": 1, "action_taken": "None yet."}
        report["revision"] = 2
        self.weekend.say(self._after(at, 5, 60), "partner.incident-report.v1", held_up)

    def wish(self, incident: Incident, at: datetime) -> None:
        """Another agency wishes to contact the same victim."""
        home = incident.home
        [(agency, reason, statutory)] = self.chance.choices(WISHES, WISH_SHARES)
        writer = Writer(self.chance, 0.08)
        request: dict[str, Any] = {
            "source": agency,
            "reference": f"{agency[:3].upper()}-{incident.reference}",
            "revision": 1,
            "status": "open",
            "area": home.area,
            "victim": writer.at_home(home.victim, home),
            "reason": reason,
            "statutory": statutory,
            "urgency": "immediate_threat" if self.chance.random() < 0.03 else "routine",
        }
        when = self._after(at, 5, 1200)
        self.weekend.say(
            when, "partner.contact-request.v1", {**request, "requested_at": when.isoformat()}
        )
        self.weekend.means(request, "victim", home.victim.id)
        if self.chance.random() < 0.05:
            withdrawn = {**request, "revision": 2, "status": "withdrawn"}
            self.weekend.say(self._after(when, 60, 900), "partner.contact-request.v1", withdrawn)

    def decide(self, incident: Incident, at: datetime) -> None:
        """A practitioner of MASH decides within the first hours."""
        when = self._after(at, 25, 220)
        decision = {
            "source": "mash",
            "incident_id": str(incident_id_of(POLICE, incident.reference)),
            "decision": self.chance.choice(("section_47", "section_17", "early_help")),
            "rationale": "Read the whole report and the history.",
            "decided_by": f"M-{self.chance.randint(1, 9)}",
            "at": when.isoformat(),
        }
        self.weekend.say(when, "partner.screening-decision.v1", decision)

    def first_contact(self, incident: Incident, agency: str, at: datetime) -> None:
        """The first lead of a victim whom nobody reported before tells what came of a call."""
        group = person_id_of(POLICE, incident.reference, "victim")
        [outcome] = self.chance.choices(OUTCOMES, OUTCOME_SHARES)
        when = self._after(at, 40, 210)
        told = {
            "source": agency,
            "lead_id": str(lead_id_of(group, 1)),
            "agency": agency,
            "fence": 1,
            "at": when.isoformat(),
        }
        call = {**told, "channel": "call", "outcome": outcome, "worker": "W-1"}
        self.weekend.say(when, "partner.contact-outcome.v1", call)
        if outcome == "reached" and self.chance.random() < 0.3:
            later = self._after(when, 300, 1500)
            closed = {**told, "at": later.isoformat(), "reason": "engaged_and_closed"}
            self.weekend.say(later, "partner.contact-closed.v1", closed)

    def acknowledge(self, incident: Incident, report: Form, at: datetime) -> None:
        """Schools confirm on the first school day, after the mails and before the next step."""
        authority = AUTHORITIES[incident.home.area]
        for day in days(at + timedelta(hours=9), self.end):
            if is_school_day(authority, day):
                break
        else:
            return
        for place, child in enumerate(report["children"], 1):
            if self.chance.random() < 0.7 and _has_school(child):
                self._acknowledge(incident, child, place, in_london(day, 8, 32))

    def _acknowledge(self, incident: Incident, child: Form, place: int, first: datetime) -> None:
        urn, incident_id = child["school_urn"], incident_id_of(POLICE, incident.reference)
        when = self._after(first, 0, 25)
        seen = {
            "source": urn,
            "alert_id": str(alert_id_of(incident_id, child.get("ref", str(place)), urn)),
            "by": "The office",
            "role": "key_adult",
            "at": when.isoformat(),
        }
        self.weekend.say(when, "partner.school-acknowledgement.v1", seen)

    def _after(self, at: datetime, least: int, most: int) -> datetime:
        return at + timedelta(seconds=self.chance.randint(least * 60, most * 60))


def _has_school(child: Form) -> bool:
    return child.get("education") == "registered" and child.get("school_urn") not in NO_SCHOOL


def _unsafe_now(victim: Form) -> Form:
    safe = victim.get("safe_contact")
    if not safe:
        return {**victim, "care_needs": True}
    return {**victim, "safe_contact": {**safe, "numbers": [], "unsafe_numbers": safe["numbers"]}}
