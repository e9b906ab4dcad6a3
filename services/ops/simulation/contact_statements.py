"""What victim_contact's own statements do in a simulated database."""

from collections.abc import Sequence
from uuid import UUID

from services.ops.simulation.statements import Statement
from services.ops.simulation.store import Row, Work
from services.victim_contact import store

ALIASES, LEADS, GROUPS = '"aliases"', '"leads"', '"contact_groups"'


async def aliased(work: Work, ids: Sequence[UUID]) -> list[Row]:
    """Who these persons turned out to be, and who those turned out to be in turn."""
    rows, known = work.rows(ALIASES), dict.fromkeys(ids)
    found: dict[UUID, Row] = {}
    while new := [row for _, row in rows if row["person_id"] in known.keys() - found.keys()]:
        found |= {row["person_id"]: row for row in new}
        known |= dict.fromkeys(row["kept_id"] for row in new)
    return list(found.values())


async def standing(work: Work) -> list[Row]:
    """How many leads stand, by area and agency."""
    counts: dict[tuple[str, str], int] = {}
    for _, row in work.rows(LEADS):
        if row["ended_at"] is None:
            place = (row["area"], row["agency"])
            counts[place] = counts.get(place, 0) + 1
    return [{"area": a, "agency": b, "count": count} for (a, b), count in sorted(counts.items())]


CONTACT = {
    store.ALIASED: Statement(aliased, "asks who is whom", writes=False),
    store.STANDING: Statement(standing, "counts the leads that stand", writes=False),
}
"""By the statement's own text."""
