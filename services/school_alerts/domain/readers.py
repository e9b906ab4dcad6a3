"""Who at a school may be told: roles in order, less those of whom a party is one (domain 4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.vocabulary import EmployerRole, RecipientRole
from services.school_alerts.domain.schools import SCHOOL_ROLES, School, Schools


@dataclass(frozen=True, slots=True)
class Employer:
    """A school that employs a party to the incident; role None is unknown."""

    urn: str
    role: EmployerRole | None


@dataclass(frozen=True, slots=True)
class Reader:
    """A role and the address it is written to."""

    role: RecipientRole
    address: str

    @property
    def mailbox(self) -> str:
        """The address as compared."""
        return self.address.strip().casefold()

    @property
    def is_at_school(self) -> bool:
        """Whether they read it for a school, not at a desk of the authority."""
        return self.role in SCHOOL_ROLES


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may be told there, in order, and why others are not."""

    readers: tuple[Reader, ...]
    reasons: tuple[str, ...] = ()
    barred: frozenset[str] = frozenset()
    """Mailboxes of a party's own role."""
    nobody: bool = False
    """A party of unknown role works there: nobody there may be told."""

    def is_barred(self, reader: Reader) -> bool:
        """Whether a party may read what this reader is sent."""
        return reader.mailbox in self.barred or (self.nobody and reader.is_at_school)

    def next_after(self, asked: Iterable[str]) -> Reader | None:
        """The first reader whose mailbox was not written to yet."""
        mailboxes = set(asked)
        return next((r for r in self.readers if r.mailbox not in mailboxes), None)


NOBODY_THERE = Readers((), ("conflict_role_unknown",), nobody=True)


def readers_at(school: School, employers: Iterable[Employer], schools: Schools) -> Readers:
    """The roles that may be told: a party's own is skipped; of unknown role, nobody there may.

    Roles that share an address are one, so a skipped role's address is nobody's.
    """
    roles = {e.role for e in employers if _works_at(e, school, schools)}
    if None in roles:
        return NOBODY_THERE
    addressed = [Reader(r, a) for r in SCHOOL_ROLES if (a := school.address_of(r))]
    barred = frozenset(reader.mailbox for reader in addressed if reader.role.value in roles)
    kept: dict[str, Reader] = {}
    for reader in addressed:
        if reader.mailbox not in barred:
            kept.setdefault(reader.mailbox, reader)
    reasons = ("conflict_role_skipped",) if barred else ()
    if not kept:
        reasons = (*reasons, "no_reader")
    return Readers(tuple(kept.values()), reasons, barred)


def _works_at(employer: Employer, school: School, schools: Schools) -> bool:
    if employer.urn == school.urn:
        return True
    serving = schools.serving(employer.urn)
    return serving is not None and serving.urn == school.urn
