"""Alerts that somebody was sent: corrected, ended, or escalated when a conflict becomes known."""

from dataclasses import replace

from contracts.schools import AlertCorrected, AlertEscalated
from contracts.vocabulary import RecipientRole
from services.kit.working_time import london_date
from services.school_alerts.domain.alert import Alert, Asked, Stage, Told
from services.school_alerts.domain.child import Child
from services.school_alerts.domain.deadline import slot_of
from services.school_alerts.domain.readers import Reader, Readers, readers_at
from services.school_alerts.handlers.letters import Step, Word
from services.school_alerts.handlers.steps import start_again
from services.school_alerts.handlers.turn import Turn

CANCELLED = "incident_cancelled"
LEFT_OUT = "child_left_out"
ELSEWHERE = "school_changed"
GROWN_UP = "not_a_child"
DISOWNED = "not_our_pupil"
CONFLICT = "conflict_learned"
CHANGED = "content_changed"
ANOTHER_AREA = "area_changed"
INSTEAD = "told_instead"
ENDING_WORDS = {CANCELLED: Word.CANCELLED, LEFT_OUT: Word.CHILD_LEFT_OUT}


def keep_told(turn: Turn, alert: Alert, child: Child) -> None:
    """An alert that still holds: corrected in substance, and away from a party who works there."""
    desk = desk_of(turn, alert)
    if desk and desk.mailbox not in alert.mailboxes():
        hand_over(turn, alert, child, desk)
        return
    content, revived = child.content, alert.stage is Stage.ENDED
    if revived or alert.digest != content.digest:
        alert = replace(alert, stage=Stage.SENT, digest=content.digest, level=content.content_level)
        alert = correct(turn, alert, CHANGED, Word.CHANGED)
    if revived:
        alert = start_again(turn, alert)
    meet_conflict(turn, alert)


def hand_over(turn: Turn, alert: Alert, child: Child, desk: Reader) -> None:
    """A desk's alert of another area now: the desk told before hears that it is not for it any
    more and is written to no further; this area's desk is told, with a deadline of its own.
    """
    held = replace(alert, stage=Stage.SENT, acknowledged_at=None).lettered(child.content)
    corrected = correct(turn, held, ANOTHER_AREA, Word.NO_LONGER_YOURS)
    anew = replace(corrected, told=()).asked(desk)
    start_again(turn, anew)
    turn.write(anew, desk, Step.FIRST)


def end_told(turn: Turn, alert: Alert, reason: str) -> None:
    """An alert that holds no more: everybody told is told so, and the ladder ends."""
    word = ENDING_WORDS.get(reason, Word.NO_LONGER_YOURS)
    correct(turn, replace(alert, stage=Stage.ENDED), reason, word)


def correct(turn: Turn, alert: Alert, reason: str, word: Word) -> Alert:
    """Say that an alert is corrected, and write to every role already told that still may read."""
    calendar = turn.calendar_of(alert)
    due_by = slot_of(turn.now, calendar, turn.view.district.policy).due_by
    readers = told_and_allowed(turn, alert)
    roles = tuple(reader.role for reader in readers)
    alert = replace(
        alert,
        content_version=alert.content_version + 1,
        corrected_by=due_by,
        role=_role_corrected(turn, alert, readers),
        reason=reason,
        reasons=(reason,),
    )
    alert = turn.say(AlertCorrected, alert, sent_at=None, late=False, recipient_roles=roles)
    for reader in readers:
        turn.write(alert, reader, Step.CORRECTION, word)
    return alert


def _role_corrected(turn: Turn, alert: Alert, readers: list[Reader]) -> RecipientRole | None:
    """The role that a correction is said of: one that is told, never a party's own."""
    if all(told.reader.role is not alert.role for told in barred_of(turn, alert)):
        return alert.role
    if readers:
        return readers[-1].role
    return turn.lead.role if alert.stage is Stage.SENT else None


def word_of(alert: Alert) -> Word:
    """What the latest correction of an alert tells."""
    if alert.stage is not Stage.ENDED:
        return Word.CHANGED
    return ENDING_WORDS.get(alert.reason or "", Word.NO_LONGER_YOURS)


def meet_conflict(turn: Turn, alert: Alert) -> None:
    """Learned after sending that a reader is a party: what waits for them is taken back. Where they
    were told, the lead is and a telephone rings; where not, whoever is next is written to.
    """
    barred = barred_of(turn, alert)
    for told in barred:
        if told.reference:
            turn.take_back(told.reference)
            alert = alert.withdrawn_from(told.reader)
            turn.alerts.put(alert)
    if alert.is_desk or alert.stage is not Stage.SENT:
        return
    parties = barred_of(turn, alert)
    if any(not each.is_party for each in parties):
        alert = alert.knowing_parties(each.reader for each in parties)
        if not alert.has_lead:
            alert = escalate(turn, alert, turn.lead, CONFLICT)
        if alert.ladder_over:
            turn.alerts.put(alert)
            turn.alarm(alert, CONFLICT)
        else:
            ring(turn, alert, CONFLICT)
    elif barred and not parties and not alert.ladder_over:
        climb(turn, alert, CONFLICT)


def desk_of(turn: Turn, alert: Alert) -> Reader | None:
    """The desk that a desk's alert is for, by the report's area as it stands."""
    return turn.view.district.desk(RecipientRole(alert.recipient)) if alert.is_desk else None


def barred_of(turn: Turn, alert: Alert) -> list[Told]:
    """Those told, or waited for, who may not be told any more."""
    there = readers_of(turn, alert)
    told = (told for told in alert.told if told.state is not Asked.FAILED)
    return [each for each in told if there.is_barred(each.reader)]


def climb(turn: Turn, alert: Alert, reason: str) -> Alert:
    """Tell whoever is next: a role at the school, the authority's lead, a telephone."""
    reader = readers_of(turn, alert).next_after(alert.mailboxes())
    if reader is None and not alert.has_lead:
        reader = turn.lead
    return escalate(turn, alert, reader, reason) if reader else ring(turn, alert, reason)


def escalate(turn: Turn, alert: Alert, reader: Reader, reason: str) -> Alert:
    """Tell the next reader, once, and say so."""
    alert = replace(alert.asked(reader), reason=reason, reasons=(reason,))
    alert = turn.say(AlertEscalated, alert)
    turn.write(alert, reader, Step.of(reader.role))
    return alert


def ring(turn: Turn, alert: Alert, why: str) -> Alert:
    """The last step: a person telephones."""
    alert = replace(alert, ladder_over=True, reason="phone_task", reasons=("phone_task",))
    alert = replace(alert, role=RecipientRole.AUTHORITY_LEAD)
    alert = turn.say(AlertEscalated, alert)
    turn.alarm(alert, "phone_task", why=(why,))
    return alert


def readers_of(turn: Turn, alert: Alert) -> Readers:
    """Who at the alert's school may read as things stand; nobody at a closed one or a desk."""
    school = turn.view.book.schools.of(alert.school_urn)
    if school is None or not school.is_open:
        return Readers(())
    return readers_at(school, turn.case.employers, turn.view.book.schools)


def told_and_allowed(turn: Turn, alert: Alert) -> list[Reader]:
    """Those told that still may read: a correction goes to each."""
    there = readers_of(turn, alert)
    return [reader for reader in alert.readers_told() if not there.is_barred(reader)]


def has_aged(turn: Turn, alert: Alert) -> bool:
    """Whether an alert is too old for a school to be told that the child has left since."""
    sent_at = alert.sent_at or turn.now
    days = (london_date(turn.now) - london_date(sent_at)).days
    return days > turn.view.district.policy.moved_days
