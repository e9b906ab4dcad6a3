"""Reports kept in the real database come back as they were."""

from dataclasses import replace
from datetime import timedelta

from services.kit.database import Database, Transaction
from services.police_notifications.app import reference
from services.police_notifications.domain.reports import Report
from services.police_notifications.store import (
    key_used_for,
    load,
    metadata,
    remember_key,
    report_of,
    save,
)
from services.police_notifications.working_set import Reports
from tests.conftest import OpenDatabase
from tests.services.police_notifications.builders import (
    NOON,
    SOURCE,
    Desk,
    a_child,
    a_form,
    a_person,
    graded,
)


def a_kept_report() -> Report:
    """A report with everything a report can have."""
    desk = Desk()
    child = a_child(ref="z")
    unsafe = {"given_names": "A", "safe_contact": {"unsafe_numbers": ["07700 900123"]}}
    desk.take(a_form(2, risk=graded("HIGH"), children=[child], other_party=a_person()))
    desk.take(a_form(1, risk=graded("MEDIUM"), victim=unsafe))
    desk.take(a_form(3, children=[child, a_child(given_names="Ann")], area="atlantis"))
    report = desk.reports.of(SOURCE, "R1")
    assert report is not None
    return report


async def kept(database: Database, report: Report) -> Report:
    """The report after it was saved and loaded."""
    async with database.transaction(NOON) as transaction:
        reports = Reports()
        reports.put(report)
        await save(transaction, reports)
    async with database.transaction(NOON) as transaction:
        found = await report_of(transaction, report.source, report.reference)
    assert found is not None
    return found


async def test_a_report_comes_back_as_it_was(database: OpenDatabase) -> None:
    opened = await database("police_notifications")
    report = a_kept_report()
    assert await kept(opened, report) == report
    changed = replace(report, revision=9, cancelled=True, content=None, second=None)
    assert await kept(opened, changed) == changed


async def test_only_reports_that_are_heard_of_are_loaded(database: OpenDatabase) -> None:
    opened = await database("police_notifications")
    await kept(opened, a_kept_report())
    async with opened.transaction(NOON, reference("deploy/areas")) as transaction:
        reports = await load(transaction, [])
    assert list(reports.rows) == []
    assert set(reports.reference.areas) == {"rotherham", "sheffield"}


async def test_a_key_is_kept_for_its_sender_until_it_is_old(database: OpenDatabase) -> None:
    opened = await database("police_notifications")
    async with opened.transaction(NOON) as transaction:
        await remember_key(transaction, (SOURCE, "k", "d1"), NOON - timedelta(days=7))
        await remember_key(transaction, (SOURCE, "k", "d2"), NOON - timedelta(days=7))
        assert await key_used_for(transaction, SOURCE, "k") == "d1"
        assert await key_used_for(transaction, "other", "k") is None
    later = NOON + timedelta(days=8)
    async with opened.transaction(later) as transaction:
        await remember_key(transaction, (SOURCE, "new", "d"), later - timedelta(days=7))
        assert await _keys(transaction) == ["new"]


async def test_the_migrations_make_the_tables_that_the_store_knows(database: OpenDatabase) -> None:
    opened = await database("police_notifications")
    rows = await opened.fetch(
        "SELECT table_name, column_name, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    )
    made = {(table, column): nullable == "YES" for table, column, nullable in rows}
    known = {
        (table.name, column.name): bool(column.nullable)
        for table in metadata.tables.values()
        for column in table.columns
    }
    assert made == known


async def _keys(transaction: Transaction) -> list[str]:
    return [row[0] for row in await transaction.fetch("SELECT key FROM idempotency_keys")]
