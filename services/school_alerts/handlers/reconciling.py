"""An incident's alerts made what they should be now, whatever the news was."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from services.kit.working_time import london_date
from services.school_alerts.domain.alert import Alert, Asked, Stage, Told
from services.school_alerts.domain.child import Child
from services.school_alerts.domain.wish import Wish, rescheduled
from services.school_alerts.handlers.planning import (
    plan,
    take_back,
    withhold,
    write_first,
    write_on,
)
from services.school_alerts.handlers.settling import (
    CANCELLED,
    CONFLICT,
    DISOWNED,
    ELSEWHERE,
    GROWN_UP,
    INSTEAD,
    LEFT_OUT,
    barred_of,
    end_told,
    has_aged,
    keep_told,
)
from services.school_alerts.handlers.turn import Turn

UNANSWERED = (Stage.PLANNED, Stage.SENDING)


@dataclass(frozen=True)
class Standing:
    """A child's wishes beside its alerts."""

    child: Child
    wishes: Sequence[Wish]
    alerts: Sequence[Alert]
    revised: bool
    """The news is a revision by the police, not who is who or where a child learns."""
    renamed: bool
    """The revision names the child for the first time, or says otherwise where it learns."""

    def wish_for(self, alert: Alert) -> Wish | None:
        """The wish that this alert is, or whose school it told."""
        for wish in self.wishes:
            if wish.recipient == alert.recipient or _school_of(wish) == alert.recipient:
                return wish
        return None

    @property
    def doubted(self) -> bool:
        """Where the child learns is not certain any more, but nothing says that it left."""
        return any(wish.place.doubted for wish in self.wishes)


def reconcile(turn: Turn, *, revised: bool = False, renamed: Collection[str] = ()) -> None:
    """Bring every alert of the incident to where it should be.

    `renamed`: the children of whom a revision says otherwise where they learn.
    """
    alerts = turn.alerts.of_incident(turn.case.incident_id)
    for child in turn.case.children:
        own = [alert for alert in alerts if alert.child_ref == child.ref]
        wishes = turn.wishes_of(child)
        standing = Standing(child, wishes, own, revised, child.ref in renamed)
        _reconcile_child(turn, standing)
    for alert in alerts:
        if turn.case.child(alert.child_ref) is None:
            _drop(turn, alert, LEFT_OUT if turn.case.live else CANCELLED)
    _write_again(turn)


def send_due(turn: Turn) -> None:
    """Write every alert of the incident whose time has come; siblings' letters share a mail."""
    for alert in turn.alerts.of_incident(turn.case.incident_id):
        if alert.stage is Stage.PLANNED and alert.send_at and alert.send_at <= turn.now:
            wish = turn.wish_of(alert)
            if wish is not None:
                write_first(turn, alert, wish)


def _reconcile_child(turn: Turn, standing: Standing) -> None:
    for alert in standing.alerts:
        wish = standing.wish_for(alert)
        if wish is None:
            _leave(turn, alert, standing)
        elif alert.was_told:
            keep_told(turn, alert, standing.child)
        elif alert.stage in UNANSWERED and wish.recipient != alert.recipient:
            withhold(turn, alert, next(iter(wish.reasons), ELSEWHERE))
        elif alert.digest != standing.child.content.digest or _waits_for_barred(turn, alert):
            take_back(turn, alert)
    for wish in standing.wishes:
        _fulfil(turn, wish, standing)
    _relieve_desks(turn, standing)


def _leave(turn: Turn, alert: Alert, standing: Standing) -> None:
    """Nobody wishes this alert any more."""
    reason = ELSEWHERE if standing.child.is_due else GROWN_UP
    if alert.disowned:
        reason = DISOWNED
    if alert.stage in UNANSWERED:
        withhold(turn, alert, reason)
        return
    # A desk keeps it until whoever is wished instead is told, or will be.
    stays = alert.is_desk or standing.doubted or (not standing.renamed and has_aged(turn, alert))
    if alert.stage is Stage.SENT and not stays:
        end_told(turn, alert, reason)


