"""How a town answers what the services say: a pure reaction to each event, for tests and demos."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from services.ops.generate.followups import OUTCOME_SHARES, OUTCOMES
from services.ops.generate.lines import Line

Event = dict[str, Any]
"""A structured CloudEvent, as a dump has it."""
STAGES = 3
"""How many leads of a group answer; after that the town is silent and leases lapse."""


def respond(event: Event) -> list[Line]:
    """What partners send because of an event; the same event is always answered the same way."""
    answer = {
        "contact.lead-granted.v1": _lead,
        "schools.alert-sent.v1": _school,
        "identity.review-opened.v1": _review,
        "mash.incident-screened.v1": _practitioner,
    }.get(event["type"])
    return answer(event["data"], datetime.fromisoformat(event["time"])) if answer else []


def _lead(lead: Event, at: datetime) -> list[Line]:
    chance = Random(f"lead/{lead['lead_id']}")
    if lead["fence"] > STAGES or chance.random() < 0.3:
        return []
    [outcome] = chance.choices(OUTCOMES, OUTCOME_SHARES)
    due = datetime.fromisoformat(lead["first_attempt_due_at"])
    when = at + (due - at) * chance.uniform(0.1, 0.8)
    told = {name: lead[name] for name in ("lead_id", "agency", "fence")}
    told |= {"source": lead["agency"]}
    call = {**told, "channel": "call", "outcome": outcome, "at": when.isoformat()}
    lines = [Line(when, "partner.contact-outcome.v1", call)]
    if outcome in ("reached", "declined"):
        ended = when + timedelta(hours=chance.randint(2, 70))
        reason = "engaged_and_closed" if outcome == "reached" else "declined"
        closed = {**told, "reason": reason, "at": ended.isoformat()}
        lines.append(Line(ended, "partner.contact-closed.v1", closed))
    return lines


def _school(alert: Event, at: datetime) -> list[Line]:
    chance = Random(f"alert/{alert['alert_id']}")
    if chance.random() < 0.25 or "school_urn" not in alert:
        return []
    when = at + timedelta(minutes=chance.randint(5, 180))
    seen = {
        "source": alert["school_urn"],
        "alert_id": alert["alert_id"],
        "by": "The office",
        "role": alert.get("recipient_role", "key_adult"),
        "at": when.isoformat(),
    }
    return [Line(when, "partner.school-acknowledgement.v1", seen)]


def _review(review: Event, at: datetime) -> list[Line]:
    chance = Random(f"review/{review['review_id']}")
    if chance.random() < 0.2:
        return []
    when = at + timedelta(minutes=chance.randint(15, 600))
    decision = {
        "source": "mash",
        "review_id": review["review_id"],
        "decision": chance.choice(("same", "different")),
        "decided_by": "M-4",
        "rationale": "Compared both records with the officer.",
        "at": when.isoformat(),
    }
    return [Line(when, "partner.identity-decision.v1", decision)]


def _practitioner(screening: Event, at: datetime) -> list[Line]:
    chance = Random(f"screening/{screening['incident_id']}/{screening['version']}")
    if screening.get("due_at") is None or chance.random() < 0.6:
        return []
    when = at + (datetime.fromisoformat(screening["due_at"]) - at) * chance.uniform(0.2, 1.1)
    decision: Event = {
        "source": "mash",
        "incident_id": screening["incident_id"],
        "decision": chance.choice(("section_47", "section_17", "early_help", "information_only")),
        "rationale": "Read the whole report and the history.",
        "decided_by": "M-2",
        "at": when.isoformat(),
    }
    if chance.random() < 0.2:
        level = chance.choice(("HIGH", "MEDIUM", "STANDARD"))
        decision |= {"risk_level": level, "second_approver": "M-8"}
    return [Line(when, "partner.screening-decision.v1", decision)]
