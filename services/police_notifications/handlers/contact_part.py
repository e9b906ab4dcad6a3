"""What the one who contacts the victim may know, cell by cell of the disclosure matrix."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.sealed import ContactPart
from contracts.vocabulary import RiskLevel
from services.police_notifications.domain.disclosure import Cell, Row
from services.police_notifications.domain.reports import Unsafe
from services.police_notifications.handlers.contact_points import safe_points, unsafe_points
from services.police_notifications.handlers.sides import Side

Unsafes = tuple[Unsafe, ...]


def contact_part(
    side: Side, cells: Mapping[Row, Cell], unsafe: Unsafes, level: RiskLevel
) -> ContactPart:
    """The part for contact, by the cells of its column."""
    found: dict[str, Any] = {}
    for row, cell in cells.items():
        if shows := SHOWS.get((row, cell)):
            found |= shows(side, unsafe, level)
    return ContactPart(**found)


def _names(side: Side, unsafe: Unsafes, level: RiskLevel) -> dict[str, Any]:
    victim = side.victim
    return {
        "given_names": victim.given_names,
        "family_name": victim.family_name,
        "known_as": victim.known_as,
        "date_of_birth": victim.date_of_birth,
        "interpreter_language": victim.interpreter_language,
    }


def _safe_ones(side: Side, unsafe: Unsafes, level: RiskLevel) -> dict[str, Any]:
    safe = side.victim.safe_contact
    if safe is None:
        return {}
    return {
        "said_safe": True,
        "code_word_agreed": safe.code_word_agreed,
        "points": safe_points(side.victim, unsafe),
        "windows": safe.windows,
        "verified_at": safe.verified_at,
    }


def _name_for_safety(side: Side, unsafe: Unsafes, level: RiskLevel) -> dict[str, Any]:
    suspect = side.suspect
    names = (suspect.given_names, suspect.family_name) if suspect else ()
    return {"suspect_name": " ".join(name for name in names if name) or None}


def _fingerprints(side: Side, unsafe: Unsafes, level: RiskLevel) -> dict[str, Any]:
    return {"unsafe": unsafe_points(unsafe)}


def _band(side: Side, unsafe: Unsafes, level: RiskLevel) -> dict[str, Any]:
    return {"risk_level": level}


def _count(side: Side, unsafe: Unsafes, level: RiskLevel) -> dict[str, Any]:
    return {"children_count": len(side.children)}


SHOWS: Mapping[tuple[Row, Cell], Callable[[Side, Unsafes, RiskLevel], dict[str, Any]]] = {
    (Row.VICTIM_IDENTITY, Cell.YES): _names,
    (Row.VICTIM_CONTACT, Cell.SAFE_ONES): _safe_ones,
    (Row.SUSPECT_IDENTITY, Cell.NAME): _name_for_safety,
    (Row.SUSPECT_CONTACT, Cell.FINGERPRINTS): _fingerprints,
    (Row.ANSWERS, Cell.BAND): _band,
    (Row.CHILDREN, Cell.COUNT): _count,
}
"""What a cell of the contact column shows; any other shows nothing."""
