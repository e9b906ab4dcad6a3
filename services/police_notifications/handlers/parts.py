"""The sealed parts of an incident, each built by its column of the disclosure matrix."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from contracts.envelope import Model
from contracts.partner import Child, RiskAssessment, Suspect, Victim
from contracts.sealed import CasePart, ContactPart, IdentityPart, SealedParts
from contracts.vocabulary import RiskLevel
from services.police_notifications.domain.children import VICTIM
from services.police_notifications.domain.disclosure import Cell, Column, Row, narrowed
from services.police_notifications.domain.policy import Policy
from services.police_notifications.domain.reports import Unsafe
from services.police_notifications.handlers.contact_points import safe_points, unsafe_points
from services.police_notifications.handlers.school_parts import school_part
from services.police_notifications.handlers.sides import Side

M = TypeVar("M", bound=Model)
Matrix = Mapping[Row, Mapping[Column, Cell]]

CONTACT_FIELDS = frozenset({"address", "previous_addresses", "phones", "emails", "safe_contact"})
VOICE_FIELDS = frozenset({"voice", "voice_absent_reason"})
ANSWER_FIELDS = frozenset({"tool", "answers", "officer_grade", "professional_judgement"})
PLACE_FIELDS = frozenset({"location", "school_summary", "action_taken"})


def row_of(field: str, identity: Row, contact: Row) -> Row:
    """The matrix row that a field of a person stands in."""
    if field in VOICE_FIELDS:
        return Row.VOICE
    return contact if field in CONTACT_FIELDS else identity


@dataclass(frozen=True, slots=True)
class Disclosed:
    """An incident's side with what its parts need beyond the report."""

    side: Side
    refs: tuple[str, ...]
    """The children's, in the order of the report."""
    victim_is_child: bool
    level: RiskLevel
    happened_at: datetime
    unsafe: tuple[Unsafe, ...]
    policy: Policy

    @property
    def children(self) -> dict[str, Child]:
        """The report's children by `child_ref`."""
        return dict(zip(self.refs, self.side.children, strict=True))


def parts_of(disclosed: Disclosed) -> SealedParts:
    """Every audience's part, as content: the kit seals them."""
    matrix = narrowed(disclosed.policy.withheld)
    return SealedParts(
        identity=_identity(disclosed, matrix),
        mash=_case(disclosed, matrix, Column.MASH),
        idva=_case(disclosed, matrix, Column.IDVA),
        contact=_contact(disclosed, matrix),
        schools=_schools(disclosed, matrix),
    )


def _identity(disclosed: Disclosed, matrix: Matrix) -> IdentityPart:
    people = _people(disclosed, matrix, Column.IDENTITY)
    return IdentityPart(
        victim_role=disclosed.side.victim_role,
        suspect_role=disclosed.side.suspect_role,
        **people,
    )


def _case(disclosed: Disclosed, matrix: Matrix, column: Column) -> CasePart:
    report = disclosed.side.report
    found = _people(disclosed, matrix, column)
    if not disclosed.side.other_party and matrix[Row.ANSWERS][column] is Cell.YES:
        risk = report.risk or RiskAssessment()
        found |= {name: getattr(risk, name) for name in ANSWER_FIELDS}
    if matrix[Row.CIRCUMSTANCES][column] is Cell.YES:
        found["circumstances"] = report.circumstances
    if matrix[Row.PLACE][column] is Cell.YES:
        found |= {name: getattr(report, name) for name in PLACE_FIELDS}
    return CasePart(**found)


def _contact(disclosed: Disclosed, matrix: Matrix) -> ContactPart:
    side, safe = disclosed.side, disclosed.side.victim.safe_contact
    victim = side.victim
    return ContactPart(
        given_names=victim.given_names,
        family_name=victim.family_name,
        known_as=victim.known_as,
        date_of_birth=victim.date_of_birth,
        interpreter_language=victim.interpreter_language,
        code_word_agreed=bool(safe and safe.code_word_agreed),
        said_safe=safe is not None,
        points=safe_points(victim, disclosed.unsafe),
        unsafe=unsafe_points(disclosed.unsafe),
        windows=safe.windows if safe else (),
        verified_at=safe.verified_at if safe else None,
        suspect_name=_name_of(side.suspect),
        risk_level=disclosed.level,
        children_count=len(side.children),
    )


def _schools(disclosed: Disclosed, matrix: Matrix) -> dict[str, Any]:
    level = disclosed.policy.school_content_level
    column = Column.of_school(level)
    cells = {row: cells[column] for row, cells in matrix.items()}
    told: dict[str, Child | Victim] = dict(disclosed.children)
    if disclosed.victim_is_child:
        told[VICTIM] = disclosed.side.victim
    return {
        ref: school_part(disclosed.side, child, cells, level, disclosed.happened_at)
        for ref, child in told.items()
    }


def _people(disclosed: Disclosed, matrix: Matrix, column: Column) -> dict[str, Any]:
    allowed = {row for row, cells in matrix.items() if cells[column] is Cell.YES}
    side = disclosed.side
    found: dict[str, Any] = {
        "victim": shown(side.victim, allowed, Row.VICTIM_IDENTITY, Row.VICTIM_CONTACT)
    }
    if side.suspect is not None:
        rows = (Row.SUSPECT_IDENTITY, Row.SUSPECT_CONTACT)
        found["suspect"] = shown(side.suspect, allowed, *rows)
    if Row.CHILDREN in allowed:
        rows = (Row.CHILDREN, Row.CHILDREN)
        children = disclosed.children.items()
        found["children"] = {ref: shown(child, allowed, *rows) for ref, child in children}
    return found


def shown(person: M, allowed: Iterable[Row], identity: Row, contact: Row) -> M:
    """A person with the fields of these rows alone."""
    kind: Any = type(person)
    hidden = {
        name: info.get_default(call_default_factory=True)
        for name, info in kind.model_fields.items()
        if row_of(name, identity, contact) not in allowed
    }
    return person.model_copy(update=hidden) if hidden else person


def _name_of(suspect: Suspect | None) -> str | None:
    if suspect is None:
        return None
    return " ".join(name for name in (suspect.given_names, suspect.family_name) if name) or None
