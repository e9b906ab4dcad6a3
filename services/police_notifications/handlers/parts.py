"""The sealed parts of an incident, each built by its column of the disclosure matrix."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from contracts.envelope import Model
from contracts.partner import Child, RiskAssessment, Victim
from contracts.sealed import CasePart, IdentityPart, SchoolPart, SealedParts
from contracts.vocabulary import RiskLevel
from services.police_notifications.domain.children import VICTIM
from services.police_notifications.domain.disclosure import Column, Row
from services.police_notifications.domain.policy import Policy
from services.police_notifications.domain.reports import Unsafe
from services.police_notifications.handlers.contact_part import contact_part
from services.police_notifications.handlers.school_parts import school_part
from services.police_notifications.handlers.sides import Side

M = TypeVar("M", bound=Model)

IDENTITY_FIELDS = frozenset(
    {
        *("given_names", "family_name", "previous_family_names", "known_as", "date_of_birth"),
        *("sex", "nhs_number", "relationship_to_victim", "ethnicity", "disability"),
        *("occupation", "employer_urn", "employer_role", "anonymous", "custody"),
        *("consent", "interpreter_language", "in_hospital", "care_needs", "wants_specialism"),
        *("education", "school_urn", "other_school_urns", "ref", "present", "witnessed"),
        *("injured", "unborn", "special_needs", "open_to_social_care"),
    }
)
CONTACT_FIELDS = frozenset({"address", "previous_addresses", "phones", "emails", "safe_contact"})
VOICE_FIELDS = frozenset({"voice", "voice_absent_reason"})
ANSWER_FIELDS = frozenset({"tool", "answers", "officer_grade", "professional_judgement"})
PLACE_FIELDS = frozenset({"location", "school_summary", "action_taken"})


def row_of(field: str, identity: Row, contact: Row) -> Row:
    """The matrix row that a field of a person stands in; KeyError where nobody said."""
    if field in VOICE_FIELDS:
        return Row.VOICE
    if field in CONTACT_FIELDS:
        return contact
    if field in IDENTITY_FIELDS:
        return identity
    raise KeyError(field)


@dataclass(frozen=True, slots=True)
class Disclosed:
    """An incident's side with what its parts need beyond the report."""

    side: Side
    refs: tuple[str, ...]
    """The children's, in the order of the report."""
    victim_may_be_child: bool
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
    shown_to = disclosed.policy.shown
    mash = _case(disclosed, shown_to[Column.MASH])
    alike = shown_to[Column.MASH] == shown_to[Column.IDVA]
    cells = {row: columns[Column.CONTACT] for row, columns in disclosed.policy.matrix.items()}
    return SealedParts(
        identity=_identity(disclosed, shown_to[Column.IDENTITY]),
        mash=mash,
        idva=mash if alike else _case(disclosed, shown_to[Column.IDVA]),
        contact=contact_part(disclosed.side, cells, disclosed.unsafe, disclosed.level),
        schools=_schools(disclosed),
    )


def _identity(disclosed: Disclosed, rows: frozenset[Row]) -> IdentityPart:
    return IdentityPart(
        victim_role=disclosed.side.victim_role,
        suspect_role=disclosed.side.suspect_role,
        **_people(disclosed, rows),
    )


def _case(disclosed: Disclosed, rows: frozenset[Row]) -> CasePart:
    report = disclosed.side.report
    found = _people(disclosed, rows)
    if Row.ANSWERS in rows and not disclosed.side.other_party:
        risk = report.risk or RiskAssessment()
        found |= {name: getattr(risk, name) for name in ANSWER_FIELDS}
    if Row.CIRCUMSTANCES in rows:
        found["circumstances"] = report.circumstances
    if Row.PLACE in rows:
        found |= {name: getattr(report, name) for name in PLACE_FIELDS}
    return CasePart(**found)


def _schools(disclosed: Disclosed) -> dict[str, str | SchoolPart]:
    level = disclosed.policy.school_content_level
    column = Column.of_school(level)
    cells = {row: columns[column] for row, columns in disclosed.policy.matrix.items()}
    told: dict[str, Child | Victim] = dict(disclosed.children)
    if disclosed.victim_may_be_child:
        told[VICTIM] = disclosed.side.victim
    return {
        ref: school_part(disclosed.side, child, cells, level, disclosed.happened_at)
        for ref, child in told.items()
    }


def _people(disclosed: Disclosed, rows: frozenset[Row]) -> dict[str, Any]:
    side = disclosed.side
    found: dict[str, Any] = {
        "victim": shown(side.victim, rows, Row.VICTIM_IDENTITY, Row.VICTIM_CONTACT)
    }
    if side.suspect is not None:
        found["suspect"] = shown(side.suspect, rows, Row.SUSPECT_IDENTITY, Row.SUSPECT_CONTACT)
    if Row.CHILDREN in rows:
        children = disclosed.children.items()
        found["children"] = {
            ref: shown(child, rows, Row.CHILDREN, Row.CHILDREN) for ref, child in children
        }
    return found


def shown(person: M, rows: frozenset[Row], identity: Row, contact: Row) -> M:
    """A person with the fields of these rows alone."""
    hidden = _hidden(type(person), rows, identity, contact)
    return person.model_copy(update=hidden) if hidden else person


@cache
def _hidden(
    kind: type[Model], rows: frozenset[Row], identity: Row, contact: Row
) -> Mapping[str, Any]:
    return {
        name: info.get_default(call_default_factory=True)
        for name, info in kind.model_fields.items()
        if row_of(name, identity, contact) not in rows
    }
