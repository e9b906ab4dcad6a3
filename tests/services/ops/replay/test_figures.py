"""The report counts distinct things, each under every heading it ever came to."""

from typing import Any

from services.ops.replay.figures import (
    contact_of,
    idva_of,
    report_of,
    reports_of,
    schools_of,
    screening_of,
    victims_of,
)
from tests.services.ops.replay.builders import (
    a_grant,
    a_report_line,
    a_said,
    an_alert,
    an_end,
    an_id,
    everything,
)


def test_every_line_of_the_police_has_one_fate() -> None:
    lines = [
        a_report_line("1"),
        a_report_line("1"),
        a_report_line("1", 2),
        a_report_line("1", 3, status="cancelled"),
        a_report_line("2", status="cancelled"),
        a_report_line("3", 4),
        a_report_line("3", 2),
        a_report_line("4", victim={}),
    ]
    refused = a_said("police.report-refused.v1", causation_id=lines[-1].id)
    counted = reports_of(lines, [refused])
    assert (counted.accepted, counted.amended, counted.cancelled) == (2, 2, 2)
    assert (counted.duplicate, counted.refused, counted.received) == (1, 1, 8)


def test_the_same_content_in_another_order_of_keys_is_a_duplicate() -> None:
    first = a_report_line("1", circumstances="words")
    second = a_said(
        "partner.incident-report.v1",
        key="police/1",
        circumstances="words",
        status="reported",
        revision=1,
        reference="1",
        source="police",
    )
    assert reports_of([first, second], []).duplicate == 1


def test_a_late_lower_revision_that_cancels_is_an_amendment() -> None:
    lines = [a_report_line("1", 3), a_report_line("1", 2, status="cancelled")]
    counted = reports_of(lines, [])
    assert (counted.accepted, counted.amended, counted.cancelled) == (1, 1, 0)


def test_a_lead_that_lapsed_and_the_one_after_it_are_two_leads_of_one_episode() -> None:
    said = everything(a_grant("first"), an_end("first", minutes=5), a_grant("second", minutes=5))
    counted = contact_of(said)
    assert (counted.leads_granted, counted.episodes, counted.lapsed) == (2, 1, 1)
    assert counted.double_leads == 0


def test_a_wish_covered_twice_is_one_wish() -> None:
    told: dict[str, Any] = {"request_id": an_id("r"), "agency": "housing", "lead_id": an_id("l")}
    said = everything(
        a_said("contact.request-covered.v1", version=1, **told),
        a_said("contact.request-covered.v1", version=2, **told),
    )
    assert contact_of(said).covered == 1


def test_contact_withheld_is_counted_as_it_stands_at_the_end() -> None:
    told: dict[str, Any] = {
        "victim_id": an_id("g"),
        "contact_group": an_id("g"),
        "code": "no_safe_way",
    }
    withheld = a_said("contact.withheld.v1", version=1, incident_ids=[an_id("i")], **told)
    assert contact_of(everything(withheld)).withheld == 1
    assert contact_of(everything(withheld, a_grant("l", minutes=3))).withheld == 0
    cancelled = a_said(
        "identity.incident-withdrawn.v1", incident_id=an_id("i"), version=2, victim_id=an_id("g")
    )
    assert contact_of(everything(withheld, cancelled)).withheld == 0


def decided(kind: str, minutes: int, **told: Any) -> list[Any]:
    """What a human said of the one question, and what it did to persons."""
    cause: dict[str, Any] = {"minutes": minutes, "causation_id": an_id(f"decision {minutes}")}
    return [
        a_said("identity.review-decided.v1", review_id=an_id("review"), **cause),
        a_said(f"identity.persons-{kind}.v1", **cause, **told),
    ]


def test_who_was_withheld_under_two_ids_is_one_person() -> None:
    wish: dict[str, Any] = {"request_ids": [an_id("r")], "code": "asked_no_contact"}
    withheld = [
        a_said(
            "contact.withheld.v1",
            minutes=minutes,
            victim_id=an_id(person),
            contact_group=an_id(person),
            **wish,
        )
        for minutes, person in ((1, "b"), (2, "a"), (3, "c"))
    ]
    merged = decided("merged", 2, kept_id=an_id("a"), merged_ids=[an_id("b")])
    parted = decided("separated", 3, person_id=an_id("a"), separated_ids=[an_id("c")])
    assert contact_of(everything(*withheld[:2], *merged)).withheld == 1
    assert contact_of(everything(*withheld, *merged, *parted)).withheld == 1
    led = a_grant("l", group="d", minutes=4, request_ids=[an_id("r")])
    assert contact_of(everything(*withheld, *merged, *parted, led)).withheld == 0
    asked = a_grant("l", group="d", victim="c", minutes=4)
    assert contact_of(everything(*withheld, *merged, *parted, asked)).withheld == 0


