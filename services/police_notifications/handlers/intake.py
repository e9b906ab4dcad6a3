"""Taking a report in: accepted, amended, cancelled, refused, or nothing new."""

from dataclasses import replace
from datetime import datetime

from contracts.envelope import Problem, Reason
from contracts.partner import IncidentReport
from contracts.police import (
    IncidentAmended,
    IncidentCancelled,
    IncidentReported,
    PoliceAlarm,
    ReportRefused,
)
from contracts.vocabulary import ReportStatus
from services.police_notifications.domain.reports import (
    Incident,
    Outcome,
    Report,
    Taken,
    new_report,
)
from services.police_notifications.domain.risk import Floor
from services.police_notifications.handlers import forms, telling
from services.police_notifications.handlers.contact_points import late_warnings, still_unsafe
from services.police_notifications.handlers.sides import Side, sides_of
from services.police_notifications.handlers.telling import Telling
from services.police_notifications.working_set import Reports

Told = IncidentReported | IncidentAmended | IncidentCancelled
CONFLICT = Problem(
    path="/revision",
    code="revision_conflict",
    message="The revision must be higher: this one was sent before with other content.",
)
POLICE = "police"


def take_report(
    event: IncidentReport, reports: Reports, now: datetime
) -> list[IncidentReported | IncidentAmended | IncidentCancelled | ReportRefused | PoliceAlarm]:
    """Take a report in; a revision that was taken before with the same content is nothing new."""
    known = reports.of(event.source, event.reference)
    digest = forms.content_digest(event)
    if known is not None and known.digest_of(event.revision) == digest:
        return []
    problems = problems_of(event, known)
    if problems:
        return [_refused(event, problems), *_alarms(known, problems)]
    at = event.envelope.received_at or event.envelope.time
    report = known or new_report(event.source, event.reference, reports.area_of(event), at)
    report, told = _take(event, report, reports, at)
    outcome = _outcome(event, known)
    reports.put(report.having_taken(Taken(event.revision, digest, outcome, at)))
    return list(told)


def problems_of(event: IncidentReport, known: Report | None) -> list[Problem]:
    """Why a report cannot be taken in, beyond what its reading found."""
    before = known.digest_of(event.revision) if known else None
    if before == forms.content_digest(event):
        return []
    return forms.nobody_harmed(event) + ([CONFLICT] if before else [])


def _take(
    event: IncidentReport, report: Report, reports: Reports, at: datetime
) -> tuple[Report, list[Told]]:
    if event.revision < report.revision:
        return _take_late(event, report, reports, at)
    if event.status is ReportStatus.CANCELLED:
        return _cancel(event, report, reports, at)
    return _revise(event, report, reports, at)


def _outcome(event: IncidentReport, known: Report | None) -> Outcome:
    late = known is not None and event.revision < known.revision
    if event.status is ReportStatus.CANCELLED and not late:
        return Outcome.CANCELLED
    return Outcome.ACCEPTED if known is None else Outcome.AMENDED


def _revise(
    event: IncidentReport, report: Report, reports: Reports, at: datetime
) -> tuple[Report, list[Told]]:
    happened_at = telling.happened_at(event, report.first_received_at)
    believed, doubts = forms.believed(event, happened_at)
    marks = [*event.marks, *reports.area_marks(event), *forms.lacks(event, at), *doubts]
    content = believed.model_dump_json(by_alias=True, exclude_unset=True)
    report = report.revised(event.revision, reports.area_of(event), at, content)
    report = replace(report, marks=tuple((one.code, one.sentence) for one in marks))
    sides = sides_of(believed)
    told: list[Told] = []
    for side in sides:
        incident = report.incident(other_party=side.other_party, at=at)
        incident, said = telling.revise(_telling(report, reports, at), side, incident)
        report = report.having(incident)
        told.append(said)
    if len(sides) == 1:
        report, dropped = _drop_second(report, reports, at, telling.NOT_ALLEGED)
        told += dropped
    return report, told


def _cancel(
    event: IncidentReport, report: Report, reports: Reports, at: datetime
) -> tuple[Report, list[Told]]:
    area = report.area if event.area is None else reports.area_of(event)
    report = report.revised(event.revision, area, at)
    first, said = telling.cancel(_telling(report, reports, at), report.first, telling.CANCELLED)
    report, dropped = _drop_second(report.having(first), reports, at, telling.CANCELLED)
    return report, [said, *dropped]


def _drop_second(
    report: Report, reports: Reports, at: datetime, reason: Reason
) -> tuple[Report, list[Told]]:
    if report.second is None or not report.second.live:
        return report, []
    second, said = telling.cancel(_telling(report, reports, at), report.second, reason)
    return report.having(second), [said]


def _take_late(
    event: IncidentReport, report: Report, reports: Reports, at: datetime
) -> tuple[Report, list[Told]]:
    """A late lower revision counts by its grade, and by its numbers where unsafe."""
    before = report.first
    policy = reports.policy_of(report.area)
    own = telling.own_components(sides_of(event)[0], policy)
    first = before.warned(late_warnings(event, report.made_by(event.revision)))
    if own and event.status is ReportStatus.REPORTED:
        first = first.raised(Floor.of(own, event.revision))
    report = report.having(first)
    if first == before or not first.live or report.content is None:
        return report, []
    present = sides_of(IncidentReport.model_validate_json(report.content))[0]
    if first.floor == before.floor and not _more_unsafe(present, before, first):
        return report, []
    said = telling.say(_telling(report, reports, at), present, first)
    return report.having(first.said(live=True)), [said]


def _more_unsafe(present: Side, before: Incident, after: Incident) -> bool:
    """Whether a number is unsafe now that was not known to be, or was verified safe."""
    known = still_unsafe(present.victim, before.unsafe)
    return still_unsafe(present.victim, after.unsafe) != known


def _telling(report: Report, reports: Reports, at: datetime) -> Telling:
    version = reports.policy_version_of(report.area)
    return Telling(report, at, reports.policy_of(report.area), version)


def _refused(event: IncidentReport, problems: list[Problem]) -> ReportRefused:
    return ReportRefused(topic=event.TOPIC, reference=event.report_key, problems=tuple(problems))


def _alarms(known: Report | None, problems: list[Problem]) -> list[PoliceAlarm]:
    if known is None or CONFLICT not in problems:
        return []
    alarm = PoliceAlarm(
        to_role=POLICE,
        area=known.area,
        code=CONFLICT.code,
        about=(known.report_id,),
        reasons=(Reason(code=CONFLICT.code, sentence=CONFLICT.message),),
    )
    return [alarm]
