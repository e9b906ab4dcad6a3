"""Where a child learns: the authority's register, and schools that do not know a child."""

from dataclasses import replace
from datetime import datetime

from contracts.identity import PupilEnrolmentIdentified
from contracts.schools import PupilDisowned
from services.school_alerts.handlers.reading import enrolment_of
from services.school_alerts.handlers.reconciling import reconcile
from services.school_alerts.handlers.turn import Said, Turn
from services.school_alerts.working_set import Alerts


def enter_pupil(event: PupilEnrolmentIdentified, alerts: Alerts, now: datetime) -> list[Said]:
    """Keep the entry; alerts of a child whose school it changes follow the child."""
    before = alerts.entry(event.enrolment_id)
    if before is not None and event.version <= before.version:
        return []
    entry = enrolment_of(event)
    alerts.enter(entry)
    persons = {entry.person_id, *entry.possibly_same_as}
    if before is not None:
        persons |= {before.person_id, *before.possibly_same_as}
    said: list[Said] = []
    for case in alerts.cases_of(persons):
        turn = Turn(alerts, case, now)
        reconcile(turn)
        said += turn.done()
    return said


def disown_pupil(event: PupilDisowned, alerts: Alerts, now: datetime) -> list[Said]:
    """Not our pupil: the school is told no more, and the education team finds the right one."""
    case, alert = alerts.case(event.incident_id), alerts.of(event.alert_id)
    if case is None or alert is None or alert.disowned or not alert.was_told or alert.is_desk:
        return []
    alerts.put(replace(alert, disowned=True))
    turn = Turn(alerts, case, now)
    reconcile(turn)
    return turn.done()
