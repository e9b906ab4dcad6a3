"""ops remembers everything in plain fields, and pages when somebody else's clock is not kept."""

from datetime import timedelta

import pytest

from contracts.mash import ScreeningOverdue
from contracts.ops import OpsAlarm, WatchDue
from contracts.police import IncidentCancelled
from contracts.schools import AlertPlanned, AlertSent
from contracts.vocabulary import AgeBand, IncidentId, ScreeningStatus
from services.ops.domain import FIRST_LOOK
from services.ops.handlers import (
    end_watch,
    keep_note,
    page,
    see_alert,
    see_overdue,
    see_screening,
    watch_report,
)
from services.ops.working_set import Notebook
from tests.services.ops.builders import (
    BELL,
    FRIDAY,
    INCIDENT,
    VICTIM,
    a_child,
    a_report,
    a_screening,
    an_alert,
    heard,
)


def reported(notebook: Notebook, *refs: str) -> list[WatchDue]:
    event = a_report(*(a_child(ref) for ref in refs))
    return [heard(timer.event) for timer in watch_report(event, notebook, FRIDAY)]


def paged(watch: WatchDue, notebook: Notebook) -> list[str]:
    return [alarm.code for alarm in page(watch, notebook, FRIDAY)]


def cancelled() -> IncidentCancelled:
    return heard(
        IncidentCancelled(
            incident_id=IncidentId(INCIDENT),
            version=2,
            revision=2,
            area="rotherham",
            received_at=FRIDAY,
            first_received_at=FRIDAY,
        )
    )


def test_a_note_holds_plain_fields_and_every_id_in_them_but_no_sealed_part() -> None:
    notebook = Notebook()
    keep_note(a_report(), notebook, FRIDAY)
    [note] = notebook.notes
    assert note.about == (str(INCIDENT),)
    assert note.body["risk"] == {"level": "MEDIUM", "components": []}
    assert "sealed" not in note.body and "nobody" not in repr(note)


def test_an_incident_that_nothing_screens_is_paged_long_before_its_clock() -> None:
    notebook = Notebook()
    [timer] = watch_report(a_report(), notebook, FRIDAY)
    assert FIRST_LOOK <= timer.at - FRIDAY < FIRST_LOOK + timedelta(minutes=5)
    [alarm] = page(heard(timer.event), notebook, timer.at)
    assert isinstance(alarm, OpsAlarm)
    assert (alarm.code, alarm.about, alarm.area) == ("not_screened", (INCIDENT,), "rotherham")


def test_a_screened_incident_is_not_paged_whichever_news_came_first() -> None:
    first, second = Notebook(), Notebook()
    [watch] = reported(first)
    see_screening(a_screening(), first, FRIDAY)
    see_screening(a_screening(), second, FRIDAY)
    reported(second)
    assert paged(watch, first) == paged(watch, second) == []


def test_a_child_of_whom_no_alert_speaks_is_paged() -> None:
    notebook = Notebook()
    [watch] = reported(notebook, "1", "2")
    see_screening(a_screening(), notebook, FRIDAY)
    see_alert(an_alert(AlertPlanned), notebook, FRIDAY)
    assert paged(watch, notebook) == ["child_without_alert"]


@pytest.mark.parametrize("band", [AgeBand.UNBORN, AgeBand.EIGHTEEN_TO_FIFTY_NINE])
def test_the_unborn_and_the_grown_have_no_school(band: AgeBand) -> None:
    notebook = Notebook()
    [timer] = watch_report(a_report(a_child(age_band=band)), notebook, FRIDAY)
    see_screening(a_screening(), notebook, FRIDAY)
    assert paged(heard(timer.event), notebook) == []


def test_an_alert_that_is_not_out_before_the_bell_is_paged() -> None:
    notebook = Notebook()
    [timer] = see_alert(an_alert(AlertPlanned), notebook, FRIDAY)
    assert timer.at == BELL - timedelta(minutes=15)
    watch = heard(timer.event)
    assert paged(watch, notebook) == ["alert_not_out"]
    see_alert(an_alert(AlertSent, version=2), notebook, FRIDAY)
    assert paged(watch, notebook) == []


def test_a_clock_that_ran_out_in_silence_is_paged() -> None:
    notebook = Notebook()
    due_at = FRIDAY + timedelta(hours=24)
    [timer] = see_screening(a_screening(), notebook, FRIDAY)
    assert timer.at >= due_at
    assert paged(heard(timer.event), notebook) == ["overdue_unsaid"]
    overdue = ScreeningOverdue(
        incident_id=IncidentId(INCIDENT),
        version=2,
        victim_id=VICTIM,
        area="rotherham",
        due_at=due_at,
        overdue_minutes=0,
    )
    see_overdue(heard(overdue), notebook, FRIDAY)
    assert paged(heard(timer.event), notebook) == []


def test_a_confirmed_screening_needs_no_more_watching() -> None:
    notebook = Notebook()
    [timer] = see_screening(a_screening(), notebook, FRIDAY)
    see_screening(a_screening(2, status=ScreeningStatus.CONFIRMED), notebook, FRIDAY)
    assert paged(heard(timer.event), notebook) == []


def test_a_clock_brought_forward_is_watched_anew_and_the_old_watch_finds_nothing() -> None:
    notebook = Notebook()
    [old] = see_screening(a_screening(), notebook, FRIDAY)
    [new] = see_screening(a_screening(2, FRIDAY + timedelta(hours=4)), notebook, FRIDAY)
    assert paged(heard(old.event), notebook) == []
    assert paged(heard(new.event), notebook) == ["overdue_unsaid"]


def test_a_cancelled_incident_has_no_clocks() -> None:
    notebook = Notebook()
    [watch] = reported(notebook, "1")
    end_watch(cancelled(), notebook, FRIDAY)
    assert paged(watch, notebook) == []


def test_a_redelivered_report_is_watched_once() -> None:
    notebook = Notebook()
    assert len(reported(notebook)) == 1
    assert reported(notebook) == []