def _relieve_desks(turn: Turn, standing: Standing) -> None:
    """A desk that was told is concerned no more once all that is wished instead is on its way."""
    alerts = turn.alerts.of_incident(turn.case.incident_id)
    own = [alert for alert in alerts if alert.child_ref == standing.child.ref]
    if standing.doubted or not all(_is_met(wish, own) for wish in standing.wishes):
        return
    for alert in own:
        left = alert.is_desk and alert.stage is Stage.SENT and standing.wish_for(alert) is None
        if left and (standing.renamed or not has_aged(turn, alert)):
            end_told(turn, alert, INSTEAD if standing.child.is_due else GROWN_UP)


def _is_met(wish: Wish, alerts: Iterable[Alert]) -> bool:
    """Whether what is wished is planned, told, or withheld by policy."""
    here = (wish.recipient, _school_of(wish))
    stands = [a.stage for a in alerts if a.recipient in here and a.stage is not Stage.ENDED]
    return any(wish.place.is_withheld or stage is not Stage.WITHHELD for stage in stands)


def _drop(turn: Turn, alert: Alert, reason: str) -> None:
    """The incident, or the child in it, is no more."""
    if alert.stage in UNANSWERED:
        withhold(turn, alert, reason)
    elif alert.stage is Stage.SENT:
        end_told(turn, alert, reason)
    elif alert.stage is Stage.ENDED and reason == CANCELLED and alert.reason != CANCELLED:
        # Whoever was told keeps a record, wherever the child went since.
        end_told(turn, alert, reason)


def _fulfil(turn: Turn, wish: Wish, standing: Standing) -> None:
    """Plan what is wished, unless it is told already or the child only moved after it was."""
    told = [alert for alert in standing.alerts if alert.was_told]
    here = (wish.recipient, _school_of(wish))
    if any(a.recipient in here for a in standing.alerts if a.was_told or a.stage is Stage.SENDING):
        return
    planned = next((a for a in standing.alerts if a.recipient == wish.recipient), None)
    if planned and planned.stage is Stage.PLANNED and planned.received_at:
        # What was planned when it became known keeps that time, whatever the report's is.
        later_of = max(planned.received_at, wish.received_at)
        plan(turn, standing.child, rescheduled(wish, later_of, turn.view))
    elif not told or standing.renamed or (standing.revised and _none_right(turn, told, standing)):
        plan(turn, standing.child, _since_the_revision(turn, wish, standing) if told else wish)
    elif not wish.place.doubted and _none_right(turn, told, standing):
        plan(turn, standing.child, rescheduled(wish, turn.now, turn.view))


def _since_the_revision(turn: Turn, wish: Wish, standing: Standing) -> Wish:
    """A desk that a revision brings in after a school was told has its clock from there."""
    if any(urn in standing.child.schools_named_at for urn in wish.place.named):
        return wish
    return rescheduled(wish, max(wish.received_at, turn.case.received_at), turn.view)


def _none_right(turn: Turn, told: Iterable[Alert], standing: Standing) -> bool:
    """Whether only desks were told, or a school where the child was not even then."""
    return all(alert.is_desk or not _was_right(turn, alert, standing.child) for alert in told)


def _was_right(turn: Turn, alert: Alert, child: Child) -> bool:
    places = turn.view.places(child, london_date(alert.sent_at or turn.now))
    return any(p.doubted or (p.school and p.school.urn == alert.recipient) for p in places)


def _school_of(wish: Wish) -> str | None:
    return wish.place.school.urn if wish.place.school else None


def _waits_for_barred(turn: Turn, alert: Alert) -> list[Told]:
    """Those waited for who may not be told any more."""
    return [told for told in barred_of(turn, alert) if told.state is Asked.WAITING]


def _write_again(turn: Turn) -> None:
    """What a mail carried that was taken back goes out as it is now, without who left, and to
    whoever may be told.
    """
    for alert in turn.alerts.of_incident(turn.case.incident_id):
        child = turn.case.child(alert.child_ref)
        if alert.stage is not Stage.SENDING or alert.mail_reference not in turn.taken_back:
            continue
        barred, wish = _waits_for_barred(turn, alert), turn.wish_of(alert)
        if barred and wish:
            for told in barred:
                alert = alert.withdrawn_from(told.reader)
            write_on(turn, alert, wish, CONFLICT)
        elif child:
            alert = alert.lettered(child.content)
            turn.alerts.put(alert)
            turn.write_again(alert)
