"""How the plain fields of an event are put into words: times, roles, codes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.kit.working_time import LONDON

Body = Mapping[str, Any]


def clock(value: str | datetime | None) -> str:
    """A time as London reads it; `no time` where there is none."""
    if value is None:
        return "no time"
    time = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{time.astimezone(LONDON):%a %d %b %H:%M}"


def words(code: str | None) -> str:
    """A code as words."""
    return (code or "unknown").replace("_", " ")


def listed(codes: Iterable[str]) -> str:
    """Codes as a list in words."""
    return ", ".join(words(code) for code in codes) or "none"


def short(thing: str | None) -> str:
    """The beginning of an id, enough to tell things apart on a page."""
    return (thing or "?")[:8]


def reasons_of(body: Body) -> list[str]:
    """The sentences of an event's reasons and marks."""
    found = [*body.get("reasons", ()), *body.get("marks", ())]
    return list(dict.fromkeys(reason["sentence"] for reason in found))


def whom(body: Body) -> str:
    """Who is told: a school by its URN and role, or a desk of the authority."""
    role = words(body.get("recipient_role"))
    urn = body.get("school_urn")
    return f"the {role} of school {urn}" if urn else f"the {role} of {body.get('authority', '?')}"
