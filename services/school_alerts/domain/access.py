"""Who may open an alert's page: a one-time code to the mailbox that was told, few guesses."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.vocabulary import AlertId, RecipientRole
from services.school_alerts.domain.alert import Alert, Asked
from services.school_alerts.domain.readers import Reader

CODE_LASTS = timedelta(minutes=15)
CODE_DIGITS = 6
GUESSES = 5
CODES = 5
CODES_IN = timedelta(hours=1)
VISIT_LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class Code:
    """The last code sent to a reader, by its digest, and how often it was guessed at."""

    alert_id: AlertId
    role: RecipientRole
    salt: str
    digest: str
    """Empty once it was used or guessed at too often."""
    made_at: datetime
    guesses: int = 0
    since: datetime | None = None
    """Since when codes are counted."""
    sent: int = 0
    """How many were sent since then."""

    def is_open(self, now: datetime) -> bool:
        """Whether a guess is still listened to."""
        return bool(self.digest) and now < self.made_at + CODE_LASTS and self.guesses < GUESSES

    def matches(self, guess: str) -> bool:
        """Whether the guess is right."""
        return hmac.compare_digest(self.digest, digest_of(self.salt, guess))

    def guessed(self, guess: str) -> "Code":
        """The code after a guess: a right one uses it up."""
        digest = "" if self.matches(guess) else self.digest
        return replace(self, guesses=self.guesses + 1, digest=digest)


@dataclass(frozen=True)
class Visit:
    """Somebody proved to be a reader, for a while."""

    token_digest: str
    alert_id: AlertId
    role: RecipientRole
    until: datetime


def digest_of(salt: str, secret: str) -> str:
    """What is kept of a code or a token."""
    return hashlib.sha256(f"{salt}/{secret}".encode()).hexdigest()


def may_send_code(before: Code | None, now: datetime) -> bool:
    """Whether another code may be sent now."""
    if before is None or before.since is None or now >= before.since + CODES_IN:
        return True
    return before.sent < CODES


def counted(fresh: Code, before: Code | None) -> Code:
    """A new code, counted with those sent lately."""
    since = before.since if before else None
    if before is None or since is None or fresh.made_at >= since + CODES_IN:
        return replace(fresh, since=fresh.made_at, sent=1)
    return replace(fresh, since=since, sent=before.sent + 1)


def reader_of(alert: Alert, role: RecipientRole) -> Reader | None:
    """The reader of that role who was told, where there is one."""
    for told in alert.told:
        if told.reader.role is role and told.state is Asked.TOLD:
            return told.reader
    return None


def link_has_expired(alert: Alert, now: datetime, days: int) -> bool:
    """Whether a link of the alert opens nothing any more; from when a correction must be out it
    opens for as long again.
    """
    if alert.sent_at is None:
        return True
    told_at = max(alert.sent_at, alert.corrected_by or alert.sent_at)
    return now > told_at + timedelta(days=days)
