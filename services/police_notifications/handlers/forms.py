"""What is wrong with a report's form, what it lacks, and what of it is not believed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from contracts.envelope import Problem, Reason
from contracts.partner import Child, IncidentReport, Person, Victim
from contracts.vocabulary import ReportStatus
from services.kit.form_words import Path, mark, problem
from services.kit.strict_json import digest_of
from services.police_notifications.domain.ages import day_in_london
from services.police_notifications.handlers.codes import codes_in
from services.police_notifications.handlers.sides import is_counter_allegation, is_somebody

MISSING = "missing"
ASKED_OF_VICTIM = ("given_names", "family_name", "date_of_birth")
ASKED_OF_CHILD = ("given_names", "family_name", "date_of_birth")
CLOCKS_DIFFER = timedelta(hours=1)
"""How far a sender's clock may be ahead of ours."""

Marks = tuple[tuple[str, str], ...]


def content_digest(report: IncidentReport) -> str:
    """What is the same for the same content, key order aside."""
    return report.digest or digest_of(report.model_dump(mode="json", exclude_unset=True))


def nobody_harmed(report: IncidentReport) -> list[Problem]:
    """The one nicety that a report cannot do without: somebody who was harmed."""
    if report.status is ReportStatus.CANCELLED or is_somebody(report.victim):
        return []
    return [
        problem(("victim",), "no_victim", "must have a name, a birth date, an address or a number")
    ]


def believed(report: IncidentReport, happened_at: datetime) -> tuple[IncidentReport, list[Reason]]:
    """The report without birth dates after the incident, and a mark for each."""
    day = day_in_london(happened_at)
    changes: dict[str, Any] = {}
    marks: list[Reason] = []
    for name in ("victim", "suspect", "other_party"):
        person = getattr(report, name)
        changes[name] = _born_by(day, person, (name,), marks)
    changes["children"] = tuple(
        _born_by(day, child, ("children", place), marks)
        for place, child in enumerate(report.children)
    )
    return (report.model_copy(update=changes), marks) if marks else (report, marks)


def _born_by(day: date, person: Any, path: Path, marks: list[Reason]) -> Any:
    if person is None or person.date_of_birth is None or person.date_of_birth <= day:
        return person
    marks.append(mark((*path, "date_of_birth"), "in_future", "after the incident, kept out"))
    return person.model_copy(update={"date_of_birth": None})


def lacks(report: IncidentReport, received_at: datetime) -> list[Reason]:
    """A mark for everything that a full report has and this one lacks."""
    found = [mark(path, MISSING, MISSING) for path in _absent(report)]
    found += [mark(path, "no_code", "no code, so kept out") for path in _no_codes(report)]
    if report.occurred_at and report.occurred_at > received_at + CLOCKS_DIFFER:
        found.append(mark(("occurred_at",), "in_future", "after the report was received"))
    if report.other_party is not None and not is_counter_allegation(report):
        found.append(mark(("other_party",), MISSING, "nobody can be told from it, kept out"))
    return found


def _absent(report: IncidentReport) -> Iterator[Path]:
    if report.occurred_at is None:
        yield ("occurred_at",)
    yield from _person(report.victim or Victim(), ("victim",), ASKED_OF_VICTIM)
    if report.victim is None or report.victim.address is None:
        yield ("victim", "address")
    elif not report.victim.address.postcode:
        yield ("victim", "address", "postcode")
    if not is_somebody(report.suspect) and not is_counter_allegation(report):
        yield ("suspect",)
    for place, child in enumerate(report.children):
        yield from _child(child, ("children", place))


def _no_codes(report: IncidentReport) -> Iterator[Path]:
    if _is_no_code(report.lead_agency_engaged):
        yield ("lead_agency_engaged",)
    for name in ("victim", "suspect", "other_party"):
        if _is_no_code(getattr(getattr(report, name), "employer_urn", None)):
            yield (name, "employer_urn")
    learners: list[tuple[Path, Child | Victim | None]] = [
        (("victim",), report.victim),
        (("other_party",), report.other_party),
    ]
    learners += [(("children", place), one) for place, one in enumerate(report.children)]
    for path, learner in learners:
        urns = (learner.school_urn, *learner.other_school_urns) if learner else ()
        if any(_is_no_code(urn) for urn in urns):
            yield (*path, "school_urn")


def _is_no_code(word: str | None) -> bool:
    return word is not None and not codes_in(word)


def _person(person: Person, path: Path, names: tuple[str, ...]) -> Iterator[Path]:
    return ((*path, name) for name in names if getattr(person, name) is None)


def _child(child: Child, path: Path) -> Iterator[Path]:
    if child.unborn:
        return
    yield from _person(child, path, ASKED_OF_CHILD)
    if child.education is None and child.school_urn is None:
        yield (*path, "school_urn")
    if child.voice is None and child.voice_absent_reason is None:
        yield (*path, "voice")