def test_who_was_withheld_for_no_wish_and_became_another_is_one_with_her() -> None:
    told: dict[str, Any] = {"code": "no_safe_way"}
    first, second = (
        a_said(
            "contact.withheld.v1",
            victim_id=an_id(person),
            contact_group=an_id(person),
            incident_ids=wishes,
            **told,
        )
        for person, wishes in (("b", []), ("a", [an_id("i")]))
    )
    merged = decided("merged", 2, kept_id=an_id("a"), merged_ids=[an_id("b")])
    assert contact_of(everything(first, second)).withheld == 2
    assert contact_of(everything(first, second, *merged)).withheld == 1


def test_a_victim_who_became_another_after_her_incident_was_withdrawn_is_no_second_one() -> None:
    one = a_said("identity.incident-identified.v1", incident_id=an_id("1"), victim_id=an_id("a"))
    told: dict[str, Any] = {"incident_id": an_id("2"), "victim_id": an_id("b"), "version": 2}
    other = a_said("identity.incident-withdrawn.v1", **told)
    merged = decided("merged", 2, kept_id=an_id("a"), merged_ids=[an_id("b")])
    parted = decided("separated", 3, person_id=an_id("a"), separated_ids=[an_id("c")])
    again = decided("merged", 4, kept_id=an_id("a"), merged_ids=[an_id("c")])
    assert victims_of(everything(one, other)) == 2
    assert victims_of(everything(one, other, *merged)) == 1
    assert victims_of(everything(one, other, *merged, *parted)) == 2
    assert victims_of(everything(one, other, *merged, *parted, *again)) == 1


def test_an_escalated_alert_was_also_sent() -> None:
    said = everything(
        an_alert("planned"),
        an_alert("sent", version=2),
        an_alert("escalated", version=3),
        an_alert("escalated", version=4),
    )
    counted = schools_of(said)
    assert (counted.planned, counted.sent, counted.escalated, counted.late) == (1, 1, 1, 0)


def test_an_alert_withheld_and_planned_again_is_not_withheld() -> None:
    first, again = an_alert("withheld"), an_alert("planned", version=2)
    assert schools_of(everything(first)).withheld == 1
    assert schools_of(everything(first, again)).withheld == 0


def test_an_incident_has_the_grade_of_its_newest_screening() -> None:
    told: dict[str, Any] = {"incident_id": an_id("i"), "victim_id": an_id("v")}
    first = a_said("mash.incident-screened.v1", version=1, rag="GREEN", **told)
    second = a_said("mash.risk-regraded.v1", version=2, rag="RED", **told)
    withdrawn = a_said("mash.screening-withdrawn.v1", version=3, **told)
    assert screening_of(everything(second, first))["by_rag"]["RED"] == 1
    assert screening_of(everything(first, second, withdrawn))["by_rag"]["RED"] == 0


def test_a_victim_whose_later_incident_found_her_an_advocate_waits_no_more() -> None:
    told: dict[str, Any] = {"victim_id": an_id("v"), "version": 1}
    queued = a_said("idva.allocation-queued.v1", incident_id=an_id("1"), **told)
    found = a_said("idva.advocate-allocated.v1", minutes=5, incident_id=an_id("2"), **told)
    assert idva_of(everything(queued)) == {"allocated": 0, "queued": 1}
    assert idva_of(everything(queued, found)) == {"allocated": 1, "queued": 0}


def test_an_empty_run_has_a_report_of_zeros() -> None:
    report = report_of(everything()).to_json()
    assert report["reports"] == {
        "received": 0,
        "accepted": 0,
        "amended": 0,
        "cancelled": 0,
        "duplicate": 0,
        "refused": 0,
    }
    assert set(report) >= {"victims", "reviews_open", "contact", "schools", "screening", "idva"}
    assert report["parked"] == 0 and report["events"] == 0
