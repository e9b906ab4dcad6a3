"""What handlers are annotated with and what the catalogue lists are the same, both ways."""

from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from contracts.contact import ContactClosed, LeadGranted
from contracts.idva import AdvocateAllocated
from services.kit.catalogue import heard_by, read_catalogue
from services.kit.service import Service
from services.kit.subscriptions import announces, subscriptions
from tests.architecture.house import SERVICES

CATALOGUE = read_catalogue()
ROOMS = (*SERVICES, "ops")
SAID_AT_A_DOOR: dict[str, set[str]] = {"school_alerts": {"schools.pupil-disowned.v1"}}
"""Topics of a service that its door says, beside its handlers."""


def service_of(name: str) -> Service:
    """A room's wiring."""
    module = f"services.{name}.app"
    service: Service = import_module(module).SERVICE
    return service


def differences(service: Service) -> dict[str, set[str]]:
    """Where a service and the catalogue disagree."""
    listed_said = {topic.name for topic in CATALOGUE.values() if topic.speaker == service.name}
    said = {event.TOPIC for event in announces(service)} | SAID_AT_A_DOOR.get(service.name, set())
    heard, listed_heard = set(subscriptions(service)), set(heard_by(service.name, CATALOGUE))
    found = {
        "hears but is not listed": heard - listed_heard,
        "is listed but does not hear": listed_heard - heard,
        "says but is not listed": said - listed_said,
        "is listed but never says": listed_said - said,
    }
    return {what: topics for what, topics in found.items() if topics}


@pytest.mark.parametrize("name", ROOMS)
def test_a_service_hears_and_says_what_the_catalogue_lists(name: str) -> None:
    assert differences(service_of(name)) == {}


@pytest.mark.parametrize("name", ROOMS)
def test_a_service_is_named_by_its_room_and_speaks_with_its_own_word(name: str) -> None:
    service = service_of(name)
    assert service.name == name
    words = {event.TOPIC.partition(".")[0] for event in announces(service)}
    assert words == {service.speaker}


def gossip(event: LeadGranted, leads: Any, now: datetime) -> list[AdvocateAllocated]:
    """Hear and say what is not one's own."""
    return []


def silence(event: ContactClosed, leads: Any, now: datetime) -> list[AdvocateAllocated]:
    """Hear one thing of many."""
    return []


def test_a_handler_beyond_the_catalogue_is_seen() -> None:
    service = service_of("mash_screening")
    found = differences(replace(service, hears=[*service.hears, gossip]))
    assert found["hears but is not listed"] == {"contact.lead-granted.v1"}
    assert found["says but is not listed"] == {"idva.advocate-allocated.v1"}


def test_a_handler_that_went_missing_is_seen() -> None:
    found = differences(replace(service_of("mash_screening"), hears=[silence]))
    assert "identity.incident-identified.v1" in found["is listed but does not hear"]
    assert "mash.incident-screened.v1" in found["is listed but never says"]
