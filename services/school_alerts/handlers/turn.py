"""One pass over an incident: what is said about its alerts, and what is written to whom."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from contracts.envelope import Reason, Trail
from contracts.schools import (
    Alert as AlertSaid,
)
from contracts.schools import (
    AlertAcknowledged,
    AlertCorrected,
    AlertDue,
    AlertEscalated,
    AlertMailEnded,
    AlertPlanned,
    AlertSent,
    AlertWithheld,
    DeadlineDue,
    EscalationDue,
    SchoolsAlarm,
    SchoolsInputRefused,
)
from contracts.vocabulary import RecipientRole, child_id_of
from services.kit.sending import Send, Withdraw
from services.kit.timers import Later
from services.school_alerts.domain.alert import Alert, Asked
from services.school_alerts.domain.calendar import Calendar
from services.school_alerts.domain.case import Case
from services.school_alerts.domain.child import Child
from services.school_alerts.domain.readers import Reader
from services.school_alerts.domain.wish import View, Wish, wishes_of
from services.school_alerts.handlers.background import (
    NOTHING,
    Background,
    named,
    schools_to_call,
)
from services.school_alerts.handlers.letters import Letter, Step, Word, mails_of
from services.school_alerts.handlers.reasons import reasons_of
from services.school_alerts.working_set import Alerts

Said = (
    AlertPlanned
    | AlertSent
    | AlertAcknowledged
    | AlertEscalated
    | AlertWithheld
    | AlertCorrected
    | SchoolsAlarm
    | SchoolsInputRefused
    | Later[AlertDue]
    | Later[DeadlineDue]
    | Later[EscalationDue]
    | Send[AlertMailEnded]
    | Withdraw
)
"""All that a handler may announce: most news can lead to any of it."""

A = TypeVar("A", bound=AlertSaid)
LEAD = "authority_lead"
MASH = "mash"
TO_TELEPHONE = frozenset({"phone_task", "conflict_learned"})
"""Alarms upon which somebody speaks to the school."""


@dataclass
class Turn:
    """One pass; it ends with `done`."""

    alerts: Alerts
    case: Case
    now: datetime
    said: list[Said] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)
    """References of mails that were withdrawn in this pass."""

    def __post_init__(self) -> None:
        self.view: View = self.alerts.view_of(self.case)
        self._wishes: dict[str, tuple[Wish, ...]] = {}

    def wishes_of(self, child: Child) -> tuple[Wish, ...]:
        """Who is to be told about the child; the same throughout the pass."""
        if child.ref not in self._wishes:
            self._wishes[child.ref] = wishes_of(child, self.view, self.now)
        return self._wishes[child.ref]

    def wish_of(self, alert: Alert) -> Wish | None:
        """The alert's wish as things stand."""
        child = self.case.child(alert.child_ref)
        wishes = self.wishes_of(child) if child else ()
        return next((wish for wish in wishes if wish.recipient == alert.recipient), None)

    @property
    def trail(self) -> Trail:
        """The report that everything here is about."""
        return Trail(self.case.subject, self.case.correlation_id)

    @property
    def lead(self) -> Reader:
        """The authority's lead."""
        return self.view.district.desk(RecipientRole.AUTHORITY_LEAD)

    def calendar_of(self, alert: Alert) -> Calendar:
        """The calendar of the alert's school, or of a desk."""
        school = self.view.book.schools.of(alert.school_urn)
        if school is None:
            return self.view.book.desk_calendar(self.view.district.authority)
        return self.view.book.calendar(school)

    def say(self, kind: type[A], alert: Alert, **over: Any) -> Alert:
        """Say something about an alert, whole, and keep it as it is now."""
        spoken = alert.spoken()
        self.alerts.put(spoken)
        event = kind(**{**self._fields(spoken), **over}).concerning(self.trail)
        self.said.append(event)  # type: ignore[arg-type]
        return spoken

    def alarm(
        self, alert: Alert, code: str, to_role: str = LEAD, why: tuple[str, ...] = ()
    ) -> None:
        """Tell a desk what it must know or do about an alert; who telephones hears which school."""
        urns = self._schools_of(alert) if code in TO_TELEPHONE else ()
        schools = [Reason(code="school", sentence=s) for s in schools_to_call(urns, self.view)]
        alarm = SchoolsAlarm(
            to_role=to_role,
            area=self.case.area,
            code=code,
            about=(alert.alert_id, child_id_of(alert.incident_id, alert.child_ref)),
            due_at=alert.due_by,
            reasons=(*reasons_of((code, *why)), *schools),
        )
        self.said.append(alarm.concerning(self.trail))

    def write(self, alert: Alert, reader: Reader, step: Step, word: Word = Word.ALERT) -> None:
        """Write an alert's letter to a reader."""
        child = self.case.child(alert.child_ref)
        family = child.content.family if child and not child.is_party else ""
        content = child.content if child and word in (Word.ALERT, Word.CHANGED) else None
        policy = self.view.district.policy
        letter = Letter(alert, reader, step, word, content, family, policy.page, policy.gateway)
        background = self._background(letter)
        self.letters.append(replace(letter, background=background))

    def write_again(self, alert: Alert) -> None:
        """Write the first letter again, in the place of a mail that was withdrawn."""
        for told in alert.told:
            if told.state is Asked.WAITING:
                self.write(alert, told.reader, Step.FIRST)
                self.letters[-1] = replace(self.letters[-1], reference=alert.mail_reference)

    def done(self) -> list[Said]:
        """Everything said, the letters as mails."""
        for together, send in mails_of(self.letters):
            answer = send.answer and send.answer.concerning(self.trail)
            self.said.append(replace(send, answer=answer))
            for letter in together:
                self._remember(letter, send.reference)
        return self.said

    def _remember(self, letter: Letter, reference: str) -> None:
        alert = self.alerts.of(letter.alert.alert_id)
        if alert is None:
            return
        alert = alert.posted(letter.reader, reference)
        if letter.step is Step.FIRST:
            alert = replace(alert, mail_reference=reference)
        self.alerts.put(alert)

    def take_back(self, reference: str) -> None:
        """Withdraw a mail, if it still can be."""
        if reference not in self.taken_back:
            self.said.append(Withdraw(reference))
            self.taken_back.append(reference)

    def _background(self, letter: Letter) -> Background:
        """Which school it is about, and why it comes to a desk, or no longer concerns it."""
        alert, role = letter.alert, letter.reader.role
        if letter.reader.is_at_school:
            return NOTHING
        urns, wish = self._schools_of(alert), self.wish_of(alert)
        first = wish is not None and alert.is_desk and letter.word is Word.ALERT
        codes = wish.place.reasons if wish and first else alert.reasons
        calls = role is RecipientRole.AUTHORITY_LEAD and letter.content is not None
        lines = schools_to_call(urns, self.view) if calls else (named(u, self.view) for u in urns)
        return Background(tuple(lines), tuple(reason.sentence for reason in reasons_of(codes)))

    def _schools_of(self, alert: Alert) -> tuple[str, ...]:
        """The URNs of the schools that an alert is about."""
        if alert.school_urn:
            return (alert.school_urn,)
        wish = self.wish_of(alert)
        return wish.schools if wish else ()

    def _fields(self, alert: Alert) -> dict[str, Any]:
        district = self.view.district
        corrected = alert.content_version > 1
        return {
            "version": alert.version,
            "alert_id": alert.alert_id,
            "incident_id": alert.incident_id,
            "child_ref": alert.child_ref,
            "child_id": child_id_of(alert.incident_id, alert.child_ref),
            "area": self.case.area,
            "school_urn": alert.school_urn,
            "authority": district.authority,
            "content_level": alert.level,
            "content_version": alert.content_version,
            "due_by": alert.corrected_by if corrected else alert.due_by,
            "send_at": None if corrected else alert.send_at,
            "sent_at": alert.sent_at,
            "acknowledged_at": alert.acknowledged_at,
            "late": alert.late,
            "recipient_role": alert.role,
            "reason": alert.reason,
            "reasons": reasons_of(alert.reasons),
            "policy_version": district.policy_version,
        }
