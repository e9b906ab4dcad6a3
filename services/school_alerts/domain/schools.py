"""The register of schools: who is open, who follows a closed one, whom to write to there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.vocabulary import RecipientRole

SCHOOL_ROLES = (RecipientRole.KEY_ADULT, RecipientRole.DEPUTY, RecipientRole.HEAD)
"""In the order in which they are told [N]."""
NURSERY = "nursery"


@dataclass(frozen=True, slots=True)
class School:
    """An establishment as the national register (GIAS) has it, with its contacts by role."""

    urn: str
    authority: str
    name: str
    status: str
    phase: str | None = None
    low_age: int | None = None
    high_age: int | None = None
    successor: str | None = None
    contacts: Mapping[RecipientRole, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """`Open`, and what begins so, such as `Open, but proposed to close`."""
        return self.status.startswith("Open")

    @property
    def is_nursery(self) -> bool:
        """A maintained nursery school."""
        return (self.phase or "").casefold() == NURSERY

    def takes(self, age: int, in_august: int) -> bool:
        """Whether a child of that age is taught here: who had the highest age by 31 August has
        left since, who came to it afterwards has one more year here.
        """
        low, high = self.low_age, self.high_age
        return low is not None and high is not None and low <= age and in_august < high

    def address_of(self, role: RecipientRole) -> str | None:
        """The role's address; made up only where the school has none at all."""
        if not self.contacts:
            return f"{role}.{self.urn}@schools.invalid"
        return self.contacts.get(role)


@dataclass(frozen=True)
class Schools:
    """Every establishment known, by URN."""

    by_urn: Mapping[str, School] = field(default_factory=dict)

    def of(self, urn: str | None) -> School | None:
        """The establishment, open or closed."""
        return self.by_urn.get(urn) if urn else None

    def serving(self, urn: str | None) -> School | None:
        """The open school of this URN or of its successors; None where the line ends."""
        seen: set[str] = set()
        school = self.of(urn)
        while school and not school.is_open and school.urn not in seen:
            seen.add(school.urn)
            school = self.of(school.successor)
        return school if school and school.is_open else None
