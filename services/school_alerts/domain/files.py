"""Registers and calendars as files: a GIAS-shaped CSV and term-date JSON, read and checked."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Generic, TypeVar

from contracts.vocabulary import RecipientRole
from services.school_alerts.domain.calendar import LONGEST_TERM, SchoolTerms, Span, Terms
from services.school_alerts.domain.schools import School

T = TypeVar("T")

COLUMNS = ("URN", "LA_code", "EstablishmentName", "Status")
NATIONAL = {
    "LA (code)": "LA_code",
    "EstablishmentStatus (name)": "Status",
    "PhaseOfEducation (name)": "Phase",
}
"""How the national extract heads the same columns."""
CONTACTS = {
    "KeyAdultEmail": RecipientRole.KEY_ADULT,
    "DeputyEmail": RecipientRole.DEPUTY,
    "HeadEmail": RecipientRole.HEAD,
}
PUBLISHED = {"Sheffield": "373"}
"""Authorities whose own published shape of term dates is read too, by the name they give."""


class FileRefused(Exception):  # noqa: N818
    """A file cannot be used and nothing of it was taken; the message says what is wrong where."""


@dataclass(frozen=True)
class Found(Generic[T]):
    """What a file holds, by its key, and what was wrong with single entries of it."""

    entries: Mapping[str, T]
    problems: tuple[str, ...] = ()


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 with or without a mark, else as Windows writes it."""
    if b"\x00" in content:
        raise FileRefused("the file must be text in UTF-8 or Windows-1252")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def schools_in(text: str) -> Found[School]:
    """The establishments of a CSV; a row without a URN is left out and named."""
    table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=None))
    names = {name: NATIONAL.get(name, name) for name in table.fieldnames or ()}
    if missing := [name for name in COLUMNS if name not in names.values()]:
        raise FileRefused(f"the first line lacks the columns {', '.join(missing)}")
    found: dict[str, School] = {}
    problems: list[str] = []
    for row in _rows(table):
        given = {names[k]: v.strip() for k, v in row.items() if k in names and v}
        fault = _fault(given, found)
        if fault is None:
            found[given["URN"]] = _school(given)
            fault = _contact_fault(given)
        if fault is not None:
            problems.append(f"line {table.line_num}: {fault}")
    return Found(found, tuple(problems))


def terms_in(read: Any) -> Found[Terms]:
    """The authorities' term dates; a date that is none refuses the file, a gap is named."""
    if not isinstance(read, dict):
        raise FileRefused("term dates are an object by authority code")
    if "academic_years" in read:
        read = _published(read)
    found = {code: _terms(code, content) for code, content in read.items()}
    gaps = (gap for code, terms in found.items() for gap in _gaps(code, terms.holidays))
    return Found(found, tuple(gaps))


def _rows(table: "csv.DictReader[str]") -> Iterator[dict[str, Any]]:
    try:
        yield from table
    except csv.Error as fault:
        raise FileRefused(f"line {table.line_num} is not CSV ({fault})") from fault


def _fault(given: Mapping[str, str], known: Mapping[str, School]) -> str | None:
    urn = given.get("URN", "")
    if not (urn.isascii() and urn.isdecimal()):
        return "URN must be a number"
    if urn in known:
        return f"URN {urn} stands there twice"
    missing = [name for name in COLUMNS if not given.get(name)]
    return f"{', '.join(missing)} must be given" if missing else None


def _contact_fault(given: Mapping[str, str]) -> str | None:
    wrong = [name for name in CONTACTS if given.get(name) and not _is_address(given[name])]
    return f"{', '.join(wrong)} is no e-mail address and was left out" if wrong else None


def _school(given: Mapping[str, str]) -> School:
    addresses = {role: given.get(column, "") for column, role in CONTACTS.items()}
    return School(
        urn=given["URN"],
        authority=given["LA_code"],
        name=given["EstablishmentName"],
        status=given["Status"],
        phase=given.get("Phase"),
        low_age=_number(given.get("StatutoryLowAge")),
        high_age=_number(given.get("StatutoryHighAge")),
        successor=given.get("Successor"),
        contacts={role: a for role, a in addresses.items() if _is_address(a)},
    )


def _is_address(text: str) -> bool:
    name, at, host = text.partition("@")
    return bool(name and at and host) and not any(c.isspace() or c in ",;<>" for c in text)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _terms(code: str, content: Any) -> Terms:
    if not isinstance(content, dict):
        raise FileRefused(f"{code}: must be an object")
    own = content.get("schools") or {}
    if not isinstance(own, dict):
        raise FileRefused(f"{code}/schools: must be an object by URN")
    schools = {urn: _school_terms(f"{code}/schools/{urn}", each) for urn, each in own.items()}
    return Terms(_spans(code, content), _inset(code, content), schools)


def _school_terms(path: str, content: Any) -> SchoolTerms:
    if not isinstance(content, dict):
        raise FileRefused(f"{path}: must be an object")
    return SchoolTerms(_inset(path, content), _spans(path, content))


def _spans(path: str, content: Mapping[str, Any]) -> tuple[Span, ...]:
    spans = []
    for place, each in enumerate(_listed(path, content, "holidays")):
        where = f"{path}/holidays/{place}"
        if not isinstance(each, dict):
            raise FileRefused(f"{where}: must be an object with start and end")
        start, end = _day(where, each.get("start")), _day(where, each.get("end"))
        if end < start:
            raise FileRefused(f"{where}: ends before it starts")
        spans.append(Span(start, end))
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def _inset(path: str, content: Mapping[str, Any]) -> frozenset[date]:
    return frozenset(_day(f"{path}/inset", each) for each in _listed(path, content, "inset"))


def _listed(path: str, content: Mapping[str, Any], name: str) -> list[Any]:
    listed = content.get(name) or []
    if not isinstance(listed, list):
        raise FileRefused(f"{path}/{name}: must be a list")
    return listed


def _day(path: str, text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise FileRefused(f"{path}: must hold dates such as 2027-03-26") from None


def _gaps(code: str, spans: tuple[Span, ...]) -> Iterator[str]:
    for one, other in pairwise(spans):
        if other.start - one.end > LONGEST_TERM:
            yield f"{code}: no holidays between {one.end} and {other.start}: unknown in between"


def _published(read: Mapping[str, Any]) -> dict[str, Any]:
    code = PUBLISHED.get(str(read.get("school")))
    if code is None:
        raise FileRefused("term dates in a published shape of an authority that is not known")
    holidays = [each for year in read["academic_years"] for each in year["school_holidays"]]
    return {code: {"holidays": holidays, "inset": list(read.get("pd_days") or ())}}
