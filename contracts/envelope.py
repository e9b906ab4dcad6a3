"""An event, the envelope it travels in, and how both bind to a Kafka record (CloudEvents 1.0)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PrivateAttr


class Model(BaseModel):
    """A frozen piece of a contract; reading ignores fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Reason(Model):
    """Why something was decided: a code for machines, a sentence for people, nothing personal."""

    code: str
    sentence: str


class Problem(Model):
    """A fault in a partner's input; `path` is a JSON pointer, and the value is never quoted."""

    path: str
    code: str
    message: str


class Trail(NamedTuple):
    """Which report or request something is about; kept by a service beside what it is about."""

    subject: str
    """`source/reference` of the report or request."""
    correlation_id: UUID
    """The incident id of the report (its first victim's), or the request id."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What travels beside an event's payload; times are aware UTC."""

    id: UUID
    type: str
    source: str
    time: datetime
    subject: str
    key: str
    correlation_id: UUID
    causation_id: UUID | None = None
    dataschema: str | None = None
    traceparent: str | None = None
    received_at: datetime | None = None
    """When the platform took it in: a door's clock or the broker's append time, else `time`."""
    sequence: int = 0
    """Under a steered clock: the place of the input that caused it, which orders equal times."""

    @property
    def trail(self) -> Trail:
        """What the event is about."""
        return Trail(self.subject, self.correlation_id)


class Event(Model):
    """Something said on a topic; subclasses name the topic and the field that is the record's key.

    `key=None` means: keyed as the event it answers (alarms, refusals). An event that a handler
    hears carries the envelope it came in; one that it announces may say what it is about
    (`concerning`), when that is not what the event it answers is about.
    """

    TOPIC: ClassVar[str] = ""
    KEY: ClassVar[str | None] = None
    MINOR: ClassVar[int] = 0

    # Not private attributes of pydantic: filling those in costs more than reading most events.
    __slots__ = ("_envelope", "_key", "_trail")
    if TYPE_CHECKING:
        _envelope: Envelope
        _trail: Trail
        _key: str

    def __copy__(self) -> Self:
        """A copy stands in the same envelope."""
        copied = super().__copy__()
        for name in Event.__slots__:
            if (value := getattr(self, name, None)) is not None:
                setattr(copied, name, value)
        return copied

    @classmethod
    def __pydantic_init_subclass__(
        cls, topic: str | None = None, key: str | None = None, minor: int = 0, **kwargs: Any
    ) -> None:
        """Register the class under its topic; a class without a topic is a shape for others."""
        super().__pydantic_init_subclass__(**kwargs)
        if topic is None:
            return
        if topic in EVENTS:
            raise TypeError(f"two events claim the topic {topic}")
        cls.TOPIC, cls.KEY, cls.MINOR = topic, key, minor
        EVENTS[topic] = cls

    def __init_subclass__(
        cls, topic: str | None = None, key: str | None = None, minor: int = 0, **kwargs: Any
    ) -> None:
        """Accept the class keywords; pydantic hands them on to `__pydantic_init_subclass__`."""
        super().__init_subclass__(**kwargs)

    @property
    def envelope(self) -> Envelope:
        """The envelope it was heard in; an event that was never sent has none (LookupError)."""
        envelope: Envelope | None = _slot(self, Event._envelope)
        if envelope is None:
            raise LookupError(f"{type(self).__name__} was not heard from a topic")
        return envelope

    def heard_in(self, envelope: Envelope) -> Self:
        """The event as heard: itself, with its envelope."""
        object.__setattr__(self, "_envelope", envelope)
        return self

    @property
    def trail(self) -> Trail:
        """What it is about: as said with `concerning`, else as its envelope says."""
        return self.said_trail or self.envelope.trail

    def concerning(self, trail: Trail) -> Self:
        """Say that the event is about this report or request, not about its cause's."""
        object.__setattr__(self, "_trail", trail)
        return self

    @property
    def said_trail(self) -> Trail | None:
        """What `concerning` named, if anything."""
        trail: Trail | None = _slot(self, Event._trail)
        return trail

    def keyed(self, key: object) -> Self:
        """Say the record's key, for events that have no key field of their own."""
        object.__setattr__(self, "_key", str(key))
        return self

    @property
    def key(self) -> str | None:
        """The record's key, or None where it is that of the event it answers."""
        said: str | None = _slot(self, Event._key)
        if said is not None:
            return said
        return str(getattr(self, self.KEY)) if self.KEY else None


def _slot(event: Event, slot: Any) -> Any:
    """What stands in a slot, or None; asked of the slot itself, past pydantic's slow look-up."""
    try:
        return slot.__get__(event)
    except AttributeError:
        return None


EVENTS: dict[str, type[Event]] = {}
"""Every event class by its topic."""


class Versioned(Event):
    """An event about a thing: whole, with its speaker's own count of what it said about it."""

    version: int


class PartnerEvent(Event):
    """Something a partner sends; `source` is the sender and must be the authenticated one."""

    source: str = Field(max_length=200)

    _marks: tuple[Reason, ...] = PrivateAttr(default=())
    _digest: str = PrivateAttr(default="")

    @property
    def digest(self) -> str:
        """What is the same for the same content, key order aside; empty where it was not read."""
        return self._digest

    def digested(self, digest: str) -> Self:
        """The event with the digest of the content it was read from."""
        self._digest = digest
        return self

    @property
    def marks(self) -> tuple[Reason, ...]:
        """What the reading found missing, unknown or a placeholder, and kept out."""
        return self._marks

    def marked(self, marks: tuple[Reason, ...]) -> Self:
        """The event with what its reading marked."""
        self._marks = marks
        return self


class AlarmRaised(Event):
    """What a human must know or do; the kit also writes a notice to that role's desk."""

    to_role: str
    area: str
    code: str
    about: tuple[UUID, ...]
    due_at: AwareDatetime | None = None
    reasons: tuple[Reason, ...] = ()


class InputRefused(Event):
    """A partner's message was refused: nothing of it was accepted."""

    topic: str
    reference: str
    problems: tuple[Problem, ...]
