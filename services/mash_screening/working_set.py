"""The cases a batch may touch, in memory, and the rules of their areas."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from services.kit.areas import Policies
from services.kit.rows import Rows
from services.kit.working_time import WorkingTime
from services.mash_screening.domain.case import Case
from services.mash_screening.domain.decisions import Ruling
from services.mash_screening.domain.history import Past
from services.mash_screening.domain.policy import Policy
from services.mash_screening.domain.screening import Rules


@dataclass(frozen=True)
class Reference:
    """What stands beside the rows: area policy and office hours."""

    policies: Policies[Policy] = Policies({}, {}, Policy())  # noqa: RUF009
    office: WorkingTime = WorkingTime()  # noqa: RUF009


@dataclass(frozen=True, slots=True)
class Heard:
    """The highest version of an incident that person_matching said."""

    incident_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The part sealed for MASH, as it came: opened only when somebody looks."""

    incident_id: UUID
    revision: int
    part: str


@dataclass(frozen=True, slots=True)
class KeptRuling:
    """A practitioner's decision with its rationale, which travels nowhere."""

    ruling_id: UUID
    incident_id: UUID
    at: datetime
    ruling: Ruling


def id_named(text: str) -> UUID | None:
    """An id as a partner wrote it, or None where it is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None


class Cases:
    """Cases by incident; built empty, it is also the test double."""

    def __init__(
        self,
        cases: Iterable[Case] = (),
        heard: Iterable[Heard] = (),
        reference: Reference | None = None,
    ) -> None:
        self.reference = reference or Reference()
        self.rows = Rows[UUID, Case](attrgetter("incident_id"), cases)
        self._by_person = self.rows.by(lambda case: case.persons)
        self.heard = Rows[UUID, Heard](attrgetter("incident_id"), heard)
        self.files = Rows[UUID, CaseFile](attrgetter("incident_id"))
        self.rulings = Rows[UUID, KeptRuling](attrgetter("ruling_id"))

    def of(self, incident_id: UUID) -> Case | None:
        """The case, or None when the incident was never screened."""
        return self.rows.get(incident_id)

    def put(self, case: Case) -> None:
        """Keep the case as it is now."""
        self.rows.put(case)

    def is_news(self, incident_id: UUID, version: int) -> bool:
        """Whether a version is higher than any heard of this incident; it is from now on."""
        before = self.heard.get(incident_id)
        if before and before.version >= version:
            return False
        self.heard.put(Heard(incident_id, version))
        return True

    def live_with(self, persons: set[UUID]) -> list[Case]:
        """Live cases in which any of these is victim or suspect, the earliest first."""
        found = [case for case in self._by_person.among(persons) if case.live]
        return sorted(found, key=lambda case: case.place.turn)

    def history_with(self, persons: set[UUID]) -> list[Past]:
        """The same cases as history counts them."""
        return [case.past for case in self.live_with(persons)]

    def rules_of(self, area: str) -> Rules:
        """The rules that hold in an area."""
        return Rules(self.reference.policies.of(area), self.reference.office)

    def policy_version_of(self, area: str) -> str:
        """The version to store with a decision."""
        return self.reference.policies.version_of(area)
