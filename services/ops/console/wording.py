"""How the plain fields of an event are put into words: times, roles, codes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from contracts.vocabulary import RecipientRole
from services.kit.working_time import LONDON

Body = Mapping[str, Any]
OF_THE_AUTHORITY = frozenset(
    {RecipientRole.EDUCATION_TEAM, RecipientRole.AUTHORITY_OFFICER, RecipientRole.AUTHORITY_LEAD}
)


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
    """Who is told: somebody at a school, or the authority's lead or a desk of its; or nobody."""
    role, urn = body.get("recipient_role"), body.get("school_urn")
    if role is None:
        return f"anybody at school {urn}" if urn else "anybody"
    if urn and role not in OF_THE_AUTHORITY:
        return f"the {words(role)} of school {urn}"
    for_school = f" for school {urn}" if urn else ""
    return f"the {words(role)} of {body.get('authority', '?')}{for_school}"
