"""The room played without a platform: timers fire in order, mails are answered at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from contracts.envelope import Envelope, Event
from contracts.schools import AlertMailEnded, AlertPlanned, AlertWithheld, SchoolsAlarm
from services.kit.sending import Mail, Send, Withdraw
from services.kit.subscriptions import heard_by
from services.kit.timers import Later
from services.school_alerts.app import SERVICE
from services.school_alerts.domain.policy import Policy
from services.school_alerts.domain.schools import School
from services.school_alerts.working_set import Alerts
from tests.services.school_alerts.builders import MONDAY_7, an_incident, london, some_alerts

E = TypeVar("E", bound=Event)
SATURDAY = london("2026-11-07T10:00")
HANDLERS = {kind: handler for handler in SERVICE.hears for kind in heard_by(handler)}


@dataclass
class Posted:
    """A mail that was handed over."""

    at: datetime
    reference: str
    mail: Mail

    @property
    def step(self) -> str:
        """Its `X-Onward-Step`."""
        return self.mail.headers["X-Onward-Step"]

    @property
    def carries(self) -> list[UUID]:
        """The alerts it carries."""
        return [UUID(each) for each in self.mail.headers["X-Onward-Reference"].split()]


@dataclass
class Room:
    """school_alerts at work in memory."""

    alerts: Alerts = field(default_factory=some_alerts)
    said: list[Event] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    outcome: Callable[[Mail], str] = lambda mail: "accepted"
    held_back: bool = False
    """Whether the way out is stuck: mails are queued, and nobody claims them."""
    _queue: list[tuple[datetime, int, Any]] = field(default_factory=list)
    _sendings: dict[str, Send[Any]] = field(default_factory=dict)
    _numbers: int = 0

    def hear(self, event: Any) -> list[Any]:
        """One event from outside, at its own time; everything due before it has happened."""
        self.until(event.envelope.time)
        return self._hear(event, event.envelope.time)

    def until(self, moment: datetime) -> None:
        """Let the clocks run to a moment, inclusive."""
        while self._queue and min(self._queue)[0] <= moment:
            due = min(self._queue)
            self._queue.remove(due)
            self._hear(due[2], due[0])

    def release(self, at: datetime) -> None:
        """The way out works again: what is queued is handed over."""
        self.held_back = False
        for send in list(self._sendings.values()):
            self._post(send, at)

    def of(self, kind: type[E]) -> list[E]:
        """Everything said of one kind."""
        return [event for event in self.said if isinstance(event, kind)]

    def alarms(self, code: str) -> list[SchoolsAlarm]:
        """The alarms of a code."""
        return [alarm for alarm in self.of(SchoolsAlarm) if alarm.code == code]

    def mails(self, step: str) -> list[Posted]:
        """The mails of a step."""
        return [posted for posted in self.posted if posted.step == step]

    def _hear(self, event: Any, now: datetime) -> list[Any]:
        answers: list[Any] = list(HANDLERS[type(event)](event, self.alerts, now))
        for answer in answers:
            self._take(answer, event.envelope, now)
        return answers

    def _take(self, answer: Any, cause: Envelope, now: datetime) -> None:
        match answer:
            case Later():
                self._later(answer.event, cause, max(answer.at, now))
            case Send():
                if answer.reference not in self._sendings:
                    self._sendings[answer.reference] = answer
                    self._cause = cause
                    if not self.held_back:
                        self._post(answer, now)
            case Withdraw():
                if self.held_back:
                    self._sendings.pop(answer.reference, None)
            case _:
                self.said.append(answer)

    def _post(self, send: Send[Any], at: datetime) -> None:
        if any(posted.reference == send.reference for posted in self.posted):
            return
        outcome = self.outcome(send.message)
        if outcome == "accepted":
            self.posted.append(Posted(at, send.reference, send.message))
        asked: AlertMailEnded | None = send.answer
        assert asked is not None
        self._later(asked.model_copy(update={"outcome": outcome, "at": at}), self._cause, at)

    def _later(self, event: Any, cause: Envelope, at: datetime) -> None:
        self._numbers += 1
        self._queue.append((at, self._numbers, event.heard_in(cause)))


def told(room: Room) -> set[str]:
    """Who is to be told: schools by URN, desks by role."""
    news = [said for said in room.said if isinstance(said, AlertPlanned | AlertWithheld)]
    newest = {said.alert_id: said for said in news}
    standing = [said for said in newest.values() if isinstance(said, AlertPlanned)]
    return {said.school_urn or str(said.recipient_role) for said in standing}


def planned(child: Any, *schools: School, policy: Policy | None = None) -> Room:
    """A room that heard of a child."""
    room = Room(some_alerts(*schools, policy=policy))
    room.hear(an_incident(child))
    return room


def a_room(*children: Any, until: datetime = SATURDAY, **over: Any) -> Room:
    """A room that heard of Friday night's incident, some time later."""
    room = Room()
    room.hear(an_incident(*children, **over))
    room.until(until)
    return room


def on_its_way(room: Room, news: Any) -> None:
    """Bring an incident's first mail to where it is handed over and nobody knows it yet."""
    room.hear(news)
    room.until(MONDAY_7 - timedelta(minutes=1))
    for timer in [event for at, _, event in room._queue if at == MONDAY_7]:
        room._hear(timer, MONDAY_7)
