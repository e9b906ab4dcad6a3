"""What was said about reaching a victim, and which of it is safe (domain.md 6.8)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from contracts.vocabulary import Channel, RiskLevel, named

Verified = dict[str, datetime]
"""When a fingerprint was last verified as safe."""


class About(NamedTuple):
    """Which report or request something is about."""

    subject: str
    correlation_id: UUID


@dataclass(frozen=True, slots=True)
class Point:
    """A way to reach her that was said safe."""

    kind: str
    channels: tuple[Channel, ...]
    value: str
    fingerprint: str | None
    voicemail_ok: bool = False
    mobile: bool = False
    shared: bool = False

    @property
    def is_personal(self) -> bool:
        """Her own: neither the household's nor anybody else's."""
        return self.mobile and not self.shared


@dataclass(frozen=True, slots=True)
class Mark:
    """A point that must not be used, by its fingerprint, since a time."""

    kind: str
    fingerprint: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """When contact is safe, in London; no closing time is midnight."""

    days: tuple[str, ...]
    opens: time = time(0)
    closes: time | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What one report or request says about reaching her, and what a worker must know."""

    said_safe: bool = False
    points: tuple[Point, ...] = ()
    windows: tuple[Window, ...] = ()
    verified_at: datetime | None = None
    given_names: str | None = None
    family_name: str | None = None
    known_as: tuple[str, ...] = ()
    date_of_birth: date | None = None
    interpreter_language: str | None = None
    code_word_agreed: bool = False
    suspect_name: str | None = None
    risk_level: RiskLevel | None = None
    children_count: int = 0

    @property
    def never(self) -> bool:
        """Windows were named, and none of them ever opens."""
        return bool(self.windows) and not any(window.days for window in self.windows)


@dataclass(frozen=True, slots=True)
class Given:
    """A safe point as a lead has it; once withdrawn it must not be used."""

    id: UUID
    channel: Channel
    person_id: UUID
    fingerprint: str
    withdrawn: bool = False

    @property
    def way(self) -> tuple[UUID, str, Channel]:
        """What makes it one, whatever id it was given under."""
        return (self.person_id, self.fingerprint, self.channel)


def is_safe(point: Point, marks: tuple[Mark, ...], verified: Verified) -> bool:
    """Nothing forbids it; a point that cannot be compared is unsafe."""
    return point.fingerprint is not None and not any(
        forbids(mark, point.fingerprint, point.kind, verified) for mark in marks
    )


def forbids(mark: Mark, fingerprint: str, kind: str, verified: Verified) -> bool:
    """Whether a mark makes a point unsafe; another key's fingerprint of its kind may be it."""
    later = verified.get(fingerprint)
    if mark.kind != kind or (later is not None and later > mark.since):
        return False
    return mark.fingerprint == fingerprint or key_of(mark.fingerprint) != key_of(fingerprint)


def key_of(fingerprint: str) -> str:
    """The id of the key that a fingerprint was made with."""
    return fingerprint.partition(":")[0]


def usable_channels(point: Point, one_chance: bool) -> tuple[Channel, ...]:
    """How a safe point may be used; honour-based abuse leaves her own mobile alone.

    The one-chance rule (HM Government, forced marriage guidance): no letter, no voicemail, no
    shared or household number, never through family.
    """
    if not one_chance:
        return point.channels
    if point.kind == "address" or (point.kind == "phone" and not point.is_personal):
        return ()
    return tuple(channel for channel in point.channels if channel is not Channel.LETTER)


@lru_cache(maxsize=10_000)
def point_id(person_id: UUID, fingerprint: str, channel: Channel) -> UUID:
    """The id by which agencies speak of a point; it tells nothing of its value."""
    return named("point", person_id, fingerprint, channel)
