"""The reports a batch may touch, in memory, and the rules of their areas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from uuid import UUID

from contracts.envelope import Reason
from contracts.partner import IncidentReport
from contracts.vocabulary import incident_id_of
from services.kit.areas import Area, Policies
from services.kit.rows import Rows
from services.kit.senders import area_instead, area_marks
from services.police_notifications.domain.policy import Policy
from services.police_notifications.domain.reports import Report

NOWHERE = "unknown"
"""Where no area file hears a sender at all."""


@dataclass(frozen=True)
class Reference:
    """What stands beside the rows: the area files and the policies in them."""

    areas: Mapping[str, Area] = field(default_factory=dict)
    policies: Policies[Policy] = Policies({}, {}, Policy())  # noqa: RUF009


class Reports:
    """Reports by id; built empty, it is also the test double."""

    def __init__(self, reports: Iterable[Report] = (), reference: Reference | None = None) -> None:
        self.rows = Rows[UUID, Report](attrgetter("report_id"), reports)
        self.reference = reference or Reference()

    def of(self, source: str, reference: str) -> Report | None:
        """The report, or None where no revision of it was ever taken."""
        return self.rows.get(incident_id_of(source, reference))

    def put(self, report: Report) -> None:
        """Keep the report as it is now."""
        self.rows.put(report)

    def area_of(self, report: IncidentReport) -> str:
        """The area whose policy applies: the one named, else the sender's first."""
        areas = self.reference.areas
        if report.area is not None and report.area in areas:
            return report.area
        return area_instead(report.source, report.TOPIC, areas) or NOWHERE

    def area_marks(self, report: IncidentReport) -> tuple[Reason, ...]:
        """The mark of a report that names no area, or one that has no file."""
        return area_marks(report.area, self.reference.areas)

    def policy_of(self, area: str) -> Policy:
        """An area's policy."""
        return self.reference.policies.of(area)

    def policy_version_of(self, area: str) -> str:
        """The version to store with a decision."""
        return self.reference.policies.version_of(area)
