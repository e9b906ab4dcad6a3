"""The accounting finds what it is there to find: each fault is planted in a sound log."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.kit.catalogue import read_catalogue
from services.ops.chaos.accounting import Account, Ledger, account_of, first_copies
from services.ops.chaos.outcomes import WITHDRAWN, mails_of, two_leads, unfinished
from services.ops.platform.mail import KeptMail
from services.ops.replay.said import Everything, Said

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
INCIDENT, VICTIM, OTHER = (f"00000000-0000-0000-0000-00000000000{n}" for n in (1, 2, 3))
REPORT, REPORTED = "partner.incident-report.v1", "police.incident-reported.v1"
AMENDED, IDENTIFIED = "police.incident-amended.v1", "identity.incident-identified.v1"
SCREENED, GRANTED = "mash.incident-screened.v1", "contact.lead-granted.v1"
PLANNED, REFUSED = "schools.alert-planned.v1", "police.report-refused.v1"
CATALOGUE = read_catalogue()


def said(topic: str, offset: int = 0, /, **data: Any) -> Said:
    return Said(
        topic=topic,
        partition=0,
        offset=offset,
        key=str(data.get("victim_id", data.get("incident_id", "a/1"))),
        id=f"{topic} {offset}",
        source="/services/test",
        time=NOON,
        subject="a/1",
        correlation_id=INCIDENT,
        causation_id="cause",
        dataschema=None,
        data=data,
    )


def an_incident() -> list[Said]:
    """A report, and everything that comes of it."""
    about: dict[str, Any] = {
        "incident_id": INCIDENT,
        "victim_id": VICTIM,
        "version": 1,
        "revision": 1,
    }
    child = {"child_ref": "c1", "age_band": "7_to_12"}
    lead: dict[str, Any] = {"lead_id": OTHER, "contact_group": VICTIM, "agency": "idva", "fence": 1}
    return [
        said(REPORT, source="a", reference="1"),
        said(REPORTED, incident_id=INCIDENT, version=1, revision=1),
        said(IDENTIFIED, **about, children=[child]),
        said(SCREENED, **about, contact_wanted_by=["idva"]),
        said(PLANNED, **about, alert_id=OTHER, child_ref="c1"),
        said(GRANTED, **lead, victim_id=VICTIM, incident_ids=[INCIDENT], version=1),
    ]


def accounted(
    events: Sequence[Said], *, unheard: tuple[str, str] = ("", ""), door: Sequence[str] = ()
) -> Account:
    handled = {
        service: {
            event.id
            for event in events
            if service in CATALOGUE[event.topic].hearers and (service, event.topic) != unheard
        }
        for service in {hearer for topic in CATALOGUE.values() for hearer in topic.hearers}
    }
    ledger = Ledger({f"{REPORT} 0": REPORT}, door, Everything.of(events), handled, CATALOGUE)
    return account_of(ledger)


def test_a_sound_run_has_nothing_lost_doubled_or_out_of_order() -> None:
    account = accounted(an_incident())
    assert (account.inputs, account.events, account.broken) == (1, 6, [])


def test_what_was_acknowledged_and_is_not_in_the_log_is_lost() -> None:
    assert accounted(an_incident()[1:]).lost == 1


def test_what_the_door_answered_and_nobody_handled_is_lost() -> None:
    assert accounted(an_incident(), door=["never handled"]).lost == 1


def test_an_event_that_a_hearer_has_not_handled_is_lost() -> None:
    account = accounted(an_incident(), unheard=("mash_screening", IDENTIFIED))
    assert account.lost == 1
    assert "not handled by mash_screening" in account.broken[0].detail


def test_a_version_that_nobody_heard_of_is_lost() -> None:
    events = an_incident()
    events[1] = said(REPORTED, incident_id=INCIDENT, version=2, revision=1)
    account = accounted(events)
    assert [broken.detail for broken in account.broken] == [
        f"police never said version 1 of {INCIDENT}"
    ]


def test_a_second_copy_with_the_same_id_is_counted_and_harmless() -> None:
    events = an_incident()
    account = accounted([*events, replace(events[1], offset=1)])
    assert (account.copies, account.broken) == (1, [])


def test_a_second_copy_that_says_otherwise_is_a_double() -> None:
    events = an_incident()
    other = {**events[1].data, "revision": 2}
    assert accounted([*events, replace(events[1], offset=1, data=other)]).doubled == 1


@pytest.mark.parametrize("topic", [REPORTED, AMENDED])
def test_one_version_under_two_ids_is_a_double(topic: str) -> None:
    again = said(topic, 1, incident_id=INCIDENT, version=1, revision=1)
    assert accounted([*an_incident(), again]).doubled == 1


def test_the_same_answer_to_one_cause_under_two_ids_is_a_double() -> None:
    refusals = [said(REFUSED, offset, topic=REPORT, problems=[]) for offset in (0, 1)]
    assert accounted([*an_incident(), *refusals]).doubled == 1


def test_an_older_version_after_a_newer_one_of_its_key_is_out_of_order() -> None:
    later = [
        said(AMENDED, offset, incident_id=INCIDENT, version=version, revision=version)
        for offset, version in enumerate((3, 2))
    ]
    account = accounted([*an_incident(), *later])
    assert (account.out_of_order, account.lost, account.doubled) == (1, 0, 0)


@pytest.mark.parametrize(
    ("gone", "complaint"),
    [
        (IDENTIFIED, "not identified"),
        (SCREENED, "not screened"),
        (PLANNED, "no alert for c1"),
        (GRANTED, "nobody leads"),
    ],
)
def test_a_report_that_does_not_come_to_its_end_is_lost(gone: str, complaint: str) -> None:
    left = Everything.of(event for event in an_incident() if event.topic != gone)
    assert [complaint in broken.detail for broken in unfinished(left)] == [True]


def test_a_report_that_comes_to_its_end_is_not() -> None:
    assert list(unfinished(Everything.of(an_incident()))) == []


@pytest.mark.parametrize("band", ["18_to_59", "60_and_over", "unborn"])
def test_no_school_is_missed_where_who_is_named_as_a_child_is_grown_up_or_unborn(band: str) -> None:
    identified = {"incident_id": INCIDENT, "victim_id": VICTIM, "version": 2, "revision": 1}
    child = {"child_ref": "c2", "age_band": band}
    again = said(IDENTIFIED, 1, **identified, children=[child])
    assert list(unfinished(Everything.of([*an_incident(), again]))) == []


def test_nobody_need_lead_where_the_cancellation_was_heard_before_the_screening() -> None:
    withdrawn = said(WITHDRAWN, incident_id=INCIDENT, victim_id=VICTIM, version=2)
    cancelled = [
        said("police.incident-cancelled.v1", incident_id=INCIDENT, version=2, revision=2),
        said("identity.incident-withdrawn.v1", incident_id=INCIDENT, version=2, revision=2),
    ]
    unled = [event for event in an_incident() if event.topic != GRANTED]
    assert list(unfinished(Everything.of([*unled, withdrawn, *cancelled]))) == []


def test_an_amendment_that_stops_on_its_way_is_lost() -> None:
    amended = said(AMENDED, incident_id=INCIDENT, version=2, revision=2)
    [broken] = unfinished(Everything.of([*an_incident(), amended]))
    assert "not identified as last reported" in broken.detail


def test_two_leads_of_one_group_are_found() -> None:
    events = an_incident()
    another = replace(events[-1], offset=1, id="2", data={**events[-1].data, "lead_id": VICTIM})
    once, _ = first_copies(Everything.of([*events, another]))
    assert len(two_leads(once)) == 1


def a_mail(message: str) -> KeptMail:
    return KeptMail(b"", {"Message-ID": message})


def test_a_mail_that_came_twice_under_its_reference_is_counted_and_explained() -> None:
    mails = mails_of([a_mail("a"), a_mail("a"), a_mail("b")], {"a": True, "b": False})
    assert (mails.sent, mails.twice, mails.broken) == (3, 1, ())


def test_a_mail_noted_as_sent_and_kept_by_nobody_is_lost() -> None:
    assert [broken.promise for broken in mails_of([], {"a": True}).broken] == ["lost"]


def test_a_mail_that_no_service_meant_to_send_is_found() -> None:
    assert [b.promise for b in mails_of([a_mail("a")], {}).broken] == ["mailed unasked"]
