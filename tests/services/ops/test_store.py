"""What ops keeps comes back as it was, from the real database."""

from collections.abc import Awaitable, Callable

from contracts.schools import AlertPlanned
from services.kit.database import Database
from services.ops.handlers import keep_note, see_alert, watch_report
from services.ops.store import load, save
from tests.services.ops.builders import FRIDAY, INCIDENT, a_child, a_report, an_alert


async def test_notes_and_clocks_come_back(
    database: Callable[[str], Awaitable[Database]],
) -> None:
    ops = await database("ops")
    report, alert = a_report(a_child()), an_alert(AlertPlanned)
    async with ops.transaction(FRIDAY) as transaction:
        notebook = await load(transaction, [report, alert])
        for event in (report, alert):
            keep_note(event, notebook, FRIDAY)
        watch_report(report, notebook, FRIDAY)
        see_alert(alert, notebook, FRIDAY)
        await save(transaction, notebook)
    async with ops.transaction(FRIDAY) as transaction:
        again = await load(transaction, [report])
        notes = await transaction.fetch("SELECT topic, about FROM notes ORDER BY topic")
    assert again.incident(report.incident_id) == notebook.incident(report.incident_id)
    assert list(again.alerts) == list(notebook.alerts)
    assert [row["topic"] for row in notes] == [report.TOPIC, alert.TOPIC]
    assert str(INCIDENT) in notes[0]["about"]
