"""The register of schools and the calendars, imported into the service's own tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Table

from contracts.vocabulary import Audience
from services.kit.database import Transaction
from services.kit.sealing import Keyring, SealBroken, open_text, seal_text
from services.school_alerts.domain.book import Book
from services.school_alerts.domain.calendar import SchoolTerms, Span, Terms
from services.school_alerts.domain.files import schools_in, terms_in
from services.school_alerts.domain.schools import School, Schools
from services.school_alerts.store.tables import SCHOOLS, TERMS

T = TypeVar("T")
SCHOOLS_EDITION, TERMS_EDITION = "schools", "terms"
ALL_SCHOOLS = """
SELECT urn, authority, name, status, phase, low_age, high_age, successor, contacts FROM schools
"""
ALL_TERMS = "SELECT authority, holidays, inset, schools FROM terms"
NEXT_EDITION = """
INSERT INTO editions AS old (register, number) VALUES ($1, 1)
ON CONFLICT (register) DO UPDATE SET number = old.number + 1
"""
EDITIONS_NOW = "SELECT register, number FROM editions ORDER BY register"


@dataclass(frozen=True)
class ImportReport:
    """What an import changed, by key, and what was wrong with single entries."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuthorityTerms:
    """An authority's terms as a row."""

    authority: str
    holidays: tuple[Span, ...]
    inset: tuple[date, ...]
    schools: Mapping[str, SchoolTerms]


@dataclass
class Shelf:
    """The book as last read in this process; read again when a newer edition was imported."""

    seed: Book
    """What holds while nothing was imported."""
    keyring: Keyring | None = None
    """With which contacts are opened: they are kept sealed, by role."""
    book: Book | None = None
    editions: tuple[tuple[str, int], ...] = field(default=())


async def import_schools(transaction: Transaction, csv_text: str, keyring: Keyring) -> ImportReport:
    """Add and change schools; those the file does not name stay as they are."""
    found = schools_in(csv_text)
    kept = await transaction.select(School, ALL_SCHOOLS)
    before = {row.urn: _opened(row, keyring) for row in kept}
    report = _compared(before, found.entries, found.problems)
    rows = {urn: _sealed(school, keyring) for urn, school in found.entries.items()}
    await _write(transaction, SCHOOLS, SCHOOLS_EDITION, rows, report)
    return report


async def import_terms(transaction: Transaction, terms: Any) -> ImportReport:
    """Put an authority's term dates in the place of its earlier ones; others stay."""
    found = terms_in(terms)
    rows = {code: _row(code, each) for code, each in found.entries.items()}
    earlier = await transaction.select(AuthorityTerms, ALL_TERMS)
    before = {row.authority: _row(row.authority, _terms(row)) for row in earlier}
    report = _compared(before, rows, found.problems)
    await _write(transaction, TERMS, TERMS_EDITION, rows, report)
    return report


async def book_of(transaction: Transaction, shelf: Shelf) -> Book:
    """The book as it stands: one cheap question, and a reading only after an import."""
    records = await transaction.fetch(EDITIONS_NOW)
    editions = tuple((record["register"], record["number"]) for record in records)
    if shelf.book is None or editions != shelf.editions:
        shelf.book = await _read(transaction, shelf, {name for name, _ in editions})
        shelf.editions = editions
    return shelf.book


async def _read(transaction: Transaction, shelf: Shelf, imported: Iterable[str]) -> Book:
    schools, terms, known = shelf.seed.schools, shelf.seed.terms, set(imported)
    if SCHOOLS_EDITION in known:
        rows = await transaction.select(School, ALL_SCHOOLS)
        schools = Schools({row.urn: _opened(row, shelf.keyring) for row in rows})
    if TERMS_EDITION in known:
        kept = await transaction.select(AuthorityTerms, ALL_TERMS)
        terms = {row.authority: _terms(row) for row in kept}
    return Book(schools, terms, shelf.seed.bank_holidays)


async def _write(
    transaction: Transaction,
    table: Table,
    edition: str,
    rows: Mapping[str, Any],
    report: ImportReport,
) -> None:
    touched = (*report.added, *report.changed)
    await transaction.upsert(table, [rows[key] for key in touched])
    if touched:
        await transaction.execute(NEXT_EDITION, edition)


def _compared(
    before: Mapping[str, T], found: Mapping[str, T], problems: tuple[str, ...]
) -> ImportReport:
    added = tuple(key for key in found if key not in before)
    changed = tuple(key for key in found if key in before and before[key] != found[key])
    return ImportReport(added, changed, len(found) - len(added) - len(changed), problems)


def _sealed(school: School, keyring: Keyring) -> School:
    """The school as a row; an address is bound to its school and role."""
    sealed = {
        role: seal_text(address, Audience.SCHOOL, f"{school.urn}/{role}", keyring)
        for role, address in school.contacts.items()
    }
    return replace(school, contacts=sealed)


def _opened(row: School, keyring: Keyring | None) -> School:
    if not row.contacts:
        return row
    if keyring is None:
        raise SealBroken("contacts are sealed, and this process holds no key")
    opened = {
        role: open_text(sealed, Audience.SCHOOL, f"{row.urn}/{role}", keyring)
        for role, sealed in row.contacts.items()
    }
    return replace(row, contacts=opened)


def _row(authority: str, terms: Terms) -> AuthorityTerms:
    return AuthorityTerms(authority, terms.holidays, tuple(sorted(terms.inset)), terms.schools)


def _terms(row: AuthorityTerms) -> Terms:
    return Terms(row.holidays, frozenset(row.inset), row.schools)
