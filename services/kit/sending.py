"""Effects on the outside, as values: what a handler wants sent, and what it takes back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import Field

from contracts.envelope import Event, Model

A = TypeVar("A", bound=Event)


class Mail(Model):
    """A mail to one address, plain text with an optional HTML part; no address list."""

    to: str
    subject: str
    text: str
    html: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    """Such as `X-Onward-Reference` and `X-Onward-Step`; the gateway adds `X-Onward-Sent-At`."""


@dataclass(frozen=True, slots=True)
class Send(Generic[A]):
    """Hand a message to a gateway, at least once, under a deterministic reference.

    The intent commits with the state. `answer` is an event to oneself whose `outcome`
    (`accepted`, `refused`, `expired`, `uncertain`) and `at` the kit fills in when it is known;
    an alarm instead is raised only where the message was not accepted. What one batch queues
    is handed over in the order in which it was said.
    """

    reference: str
    """What makes this effect one: the same reference is never queued twice."""
    message: Mail
    answer: A | None = None
    gateway: str = "mail"
    not_before: datetime | None = None
    expires_at: datetime | None = None
    """After this it is not sent any more and the outcome is `expired`; None = a week."""
    at_most_once: bool = False
    """For what reaches a victim: an uncertain outcome is never retried by a machine."""
    thread: str | None = None
    """What may be ended together: see `EndThread`."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back an intent that nobody has claimed; one already claimed counts as sent."""

    reference: str


@dataclass(frozen=True, slots=True)
class EndThread:
    """Of a thread's messages, what was not handed over yet is not handed over any more.

    One whose delivery failed and waits to be tried again included: told late, it would be the
    last word. Nothing is raised about it, and nobody is told.
    """

    thread: str
