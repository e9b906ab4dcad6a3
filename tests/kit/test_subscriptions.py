"""Annotations say what is heard and announced, and a handler that does not say so is refused."""

from datetime import datetime
from typing import Any

import pytest

from contracts.mash import ScreeningDue, ScreeningWithdrawn
from contracts.ops import OpsAlarm
from contracts.partner import SchoolAcknowledgement
from contracts.police import IncidentAmended, IncidentCancelled, IncidentReported
from contracts.schools import AlertMailEnded, SchoolsInputRefused
from services.kit.subscriptions import (
    HandlerWrong,
    announces,
    heard_by,
    hearers,
    said_by,
    subscriptions,
)
from tests.kit.trial import TRIAL


def hear_either(event: IncidentReported | IncidentAmended, state: Any, now: datetime) -> list[Any]:
    return []


def say_nothing(event: IncidentReported, state: Any, now: datetime) -> None:
    return None


def hear_anything(event: object, state: Any, now: datetime) -> list[ScreeningWithdrawn]:
    return []


def say_a_number(event: IncidentReported, state: Any, now: datetime) -> list[int]:
    return []


def test_a_service_hears_the_first_arguments_of_its_handlers() -> None:
    heard = {IncidentCancelled, ScreeningDue, AlertMailEnded, SchoolAcknowledgement}
    assert set(hearers(TRIAL)) == heard
    assert subscriptions(TRIAL) == {kind.TOPIC for kind in hearers(TRIAL)}


def test_a_service_says_what_its_handlers_return_notes_to_itself_and_refusals_included() -> None:
    assert announces(TRIAL) == {
        ScreeningWithdrawn,
        ScreeningDue,
        OpsAlarm,
        AlertMailEnded,
        SchoolsInputRefused,
    }


def test_one_handler_may_hear_several_topics() -> None:
    assert heard_by(hear_either) == (IncidentReported, IncidentAmended)


def test_a_handler_may_say_nothing() -> None:
    assert said_by(say_nothing) == ()


def test_a_handler_must_hear_an_event() -> None:
    with pytest.raises(HandlerWrong):
        heard_by(hear_anything)


def test_a_handler_can_only_say_events() -> None:
    with pytest.raises(HandlerWrong):
        said_by(say_a_number)
