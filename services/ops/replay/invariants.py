"""What must hold at the end of every run, checked from outside over everything that was said."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.ops.platform.mail import REFERENCE, STEP, KeptMail
from services.ops.replay.figures import ALERTS, SCREENED
from services.ops.replay.leads import double_leads
from services.ops.replay.leaks import leaks_of
from services.ops.replay.lines import PARTNER
from services.ops.replay.said import Everything, Said

CANCELLED = "police.incident-cancelled.v1"
POLICE = ("police.incident-reported.v1", "police.incident-amended.v1", CANCELLED)
ONCE = ("Message-ID", "To", REFERENCE, STEP)
WISH_ENDS = (
    "contact.lead-granted.v1",
    "contact.request-covered.v1",
    "contact.request-flagged.v1",
    "contact.withheld.v1",
    "contact.closed.v1",
)


@dataclass(frozen=True)
class Run:
    """What a run left behind."""

    everything: Everything
    mails: tuple[KeptMail, ...]
    until: datetime
    parked: dict[str, int]
    undelivered: dict[str, int]


@dataclass(frozen=True)
class Broken:
    """A promise that did not hold: which, and where to look; nothing personal."""

    promise: str
    detail: str


def broken_promises(run: Run) -> list[Broken]:
    """Every promise that the run broke."""
    said = run.everything
    return [
        *_not_handled(run),
        *_said_twice(said),
        *_two_leads(said),
        *_unscreened(said),
        *_unanswered(said),
        *_late_in_silence(said, run.until),
        *_mailed_twice(run.mails),
        *_in_plain_words(said),
    ]


def _not_handled(run: Run) -> Iterable[Broken]:
    for promise, counts in (("parked", run.parked), ("undelivered", run.undelivered)):
        for service, count in counts.items():
            if count:
                yield Broken(promise, f"{service}: {count}")


def _said_twice(said: Everything) -> Iterable[Broken]:
    for topic, events in said.by_topic.items():
        if topic.startswith(PARTNER):
            continue
        doubled = [name for name, count in Counter(e.id for e in events).items() if count > 1]
        if doubled:
            yield Broken("said twice", f"{topic}: {len(doubled)} events, such as {doubled[0]}")


def _two_leads(said: Everything) -> Iterable[Broken]:
    for one, other in double_leads(said):
        yield Broken("two leads at once", f"{one.lead_id} and {other.lead_id}")


def _unscreened(said: Everything) -> Iterable[Broken]:
    screened = said.latest(SCREENED, "incident_id")
    for incident, newest in said.latest(POLICE, "incident_id").items():
        if newest.topic != CANCELLED and incident not in screened:
            yield Broken("not screened", f"incident {incident}")


def _unanswered(said: Everything) -> Iterable[Broken]:
    answered = {wish for event in said.on(*WISH_ENDS) for wish in _wishes(event)}
    requests = said.latest(("identity.contact-request-identified.v1",), "request_id")
    for request, event in requests.items():
        if event.data["status"] == "open" and request not in answered:
            yield Broken("a wish without an answer", f"request {request}")


def _wishes(event: Said) -> list[Any]:
    single = event.data.get("request_id")
    return [*event.data.get("request_ids", ()), *([single] if single else [])]


def _late_in_silence(said: Everything, until: datetime) -> Iterable[Broken]:
    alarms = said.on("schools.alarm-raised.v1", "ops.alarm-raised.v1")
    alarmed = {about for event in alarms for about in event.data["about"]}
    sent_late = [event for event in said.on("schools.alert-sent.v1") if event.data.get("late")]
    waiting = [e for e in said.latest(ALERTS, "alert_id").values() if _is_late(e, until)]
    for event in (*sent_late, *waiting):
        if not {event.data["alert_id"], event.data["incident_id"]} & alarmed:
            yield Broken("late without an alarm", f"alert {event.data['alert_id']}")


def _is_late(newest: Said, until: datetime) -> bool:
    due_by = newest.data.get("due_by")
    waits = newest.topic == "schools.alert-planned.v1"
    return waits and due_by is not None and datetime.fromisoformat(due_by) < until


def _mailed_twice(mails: Iterable[KeptMail]) -> Iterable[Broken]:
    counts = Counter(tuple(mail.headers.get(name) for name in ONCE) for mail in mails)
    for (message_id, _, reference, step), count in counts.items():
        if message_id and count > 1:
            yield Broken("mailed twice", f"{reference} {step}")


def _in_plain_words(said: Everything) -> Iterable[Broken]:
    for leak in leaks_of(said):
        yield Broken("in plain words", f"a {leak.kind} in {leak.topic} {leak.offset} {leak.path}")
