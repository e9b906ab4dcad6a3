"""The summary counts what a councillor asks about and says which promises held."""

from typing import Any

from services.ops.demo.summary import Row, rows_of
from services.ops.demo.telling import worth_telling
from services.ops.replay.figures import report_of
from services.ops.replay.invariants import Broken
from services.ops.replay.said import Everything, Said
from tests.services.ops.replay.builders import a_grant, a_said, an_alert, an_id, everything

DUE, LATE = "2026-11-28T00:00:00+00:00", "2026-11-27T18:30:00+00:00"


def rows(said: Everything, *broken: Broken) -> dict[str, Row]:
    return {row.what: row for row in rows_of(report_of(said), said, broken)}


def a_screening(minutes: int = 0, due_at: str = DUE, **more: Any) -> Said:
    told: dict[str, Any] = {"incident_id": an_id("i"), "rag": "AMBER", "risk_after": "HIGH"}
    told |= {"version": 1, "status": "suggested", "due_at": due_at, **more}
    return a_said("mash.incident-screened.v1", minutes=minutes, **told)


def test_a_quiet_weekend_keeps_every_promise() -> None:
    found = rows(everything(a_screening(), an_alert("sent"), a_grant("lead")))
    assert found["High-risk incidents screened in time"].count == "1 of 1"
    assert found["Children whose school was told before the bell"].count == "1"
    assert not [row for row in found.values() if row.kept is False]


def test_a_high_risk_incident_screened_after_its_clock_is_a_broken_promise() -> None:
    found = rows(everything(a_screening(minutes=60, due_at=LATE)))
    assert found["High-risk incidents screened in time"].kept is False


def test_a_school_told_late_is_a_broken_promise_even_with_an_alarm() -> None:
    late = an_alert("sent", late=True)
    alarm = a_said("schools.alarm-raised.v1", about=[an_id("a")], code="late")
    assert rows(everything(late, alarm))["Schools told late"].kept is False


def test_any_other_broken_promise_is_counted() -> None:
    found = rows(everything(), Broken("mailed twice", "somewhere"))
    assert found["Promises broken in all"].kept is False


def test_the_incidents_told_each_show_another_side() -> None:
    covered = a_said("contact.request-covered.v1", agency="housing", version=1)
    said = everything(
        a_said("police.incident-reported.v1", incident_id=an_id("i")),
        a_screening(),
        an_alert("sent"),
        covered,
    )
    assert worth_telling(said) == ["south-yorkshire-police/1"]
    assert worth_telling(everything()) == []
