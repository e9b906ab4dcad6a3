"""Meetings of MARAC as the coordinator plans them."""

from dataclasses import replace
from datetime import datetime

from contracts.envelope import Problem
from contracts.idva import (
    IdvaAlarm,
    IdvaInputRefused,
    MaracBacklogBreached,
    MaracListed,
    QueueTurnDue,
)
from contracts.partner import MaracMeeting
from services.idva_allocation.domain.marac import Meeting
from services.idva_allocation.handlers.listing import (
    COORDINATOR,
    fill_agendas,
    known_case,
    say_listed,
)
from services.idva_allocation.handlers.saying import alarm, area_alarms
from services.idva_allocation.working_set import Referrals
from services.kit.timers import Later

CLOSES_AFTER = Problem(
    path="/agenda_closes_at",
    code="after_meeting",
    message="The agenda must close before the meeting is held.",
)
TOO_MANY = "The agenda holds more victims than the meeting now has room for."


def keep_meeting(
    event: MaracMeeting, rows: Referrals, now: datetime
) -> list[MaracListed | MaracBacklogBreached | IdvaAlarm | IdvaInputRefused | Later[QueueTurnDue]]:
    """Keep a meeting as planned now; who waits is listed, who is listed is told of a change."""
    if event.agenda_closes_at > event.held_at:
        refused = IdvaInputRefused(
            topic=event.TOPIC, reference=event.meeting_id, problems=(CLOSES_AFTER,)
        )
        return [refused]
    before = rows.meetings.get(event.meeting_id)
    at = event.envelope.time
    if before and before.as_of and before.as_of > at:
        return []
    meeting = meeting_of(event, before, at)
    rows.meetings.put(meeting)
    said = told_again(before, meeting, rows)
    return [*area_alarms(event, COORDINATOR), *said, *fill_agendas(meeting, rows, now)]


def meeting_of(event: MaracMeeting, before: Meeting | None, at: datetime) -> Meeting:
    """The meeting as planned now, as full as it is."""
    return Meeting(
        meeting_id=event.meeting_id,
        area=event.area,
        held_at=event.held_at,
        agenda_closes_at=event.agenda_closes_at,
        capacity=event.capacity,
        listed=before.listed if before else 0,
        as_of=at,
    )


def told_again(
    before: Meeting | None, meeting: Meeting, rows: Referrals
) -> list[MaracListed | IdvaAlarm]:
    """Say every listing again where the meeting moved; alarm where it shrank too far."""
    if before is None or before == replace(meeting, as_of=before.as_of):
        return []
    said: list[MaracListed | IdvaAlarm] = []
    on_it = [listing for listing in rows.listings if listing.meeting_id == meeting.meeting_id]
    if before.held_at != meeting.held_at:
        for listing in on_it:
            case = known_case(listing.incident_ids[-1], rows)
            said.append(say_listed(listing, case, meeting, rows))
    if on_it and meeting.listed > meeting.capacity:
        case = known_case(on_it[-1].incident_ids[-1], rows)
        said.append(alarm(case, COORDINATOR, "agenda_too_full", TOO_MANY))
    return said
