"""Alerts in a real database: nothing twice, nothing lost between batches, imports in place."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.identity import IncidentIdentified
from contracts.schools import (
    AlertAcknowledged,
    AlertCorrected,
    AlertDue,
    AlertMailEnded,
    AlertPlanned,
    AlertSent,
    AlertWithheld,
    SchoolsInputRefused,
)
from contracts.vocabulary import Audience, EmployerRole, RecipientRole
from services.kit.sealing import Keyring, seal_parts
from services.kit.testing import Databases
from services.school_alerts.app import SERVICE
from services.school_alerts.store.register import import_schools, import_terms
from tests.services.at_work import AtWork, at_work
from tests.services.school_alerts.builders import (
    BRADWAY,
    FRIDAY_NIGHT,
    INTAKE,
    MONDAY_7,
    a_child,
    a_withdrawal,
    alert,
    an_acknowledgement,
    an_entry,
    an_incident,
    heard,
    incident,
    works_at,
)

MINUTE = timedelta(minutes=1)
SCHOOLS = """URN,LA_code,LA_name,EstablishmentName,Status,Phase,StatutoryLowAge,StatutoryHighAge,\
Successor,KeyAdultEmail
106996,373,Sheffield,Intake Primary School,Closed,Primary,5,11,900002,
900002,373,Sheffield,Intake Academy,Open,Primary,5,11,,safe@intake.example
"""


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    """Keys that nobody else holds."""
    return Keyring.generated()


@pytest.fixture
async def schools(databases: Databases, keyring: Keyring, tmp_path: Path) -> AsyncIterator[AtWork]:
    """school_alerts at work, with the key of its own audience alone."""
    ring = tmp_path / "keyring.json"
    ring.write_text(keyring.only([Audience.SCHOOL]).to_json(), encoding="utf-8")
    working = await at_work(SERVICE, await databases.new("school_alerts"), FRIDAY_NIGHT, ring)
    yield working
    await working.runtime.database.close()


def sealed(event: IncidentIdentified, keyring: Keyring) -> IncidentIdentified:
    """The incident as it travels."""
    return seal_parts(event, keyring).heard_in(event.envelope)


def due() -> AlertDue:
    """The timer of Monday morning."""
    event = AlertDue(alert_id=alert(INTAKE), incident_id=incident(), content_version=1)
    timer: AlertDue = heard(event, "R1", MONDAY_7)
    return timer


def accepted() -> AlertMailEnded:
    """The first mail was handed over."""
    event = AlertMailEnded(
        alert_id=alert(INTAKE),
        incident_id=incident(),
        content_version=1,
        step="first",
        role=RecipientRole.KEY_ADULT,
        outcome="accepted",
        at=MONDAY_7,
    )
    ended: AlertMailEnded = heard(event, "R1", MONDAY_7)
    return ended


async def test_every_message_delivered_twice_changes_no_outcome(
    schools: AtWork, keyring: Keyring
) -> None:
    acknowledged = an_acknowledgement(alert(INTAKE), INTAKE, MONDAY_7 + MINUTE)
    story = [sealed(an_incident(), keyring), due(), accepted(), acknowledged]
    for event in [*story, a_withdrawal(at=MONDAY_7 + 2 * MINUTE)]:
        assert await schools.hears(event, event) == 1
        assert await schools.hears(event) == 0
    for kind in (AlertPlanned, AlertSent, AlertAcknowledged, AlertCorrected):
        assert len(await schools.said(kind)) == 1
    assert await schools.parked() == 0


async def test_an_alert_is_the_same_in_the_next_batch_as_in_this_one(
    schools: AtWork, keyring: Keyring
) -> None:
    conflict = works_at(INTAKE, EmployerRole.KEY_ADULT)
    first = an_incident(a_child("c1"), a_child("c2"), party_employers=(conflict,))
    await schools.hears(sealed(first, keyring))
    again = an_incident(a_child("c1"), a_child("c2"), party_employers=(conflict,), version=2)
    await schools.hears(sealed(again, keyring))
    planned = await schools.said(AlertPlanned)
    assert [said.recipient_role for said in planned] == [RecipientRole.DEPUTY] * 2


async def test_an_entry_of_the_register_finds_the_incident_of_an_earlier_batch(
    schools: AtWork, keyring: Keyring
) -> None:
    await schools.hears(sealed(an_incident(), keyring))
    await schools.hears(an_entry(BRADWAY, at=FRIDAY_NIGHT + MINUTE))
    [withheld] = await schools.said(AlertWithheld)
    assert (withheld.school_urn, withheld.reason) == (INTAKE, "school_changed")
    assert [said.school_urn for said in await schools.said(AlertPlanned)] == [INTAKE, BRADWAY]


async def test_an_acknowledgement_of_no_alert_is_refused(schools: AtWork) -> None:
    await schools.hears(an_acknowledgement("nonsense", INTAKE, FRIDAY_NIGHT))
    await schools.hears(an_acknowledgement(alert(INTAKE), INTAKE, FRIDAY_NIGHT))
    refused = await schools.said(SchoolsInputRefused)
    assert [(r.problems[0].path, r.problems[0].code) for r in refused] == [
        ("/alert_id", "invalid"),
        ("/alert_id", "unknown"),
    ]


async def test_an_import_takes_the_place_of_the_files_and_says_what_changed(
    schools: AtWork, keyring: Keyring
) -> None:
    async with schools.runtime.database.transaction(FRIDAY_NIGHT) as transaction:
        report = await import_schools(transaction, SCHOOLS, keyring)
        again = await import_schools(transaction, SCHOOLS, keyring)
        closed = {"373": {"holidays": [{"start": "2026-11-01", "end": "2026-11-15"}]}}
        terms = await import_terms(transaction, closed)
        assert (await import_terms(transaction, closed)).unchanged == 1
    assert report.added == ("106996", "900002")
    [[contacts]] = await schools.runtime.database.fetch(
        "SELECT contacts::text FROM schools WHERE urn = '900002'"
    )
    assert "key_adult" in contacts and "intake.example" not in contacts
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)
    assert terms.added == ("373",)
    await schools.hears(sealed(an_incident(), keyring))
    [planned] = await schools.said(AlertPlanned)
    assert planned.school_urn == "900002"
    assert planned.due_by is not None and planned.due_by.date().isoformat() == "2026-11-16"
