"""What the platform's people are told at once: what of a service stands still, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.envelope import AlarmRaised, Envelope, Reason
from services.kit.headers import uuid_in
from services.kit.outbox import Row
from services.kit.parking import Parked, summary_of
from services.kit.runtime import Runtime

DESK = "platform"


def parked_alarm(runtime: Runtime, parked: Parked) -> AlarmRaised | None:
    """A message was parked: the gravest risk and the nearest clock of what is held."""
    if runtime.alarm is None:
        return None
    summary: Mapping[str, Any] = summary_of(parked.item)
    alarm = runtime.alarm(
        to_role=DESK,
        area=summary.get("area", DESK),
        code="message_parked",
        about=(parked.item.envelope.id,),
        due_at=summary.get("due_at"),
        reasons=_reasons(runtime.service.name, parked, summary),
    )
    return alarm.keyed(parked.item.envelope.key)


def refused_alarm(runtime: Runtime, row: Row) -> AlarmRaised | None:
    """The broker refuses a record: its key waits until somebody helps."""
    if runtime.alarm is None or row.topic == runtime.alarm.TOPIC:
        return None
    why = f"The broker refused a record of {len(row.body)} bytes for {row.topic}."
    alarm = runtime.alarm(
        to_role=DESK,
        area=DESK,
        code="record_refused",
        about=(row.id,),
        reasons=(Reason(code="record_refused", sentence=why),),
    )
    return alarm.keyed(row.key)


def stopped_alarm(runtime: Runtime, first: Envelope, why: str) -> AlarmRaised | None:
    """The consumer has stopped by itself before this message: everything it hears waits."""
    if runtime.alarm is None:
        return None
    name = runtime.service.name
    alarm = runtime.alarm(
        to_role=DESK,
        area=DESK,
        code="consumer_stopped",
        about=(first.id,),
        reasons=(
            Reason(code="consumer_stopped", sentence=f"{name} has stopped by itself: {why}."),
            Reason(code="waits", sentence="What it hears waits until it is started again."),
            Reason(code="where", sentence="See: onward lag"),
        ),
    )
    return alarm.keyed(name)


def cause_of(row: Row, now: datetime) -> Envelope:
    """What an alarm about a row answers: the row's own event."""
    return Envelope(
        id=row.id,
        type=row.topic,
        source=row.headers["ce_source"],
        time=now,
        subject=row.headers["ce_subject"],
        key=row.key,
        correlation_id=uuid_in(row.headers, "ce_correlationid") or row.id,
    )


def _reasons(service: str, parked: Parked, summary: Mapping[str, Any]) -> tuple[Reason, ...]:
    item = parked.item
    what = f"{service} could not handle a message on {item.record.topic} ({parked.reason})."
    look = f"See: onward parked show {item.envelope.id} --service {service}"
    found = [Reason(code=parked.reason, sentence=what)]
    if "risk" in summary:
        found.append(Reason(code="risk", sentence=f"It concerns a risk of {summary['risk']}."))
    return (*found, Reason(code="where", sentence=look))
