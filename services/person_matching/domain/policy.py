"""What an area may decide about matching; the defaults are those of the domain."""

from dataclasses import dataclass

from services.person_matching.domain.points import postcode


@dataclass(frozen=True, slots=True)
class Policy:
    """An area's own values."""

    shared_postcodes: tuple[str, ...] = ()
    """Postcodes of refuges, police stations and hospitals: nobody's home."""
    review_high_minutes: int = 60
    """How soon a human decides where the risk is HIGH or the threat immediate."""
    review_working_hours: float = 10.0
    """How soon otherwise: a working day."""
    review_role: str = "mash"
    """Whose desk decides."""
    supervisor_role: str = "mash_supervisor"
    """Who is told when nobody decided in time."""

    @property
    def nobodys_homes(self) -> frozenset[str]:
        """The shared postcodes as they are compared."""
        return frozenset(found for code in self.shared_postcodes if (found := postcode(code)))
