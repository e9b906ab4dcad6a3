"""What is sealed to whom: the content of each audience's part, and how parts stand in an event.

In memory a part is its content where a service seals or may open it, else the compact JWE as it
came. On the wire it is always the JWE; the kit opens and seals, handlers never touch a key.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AwareDatetime, Field, WithJsonSchema

from contracts.envelope import Model
from contracts.partner import (
    Child,
    ContactWindow,
    Location,
    ProfessionalJudgement,
    Suspect,
    Victim,
)
from contracts.vocabulary import ContentLevel, PersonId, RiskLevel, Tool

PointKind = Literal["phone", "email", "address"]
FingerprintOf = Callable[[str, str], str]
"""(kind, value as written) -> `<key id>:<keyed digest of the normalised value>`."""


class Content(Model):
    """The content of a sealed part."""


class IdentityPart(Content):
    """Who the parties are: all that person_matching compares.

    Roles name the record within the report: `victim`, `suspect`, `other_party`, `child/<ref>`.
    In a counter-allegation's second incident `victim_role` is `other_party` and `suspect_role`
    is `victim`: the same records of the same report.
    """

    victim_role: str
    victim: Victim
    suspect_role: str | None = None
    suspect: Suspect | Victim | None = None
    children: dict[str, Child] = Field(default_factory=dict)
    """By `child_ref`; a child's role is `child/<child_ref>`."""


class CasePart(Content):
    """All that a professional who works the case may read (MASH, IDVA and MARAC)."""

    victim: Victim
    suspect: Suspect | Victim | None = None
    children: dict[str, Child] = Field(default_factory=dict)
    tool: Tool | None = None
    answers: dict[str, str] = Field(default_factory=dict)
    officer_grade: RiskLevel | None = None
    professional_judgement: ProfessionalJudgement | None = None
    circumstances: str | None = None
    location: Location | None = None
    school_summary: str | None = None
    action_taken: str | None = None


class SafePoint(Content):
    """A way to reach the victim that was said safe."""

    kind: PointKind
    channels: tuple[str, ...]
    """Channels it may be used for: `call`, `text`, `email`, `letter`."""
    value: str
    voicemail_ok: bool = False
    mobile: bool = False
    """A personal number: not a landline, not shared with the household."""
    shared: bool = False
    """Said or known to be shared (a landline, `shared_with_suspect`)."""
    fingerprint: str | None = None


class UnsafePoint(Content):
    """A point that must not be used; its value never leaves who says it: only the fingerprint."""

    kind: PointKind
    value: str | None = None
    fingerprint: str | None = None
    since: AwareDatetime | None = None

    def hidden(self, fingerprint_of: FingerprintOf) -> Self:
        """The point by its fingerprint alone."""
        if self.value is None:
            return self
        fingerprint = fingerprint_of(self.kind, self.value)
        return self.model_copy(update={"value": None, "fingerprint": fingerprint})


class ContactPart(Content):
    """What the one who contacts the victim may know."""

    given_names: str | None = None
    family_name: str | None = None
    known_as: tuple[str, ...] = ()
    date_of_birth: date | None = None
    interpreter_language: str | None = None
    code_word_agreed: bool = False
    said_safe: bool = False
    """Whether a `safe_contact` came at all."""
    points: tuple[SafePoint, ...] = ()
    unsafe: tuple[UnsafePoint, ...] = ()
    windows: tuple[ContactWindow, ...] = ()
    verified_at: AwareDatetime | None = None
    suspect_name: str | None = None
    """For the worker's safety; no address or number of the suspect."""
    risk_level: RiskLevel | None = None
    children_count: int = 0

    def fingerprinted(self, fingerprint_of: FingerprintOf) -> Self:
        """The part as it is sealed: every safe point with its fingerprint, unsafe ones hidden."""
        points = tuple(
            p.model_copy(update={"fingerprint": fingerprint_of(p.kind, p.value)})
            for p in self.points
        )
        unsafe = tuple(point.hidden(fingerprint_of) for point in self.unsafe)
        return self.model_copy(update={"points": points, "unsafe": unsafe})


class UnsafePart(Content):
    """Points that other records make unsafe for this victim, as fingerprints."""

    victim_id: PersonId
    points: tuple[UnsafePoint, ...] = ()

    def fingerprinted(self, fingerprint_of: FingerprintOf) -> Self:
        """The part as it is sealed."""
        points = tuple(point.hidden(fingerprint_of) for point in self.points)
        return self.model_copy(update={"points": points})


class SchoolPart(Content):
    """What one child's school may be told, at the area's level; checked texts only."""

    content_level: ContentLevel
    given_names: str | None = None
    family_name: str | None = None
    date_of_birth: date | None = None
    incident_date: date
    police_reference: str | None = None
    present: bool | None = None
    location_kind: str | None = None
    voice: str | None = None
    voice_absent_reason: str | None = None
    school_summary: str | None = None
    action_taken: str | None = None
    left_out: tuple[str, ...] = ()
    """Codes of texts that failed the check, such as `voice_names_another`."""


_TEXT = WithJsonSchema({"type": "string"})


class SealedParts(Model):
    """The parts of an event, by audience."""

    identity: Annotated[str | IdentityPart, _TEXT] | None = None
    mash: Annotated[str | CasePart, _TEXT] | None = None
    idva: Annotated[str | CasePart, _TEXT] | None = None
    contact: Annotated[str | ContactPart, _TEXT] | None = None
    contact_unsafe: Annotated[str | UnsafePart, _TEXT] | None = None
    schools: dict[str, Annotated[str | SchoolPart, _TEXT]] = Field(default_factory=dict)
    """By `child_ref`."""

    def without(self, *audiences: str) -> "SealedParts":
        """The parts as passed on, less those that nobody after may open."""
        empty: dict[str, object] = dict.fromkeys(audiences)
        if "schools" in empty:
            empty["schools"] = {}
        return self.model_copy(update=empty)


C = TypeVar("C", bound=Content)


def opened(part: str | Content | None, kind: type[C]) -> C:
    """The content of a part that the kit opened; LookupError where it is absent or still sealed."""
    if isinstance(part, kind):
        return part
    raise LookupError(f"no opened {kind.__name__} in this event")
