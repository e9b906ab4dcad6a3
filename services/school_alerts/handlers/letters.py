"""What is written to a reader: one letter an alert, siblings' letters in one mail."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.schools import AlertMailEnded, CarriedAlert
from contracts.vocabulary import RecipientRole
from services.kit.sending import Mail, Send
from services.school_alerts.domain.alert import Alert
from services.school_alerts.domain.content import Content
from services.school_alerts.domain.readers import Reader
from services.school_alerts.handlers.background import NOTHING, Background

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=False,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def one_line(text: str) -> str:
    """A partner's words on one line: none of them may look like a line of ours."""
    return " ".join(text.split())


TEMPLATES.filters["one_line"] = one_line


class Step(StrEnum):
    """Which mail of an alert it is; the header `X-Onward-Step`."""

    FIRST = "first"
    DEPUTY = "deputy"
    HEAD = "head"
    AUTHORITY_LEAD = "authority_lead"
    CORRECTION = "correction"

    @classmethod
    def of(cls, role: RecipientRole) -> "Step":
        """The step at which a role is told when nobody before it answered."""
        return cls(role.value) if role.value in cls._value2member_map_ else cls.FIRST


class Word(StrEnum):
    """What a record of a mail tells."""

    ALERT = "alert"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    CHILD_LEFT_OUT = "child_left_out"
    NO_LONGER_YOURS = "no_longer_yours"


@dataclass(frozen=True)
class Letter:
    """One alert's record for one reader."""

    alert: Alert
    reader: Reader
    step: Step
    word: Word
    content: Content | None
    family: str
    """Children of one family name are siblings, and may share a mail; empty = alone."""
    page: str
    """Where the page of alerts is."""
    gateway: str
    """The way out."""
    background: Background = NOTHING
    """For a reader at a desk of the authority."""
    reference: str | None = None
    """Where the mail takes the place of one that was withdrawn."""

    @property
    def own_reference(self) -> str:
        """What makes this letter one."""
        alert = self.alert
        return f"alert/{alert.alert_id}/{alert.content_version}/{self.step}/{self.reader.role}"

    @property
    def carried(self) -> CarriedAlert:
        """What its mail's answer says of it."""
        alert = self.alert
        first = self.step is Step.FIRST and bool(alert.written)
        return CarriedAlert(
            alert_id=alert.alert_id,
            content_version=alert.content_version,
            writing=len(alert.written) - 1 if first else None,
        )

    @property
    def mail_key(self) -> tuple[str, ...]:
        """Letters with the same key go in one mail."""
        shared = f"{self.alert.school_urn}/{self.family}" if self.shares else ""
        alone = "" if shared else str(self.alert.alert_id)
        return (self.reader.mailbox, self.reader.role, self.step, shared, alone)

    @property
    def shares(self) -> bool:
        """Whether it may stand beside a sibling's: at one school, under one name."""
        return bool(self.family and self.alert.school_urn)

    @property
    def may_disown(self) -> bool:
        """Whether its page lets this reader say that the child is not a pupil there."""
        return self.reader.is_at_school and self.content is not None

    @property
    def link(self) -> str:
        """The page where the alert is read and acknowledged; nothing personal."""
        return f"{self.page}/alerts/{self.alert.alert_id}/{self.reader.role}"


def mails_of(letters: Iterable[Letter]) -> Iterator[tuple[list[Letter], Send[AlertMailEnded]]]:
    """The letters as mails to hand over, each with the letters it carries."""
    groups: dict[tuple[str, ...], list[Letter]] = {}
    for letter in letters:
        groups.setdefault(letter.mail_key, []).append(letter)
    for together in groups.values():
        yield together, _send(together)


def _send(letters: list[Letter]) -> Send[AlertMailEnded]:
    first = letters[0]
    carries = tuple(each.carried for each in letters)
    answer = AlertMailEnded(
        alert_id=first.alert.alert_id,
        incident_id=first.alert.incident_id,
        content_version=first.alert.content_version,
        step=first.step,
        role=first.reader.role,
        carries=carries,
    )
    reference = first.reference or first.own_reference
    return Send(reference, _mail(letters), answer, gateway=first.gateway)


def _mail(letters: list[Letter]) -> Mail:
    first = letters[0]
    headers = {
        "X-Onward-Reference": " ".join(str(letter.alert.alert_id) for letter in letters),
        "X-Onward-Step": first.step.value,
    }
    given: dict[str, Any] = {"letters": letters, "reader": first.reader, "step": first.step}
    text = TEMPLATES.get_template("mail.txt.j2").render(given)
    subject = TEMPLATES.get_template("subject.txt.j2").render(given).strip()
    return Mail(to=first.reader.address, subject=subject, text=text, headers=headers)
