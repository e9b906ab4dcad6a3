"""By which rules an area decides: its policy, office hours, and which services have room."""

from dataclasses import dataclass

from services.kit.working_time import WorkingTime
from services.victim_contact.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Rules:
    """The area's policy and office hours, and the services that have no room now."""

    policy: Policy = Policy()  # noqa: RUF009
    office: WorkingTime = WorkingTime()  # noqa: RUF009
    full: frozenset[str] = frozenset()
    version: str = "default"
    """Of the area's policy: it is stored with every grant."""
