"""What a desk of the authority is told beside the child's record: which school, and why it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.school_alerts.domain.readers import readers_at
from services.school_alerts.domain.wish import View


@dataclass(frozen=True)
class Background:
    """In sentences, nothing of who a party is; a reader at a school is told none of it."""

    schools: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


NOTHING = Background()
NOBODY = " Neither its key adult nor its deputy nor its head may be told."


def schools_to_call(urns: Iterable[str], view: View) -> Iterator[str]:
    """The schools by name, and whom to speak to there where that is not everybody."""
    for urn in urns:
        school, line = view.book.schools.of(urn), named(urn, view)
        there = readers_at(school, view.case.employers, view.book.schools) if school else None
        if there and (there.barred or there.nobody):
            roles = ", ".join(reader.role.replace("_", " ") for reader in there.readers)
            line += f" To be spoken to there: {roles}." if roles else NOBODY
        yield line


def named(urn: str, view: View) -> str:
    """A school by its name; by its URN alone where the register of schools has none."""
    school = view.book.schools.of(urn)
    return f"School: {school.name} (URN {urn})." if school else f"School: URN {urn}."
