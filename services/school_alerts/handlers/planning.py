"""Alerts that nobody was sent yet: planned, planned anew, or withheld."""

from dataclasses import replace
from datetime import datetime

from contracts.schools import AlertDue, AlertEscalated, AlertPlanned, AlertWithheld
from contracts.vocabulary import alert_id_of
from services.kit.timers import later
from services.school_alerts.domain.alert import Alert, Asked, Stage
from services.school_alerts.domain.child import Child
from services.school_alerts.domain.deadline import paced
from services.school_alerts.domain.wish import Wish
from services.school_alerts.handlers.letters import Step
from services.school_alerts.handlers.steps import set_deadline
from services.school_alerts.handlers.turn import MASH, Turn

LEFT_OUT = "child_left_out"


def plan(turn: Turn, child: Child, wish: Wish) -> None:
    """Plan a wish as an alert, or withhold it; what stands so already is not said again."""
    before = turn.alerts.of(alert_id_of(turn.case.incident_id, child.ref, wish.recipient))
    alert = _blank(turn, child, wish) if before is None else before
    if wish.place.is_withheld:
        _withhold_wish(turn, alert, wish, new=before is None)
        return
    planned = _planned(turn, alert, child, wish)
    if planned == before:
        return
    planned = turn.say(AlertPlanned, planned)
    due = AlertDue(
        alert_id=planned.alert_id,
        incident_id=planned.incident_id,
        content_version=planned.content_version,
    )
    send_at, due_by = planned.send_at or turn.now, planned.due_by or turn.now
    turn.said.append(later(due.concerning(turn.trail), at=send_at))
    set_deadline(turn, planned, due_by)


def withhold(turn: Turn, alert: Alert, reason: str) -> None:
    """What was not sent will not be; a mail on its way is taken back if it still can be."""
    held = replace(alert, stage=Stage.WITHHELD, reason=reason, reasons=(reason,))
    held = turn.say(AlertWithheld, held)
    if reason == LEFT_OUT:
        turn.alarm(held, LEFT_OUT, MASH)
    take_back(turn, alert)


def write_first(turn: Turn, alert: Alert, wish: Wish) -> Alert | None:
    """Write an alert to the first reader who was not asked yet; None where there is none."""
    child = turn.case.child(alert.child_ref)
    asked = set(alert.mailboxes())
    reader = next((r for r in wish.readers if r.mailbox not in asked), None)
    if reader is None or child is None:
        return None
    alert = replace(alert, stage=Stage.SENDING).lettered(child.content).asked(reader)
    turn.alerts.put(alert)
    turn.write(alert, reader, Step.FIRST)
    return alert


def write_on(turn: Turn, alert: Alert, wish: Wish, reason: str) -> None:
    """Write to the next reader; where the school has none left, to the authority's lead."""
    if write_first(turn, alert, wish) is None and not (alert.is_desk or alert.has_lead):
        alert = replace(alert.asked(turn.lead), reason=reason, reasons=(reason,))
        alert = turn.say(AlertEscalated, alert)
        turn.write(alert, turn.lead, Step.FIRST)


def _blank(turn: Turn, child: Child, wish: Wish) -> Alert:
    school = wish.place.school
    told = school is not None and school.urn == wish.recipient
    return Alert(
        alert_id=alert_id_of(turn.case.incident_id, child.ref, wish.recipient),
        incident_id=turn.case.incident_id,
        child_ref=child.ref,
        recipient=wish.recipient,
        school_urn=wish.recipient if told else None,
        level=child.content.content_level,
    )


def _planned(turn: Turn, alert: Alert, child: Child, wish: Wish) -> Alert:
    slot, codes = wish.slot, (*wish.reasons, *child.content.left_out)
    stands = alert.stage is Stage.PLANNED and alert.send_at is not None
    same_time = (alert.received_at, alert.due_by) == (wish.received_at, slot.due_by)
    send_at = alert.send_at if stands and same_time else _send_at(turn, wish)
    return replace(
        alert,
        stage=Stage.PLANNED,
        level=child.content.content_level,
        received_at=wish.received_at,
        due_by=slot.due_by,
        send_at=send_at,
        late=bool(send_at and send_at > slot.due_by),
        role=wish.readers[0].role if wish.readers else None,
        reason=codes[0] if codes else None,
        reasons=codes,
        told=tuple(told for told in alert.told if told.state is Asked.TOLD),
        mail_reference=alert.mail_reference if stands else None,
    )


def _send_at(turn: Turn, wish: Wish) -> datetime:
    slot, policy = wish.slot, turn.view.district.policy
    if slot.send_at <= turn.now:
        return turn.now
    place = turn.alerts.planned_for(slot.due_by)
    return max(turn.now, paced(slot.send_at, slot.due_by, place, policy))


def _withhold_wish(turn: Turn, alert: Alert, wish: Wish, *, new: bool) -> None:
    held = replace(
        alert,
        stage=Stage.WITHHELD,
        reason=wish.reasons[0] if wish.reasons else None,
        reasons=wish.reasons,
    )
    if new or held != alert:
        turn.say(AlertWithheld, held)


def take_back(turn: Turn, alert: Alert) -> None:
    """Withdraw the mail of an alert that nobody has answered for yet, if it still can be.

    What else it carried is written again under the same reference.
    """
    if alert.stage is Stage.SENDING and alert.mail_reference:
        turn.take_back(alert.mail_reference)
