"""Reports as partners send them, and a desk that takes them in; everybody here is invented."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from contracts.envelope import Envelope, Event
from contracts.partner import IncidentReport
from contracts.police import (
    IncidentAmended,
    IncidentCancelled,
    IncidentReported,
    PoliceAlarm,
    PoliceIncident,
    ReportRefused,
)
from contracts.sealed import CasePart, ContactPart, Content, IdentityPart, SchoolPart, opened
from contracts.vocabulary import ContentLevel, incident_id_of, named
from services.kit.areas import Area, Policies
from services.kit.partner_reading import read
from services.police_notifications.domain.policy import Policy
from services.police_notifications.handlers import take_report
from services.police_notifications.working_set import Reference, Reports

SOURCE = "south-yorkshire-police"
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
Answer = IncidentReported | IncidentAmended | IncidentCancelled | ReportRefused | PoliceAlarm
C = TypeVar("C", bound=Content)
E = TypeVar("E", bound=Event)


def a_person(**fields: Any) -> dict[str, Any]:
    """A person as a form describes them."""
    return {"given_names": "Amina", "family_name": "Testcase"} | fields


def a_victim(**fields: Any) -> dict[str, Any]:
    """A grown woman with a number of her own."""
    return a_person(
        date_of_birth="1991-03-14",
        address={"lines": ["1 Example Street"], "postcode": "S60 2QU"},
        phones=[{"number": "07700 900123"}],
    ) | fields  # fmt: skip


def a_suspect(**fields: Any) -> dict[str, Any]:
    """Somebody accused."""
    return a_person(given_names="Tom", date_of_birth="1988-07-02") | fields


def a_child(**fields: Any) -> dict[str, Any]:
    """A child at a primary school."""
    return a_person(
        given_names="Zed", date_of_birth="2019-05-05", education="registered", school_urn="106845"
    ) | fields  # fmt: skip


def a_form(revision: int = 1, status: str = "reported", **fields: Any) -> dict[str, Any]:
    """A report as it is sent."""
    return {
        "source": SOURCE,
        "reference": "R1",
        "revision": revision,
        "status": status,
        "area": "rotherham",
        "occurred_at": "2026-11-27T10:30:00+00:00",
        "victim": a_victim(),
        "suspect": a_suspect(),
    } | fields


def graded(level: str, **fields: Any) -> dict[str, Any]:
    """A risk that the officer graded."""
    return {"tool": "NONE", "officer_grade": level} | fields


def an_area(code: str, **sections: Any) -> Area:
    """An area's file."""
    return Area(code, "372", f"{code}-1", sections)


def a_reference(**policy: Any) -> Reference:
    """Two areas with one policy."""
    areas = {"rotherham": an_area("rotherham"), "sheffield": an_area("sheffield")}
    kept = Policy(**policy)
    policies = Policies({"rotherham": kept, "sheffield": kept}, {"rotherham": "r-1"}, kept)
    return Reference(areas, policies)


class Desk:
    """Takes forms in one after the other, an hour apart, and shows what is said."""

    def __init__(self, **policy: Any) -> None:
        self.reports = Reports(reference=a_reference(**policy))
        self.now = NOON
        self.taken = 0

    def take(self, form: dict[str, Any], *, at: datetime | None = None) -> list[Answer]:
        """What is said to a form that reads well."""
        self.taken += 1
        self.now = at or self.now + timedelta(hours=1)
        reading = read(IncidentReport, json.dumps(form).encode())
        assert reading.event is not None, reading.problems
        return list(
            take_report(reading.event.heard_in(self._envelope(form)), self.reports, self.now)
        )

    def told(self, form: dict[str, Any], *, at: datetime | None = None) -> PoliceIncident:
        """The one incident that is said."""
        [said] = self.take(form, at=at)
        assert isinstance(said, PoliceIncident), said
        return said

    def _envelope(self, form: dict[str, Any]) -> Envelope:
        subject = f"{form['source']}/{form['reference']}"
        return Envelope(
            id=named("test", self.taken),
            type=IncidentReport.TOPIC,
            source=form["source"],
            time=self.now,
            subject=subject,
            key=subject,
            correlation_id=incident_id_of(form["source"], form["reference"]),
            received_at=self.now,
        )


def only(kind: type[E], answers: list[Answer]) -> E:
    """The one answer of a kind."""
    [found] = [answer for answer in answers if isinstance(answer, kind)]
    return found


def identity_of(said: PoliceIncident) -> IdentityPart:
    """The part for matching."""
    return opened(said.sealed.identity, IdentityPart)


def mash_of(said: PoliceIncident) -> CasePart:
    """The part for MASH."""
    return opened(said.sealed.mash, CasePart)


def contact_of(said: PoliceIncident) -> ContactPart:
    """The part for who contacts her."""
    return opened(said.sealed.contact, ContactPart)


def school_of(said: PoliceIncident, child_ref: str = "1") -> SchoolPart:
    """The part for a child's school."""
    return opened(said.sealed.schools[child_ref], SchoolPart)


def at_level(level: str, **fields: Any) -> Policy:
    """A policy that tells schools so much."""
    return replace(Policy(), school_content_level=ContentLevel(level), **fields)
