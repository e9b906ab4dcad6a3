"""One alert: an incident, a child and a recipient, from plan to acknowledgement."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.vocabulary import AlertId, ContentLevel, IncidentId, RecipientRole
from services.school_alerts.domain.content import Content
from services.school_alerts.domain.readers import Reader


class Stage(StrEnum):
    """Where an alert stands."""

    PLANNED = "planned"
    SENDING = "sending"
    """Handed to the way out; no answer yet."""
    SENT = "sent"
    WITHHELD = "withheld"
    """Not told, and not to be as things stand."""
    ENDED = "ended"
    """Told, and told later that it holds no more."""


class Asked(StrEnum):
    """What came of writing to a reader."""

    WAITING = "waiting"
    TOLD = "told"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Told:
    """A reader who was written to."""

    reader: Reader
    state: Asked = Asked.WAITING
    content_version: int = 1
    reference: str | None = None
    """Of the last mail to them, which can be taken back while it waits."""
    is_party: bool = False
    """They were told, are a party to the incident, and the authority's lead knows it."""

    def withdrawn(self) -> "Told":
        """The same, nothing being in the queue for them any more."""
        state = Asked.FAILED if self.state is Asked.WAITING else self.state
        return replace(self, state=state, reference=None)


@dataclass(frozen=True)
class Alert:
    """An alert as it stands; `version` counts what was said about it."""

    alert_id: AlertId
    incident_id: IncidentId
    child_ref: str
    recipient: str
    """The school's URN, a desk's role, or `early_years`."""
    school_urn: str | None
    level: ContentLevel
    version: int = 0
    stage: Stage = Stage.PLANNED
    content_version: int = 1
    digest: str = ""
    """Of the content that was sent last, or is to be."""
    written: tuple[str, ...] = ()
    """The digest of each writing of the first letter: a mail may carry one before the last."""
    received_at: datetime | None = None
    due_by: datetime | None = None
    send_at: datetime | None = None
    sent_at: datetime | None = None
    corrected_by: datetime | None = None
    """By when the latest correction should be out."""
    said_sent: int = 0
    """The highest content version of which it was said that it was sent."""
    late: bool = False
    role: RecipientRole | None = None
    reason: str | None = None
    reasons: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    mail_reference: str | None = None
    """Of the first mail, while nobody knows what came of it."""
    step: int = 0
    """Steps of the ladder taken."""
    ladder_over: bool = False
    acknowledged_at: datetime | None = None
    overdue_said: bool = False
    disowned: bool = False
    """Who read it said that the child is not a pupil there."""

    @property
    def is_desk(self) -> bool:
        """A desk of the authority is told instead of a school."""
        return self.school_urn is None

    @property
    def was_told(self) -> bool:
        """Somebody has read it, or could have."""
        return self.stage in (Stage.SENT, Stage.ENDED)

    @property
    def climbs(self) -> bool:
        """Whether further steps are to be taken when nobody answers."""
        waiting = self.stage is Stage.SENT and self.acknowledged_at is None
        return waiting and not self.is_desk and not self.ladder_over

    @property
    def waits(self) -> bool:
        """Whether nobody knows yet what came of a mail."""
        return any(told.state is Asked.WAITING for told in self.told)

    @property
    def has_lead(self) -> bool:
        """Whether the authority's lead was written to."""
        return any(told.reader.role is RecipientRole.AUTHORITY_LEAD for told in self.told)

    def readers_told(self) -> tuple[Reader, ...]:
        """Everybody whose mail was accepted."""
        return tuple(told.reader for told in self.told if told.state is Asked.TOLD)

    def mailboxes(self) -> tuple[str, ...]:
        """Everybody who was written to, whatever came of it."""
        return tuple(told.reader.mailbox for told in self.told)

    def asked(self, reader: Reader) -> "Alert":
        """Written to this reader, with the content as it is."""
        rest = tuple(told for told in self.told if told.reader.mailbox != reader.mailbox)
        one = Told(reader, Asked.WAITING, self.content_version)
        return replace(self, told=(*rest, one), role=reader.role)

    def answered(self, role: RecipientRole, accepted: bool) -> "Alert":
        """The outcome of the mail to that role."""
        state = Asked.TOLD if accepted else Asked.FAILED
        told = tuple(
            replace(each, state=state) if each.reader.role is role else each for each in self.told
        )
        return replace(self, told=told)

    def posted(self, reader: Reader, reference: str) -> "Alert":
        """A mail to this reader stands in the queue under a reference."""
        return self._changed([reader], lambda told: replace(told, reference=reference))

    def withdrawn_from(self, reader: Reader) -> "Alert":
        """What waited for this reader was taken back: until news comes that it went out all the
        same, they were not told.
        """
        return self._changed([reader], Told.withdrawn)

    def knowing_parties(self, readers: Iterable[Reader]) -> "Alert":
        """The authority's lead knows that these, who were told, are parties to the incident."""
        return self._changed(readers, lambda told: replace(told, is_party=True))

    def _changed(self, readers: Iterable[Reader], change: Callable[[Told], Told]) -> "Alert":
        mailboxes = {reader.mailbox for reader in readers}
        told = (change(t) if t.reader.mailbox in mailboxes else t for t in self.told)
        return replace(self, told=tuple(told))

    def lettered(self, content: Content) -> "Alert":
        """Its first letter written, or written anew, with this content."""
        digest = content.digest
        written = (*self.written, digest)
        return replace(self, digest=digest, level=content.content_level, written=written)

    def spoken(self) -> "Alert":
        """The alert with one more thing said about it."""
        return replace(self, version=self.version + 1)
