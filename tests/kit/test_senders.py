"""Who may send what is in the area files, else in the fine print's defaults."""

from typing import Any

import pytest

from contracts.envelope import EVENTS, PartnerEvent
from contracts.partner import ContactOutcomeTold, IncidentReport
from services.kit import senders
from services.kit.areas import Area

HERE = Area("here", "1", "v", {})
THERE = Area("there", "2", "v", {"senders": {"partner.incident-report.v1": ["there-police"]}})
AREAS = {"here": HERE, "there": THERE}


def a_message(topic: str, source: str, **fields: Any) -> PartnerEvent:
    """A message of a topic as far as its sender matters."""
    kind: Any = EVENTS[topic]
    event: PartnerEvent = kind.model_construct(source=source, **fields)
    return event


@pytest.mark.parametrize(
    ("topic", "source"),
    [
        ("partner.incident-report.v1", "south-yorkshire-police"),
        ("partner.contact-request.v1", "housing"),
        ("partner.contact-request.v1", "a_new_agency"),
        ("partner.contact-outcome.v1", "victim_support"),
        ("partner.contact-closed.v1", "idva"),
        ("partner.school-acknowledgement.v1", "106845"),
        ("partner.school-acknowledgement.v1", "rotherham-council"),
        ("partner.advocate-roster.v1", "idva"),
        ("partner.marac-meeting.v1", "marac"),
        ("partner.pupil-enrolment.v1", "sheffield-council"),
        ("partner.screening-decision.v1", "mash"),
        ("partner.identity-decision.v1", "mash"),
    ],
)
def test_the_defaults_of_the_fine_print(topic: str, source: str) -> None:
    assert senders.check(a_message(topic, source), AREAS) == ()


@pytest.mark.parametrize(
    ("topic", "source"),
    [
        ("partner.incident-report.v1", "mallory-police"),
        ("partner.contact-request.v1", "south-yorkshire-police"),
        ("partner.advocate-roster.v1", "mash"),
        ("partner.marac-meeting.v1", "idva"),
        ("partner.pupil-enrolment.v1", "housing"),
        ("partner.screening-decision.v1", "housing"),
        ("partner.identity-decision.v1", "idva"),
    ],
)
def test_a_sender_not_allowed_is_a_problem_at_source(topic: str, source: str) -> None:
    [problem] = senders.check(a_message(topic, source), AREAS)
    assert problem.path == "/source"


def test_a_known_area_decides_by_its_own_file() -> None:
    for area, allowed in (("there", True), ("here", False), ("nowhere", True), (None, True)):
        report = a_message("partner.incident-report.v1", "there-police", area=area)
        assert (senders.check(report, AREAS) == ()) is allowed


def test_an_agency_that_is_not_the_sender_is_a_problem_at_agency() -> None:
    outcome = a_message(ContactOutcomeTold.TOPIC, "housing", agency="idva")
    assert [problem.path for problem in senders.check(outcome, AREAS)] == ["/agency"]


def test_a_senders_first_area_is_the_first_file_that_hears_it() -> None:
    topic = IncidentReport.TOPIC
    assert senders.first_area("there-police", topic, AREAS) == "there"
    assert senders.first_area("south-yorkshire-police", topic, AREAS) == "here"
    assert senders.first_area("mallory", topic, AREAS) is None
