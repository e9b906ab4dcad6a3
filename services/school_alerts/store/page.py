"""What the page reads and keeps: an alert with its incident, codes, visits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import AlertId, RecipientRole
from services.kit.database import Transaction
from services.school_alerts.domain.access import Code, Visit, digest_of
from services.school_alerts.domain.alert import Alert
from services.school_alerts.domain.book import District
from services.school_alerts.domain.case import Case
from services.school_alerts.domain.readers import readers_at
from services.school_alerts.domain.schools import School
from services.school_alerts.store.register import book_of
from services.school_alerts.store.tables import ALERTS, CASES, CODES, VISITS

CODE_OF = """
SELECT alert_id, role, salt, digest, made_at, guesses, since, sent FROM codes
WHERE alert_id = $1 AND role = $2 FOR UPDATE
"""
CARRIED = "SELECT alert_id FROM alerts WHERE incident_id = $1 AND mail_reference = $2"
FORGET = "DELETE FROM visits WHERE until < $1"


@dataclass(frozen=True)
class Sheet:
    """An alert as its page needs it."""

    alert: Alert
    case: Case
    district: District
    school: School | None
    barred: frozenset[str]
    """Mailboxes that may not read it any more."""


async def sheet_of(transaction: Transaction, alert_id: AlertId) -> Sheet | None:
    """The alert, its incident and its school; None where there is no such alert."""
    alerts = await transaction.read(Alert, ALERTS, where="alert_id", among=[alert_id])
    if not alerts:
        return None
    [alert] = alerts
    [case] = await transaction.read(Case, CASES, where="incident_id", among=[alert.incident_id])
    reference = transaction.reference
    book = await book_of(transaction, reference.shelf)
    school = book.schools.of(alert.school_urn)
    barred: frozenset[str] = frozenset()
    if school is not None:
        there = readers_at(school, case.employers, book.schools)
        told = (told.reader for told in alert.told)
        barred = frozenset(reader.mailbox for reader in told if there.is_barred(reader))
    return Sheet(alert, case, reference.districts.of(case.area), school, barred)


async def carried_with(transaction: Transaction, alert: Alert) -> tuple[UUID, ...]:
    """Every alert of the mail that this one was first sent with."""
    records = await transaction.fetch(CARRIED, alert.incident_id, alert.mail_reference)
    return tuple(record["alert_id"] for record in records)


async def code_of(transaction: Transaction, alert_id: AlertId, role: RecipientRole) -> Code | None:
    """The last code sent to a reader, locked."""
    found = await transaction.select(Code, CODE_OF, alert_id, role.value)
    return found[0] if found else None


async def keep_code(transaction: Transaction, code: Code) -> None:
    """Keep a code as it is now."""
    await transaction.upsert(CODES, [code])


async def keep_visit(transaction: Transaction, visit: Visit) -> None:
    """Keep a visit, and forget those that are over."""
    await transaction.execute(FORGET, transaction.now)
    await transaction.insert(VISITS, [visit])


async def visit_by(transaction: Transaction, token: str, now: datetime) -> Visit | None:
    """The visit that a browser's token stands for, while it lasts."""
    digest = digest_of("visit", token)
    found = await transaction.read(Visit, VISITS, where="token_digest", among=[digest])
    return found[0] if found and now < found[0].until else None
