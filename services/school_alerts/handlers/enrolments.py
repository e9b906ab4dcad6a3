"""Entries of the authority's school register, matched to a child by person_matching."""

from datetime import datetime

from contracts.identity import PupilEnrolmentIdentified
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
