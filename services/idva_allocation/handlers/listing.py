"""Who is on which agenda of MARAC, and who waits for one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from contracts.idva import IdvaAlarm, MaracBacklogBreached, MaracDelisted, MaracListed, QueueTurnDue
from services.idva_allocation.domain.case import Case
from services.idva_allocation.domain.marac import (
    Listing,
    Meeting,
    Referral,
    next_meeting,
    referrals,
    weeks_until,
)
from services.idva_allocation.handlers.saying import Enlisting, about, agenda_news, alarm
from services.idva_allocation.handlers.saying import Listing as Said
from services.idva_allocation.working_set import Referrals
from services.kit.timers import later

Breaching = MaracBacklogBreached | IdvaAlarm
COORDINATOR = "marac_coordinator"
NO_MEETING = "No meeting of the area has an open agenda with room for this victim."
BACKLOG = "The next meeting with room is further away than the area allows."


def refer_to_marac(victim_id: UUID, rows: Referrals, now: datetime) -> list[Said]:
    """Count one victim's referrals again: who is new is listed, who has no ground is delisted."""
    moving = leave_other_areas(victim_id, rows, now)
    left = [case for case in strangers(victim_id, rows) if leaves(case, victim_id, rows, now)]
    found = referred(victim_id, rows, now)
    left += [case for case in groundless(found, rows) if leaves(case, victim_id, rows, now)]
    said: list[Said] = []
    for incident_id, referral in found.items():
        said += settle(known_case(incident_id, rows), referral, rows, now)
    again = {event.meeting_id for event in said if isinstance(event, MaracListed)}
    unsaid = [case for case in left if case.meeting_id not in again]
    return [*moving, *said, *say_left(unsaid, victim_id, rows, now)]


def leave_other_areas(victim_id: UUID, rows: Referrals, now: datetime) -> list[Said]:
    """Incidents that belong to another area now leave its agenda first: they are listed anew."""
    areas = {listing.meeting_id: listing.area for listing in rows.listings_of(victim_id)}
    on_them = (case for case in rows.of_victim(victim_id) if case.meeting_id in areas)
    astray = [case for case in on_them if case.area != areas[case.meeting_id or ""]]
    left = [case for case in astray if leaves(case, victim_id, rows, now)]
    return say_left(left, victim_id, rows, now)


def say_left(left: list[Case], victim_id: UUID, rows: Referrals, now: datetime) -> list[Said]:
    """The agendas that incidents left: without the victim, or with her other incidents alone."""
    said: list[Said] = []
    for meeting_id, case in {case.meeting_id or "": case for case in left}.items():
        listing = rows.listings.get((meeting_id, victim_id))
        if listing and not listing.incident_ids:
            said += empty(listing, case.incident_id, rows, now)
        elif listing:
            said += relist(listing.incident_ids[-1], rows, now)
    return said


def taken_along(before: Case, rows: Referrals) -> list[MaracDelisted]:
    """An incident that left another victim's agenda and is on none as its own victim's."""
    case = known_case(before.incident_id, rows)
    meeting, referral = rows.meetings.get(before.meeting_id or ""), before.referral
    if meeting is None or referral is None or not case.live or case.meeting_id is not None:
        return []
    listing = Listing(
        meeting_id=meeting.meeting_id,
        victim_id=case.victim_id,
        area=meeting.area,
        incident_ids=(case.incident_id,),
        criterion=referral.criterion,
        repeat_of=referral.repeat_of,
    )
    on_it = rows.listings.get((meeting.meeting_id, case.victim_id)) is not None
    is_hers = case.victim_id == before.victim_id
    return [] if on_it or is_hers else [delisted(listing, meeting, rows)]


def strangers(victim_id: UUID, rows: Referrals) -> list[Case]:
    """Incidents on a victim's agendas that were cancelled or are another victim's now."""
    on_it = (i for listing in rows.listings_of(victim_id) for i in listing.incident_ids)
    cases = (rows.cases.get(incident_id) for incident_id in on_it)
    return [c for c in cases if c and (not c.live or c.victim_id != victim_id)]


def referred(victim_id: UUID, rows: Referrals, now: datetime) -> dict[UUID, Referral | None]:
    """Which of the victim's live incidents are referred now."""
    cases = rows.of_victim(victim_id)
    months = max((rows.policy_of(case.area).repeat_months for case in cases), default=0)
    return referrals([case.candidate for case in cases], now, months)


def groundless(found: Mapping[UUID, Referral | None], rows: Referrals) -> list[Case]:
    """Incidents that were referred and are not any more."""
    cases = (known_case(incident_id, rows) for incident_id, to in found.items() if to is None)
    return [case for case in cases if case.referral is not None]


def leaves(case: Case, victim_id: UUID, rows: Referrals, now: datetime) -> bool:
    """Take an incident from a victim's agenda, unless its meeting was held; whether it left."""
    meeting = rows.meetings.get(case.meeting_id or "")
    listing = rows.listings.get((case.meeting_id or "", victim_id))
    if meeting is None or listing is None or meeting.held_at <= now:
        return False
    moved = case.live and (case.victim_id != victim_id or case.area != listing.area)
    rows.cases.put(replace(case, meeting_id=None, leaves_for_another=moved))
    remaining = tuple(i for i in listing.incident_ids if i != case.incident_id)
    rows.listings.put(replace(listing, incident_ids=remaining))
    return True


def settle(case: Case, referral: Referral | None, rows: Referrals, now: datetime) -> list[Said]:
    """Bring a live incident's place on an agenda in line with its referral."""
    known, moved = case.referral, case.leaves_for_another
    rows.cases.put(replace(case, referral=referral, leaves_for_another=False))
    if referral is None:
        return []
    if known is None or moved:
        return [*enlist(case.incident_id, rows, now)]
    changed = (known.criterion, known.repeat_of) != (referral.criterion, referral.repeat_of)
    return relist(case.incident_id, rows, now) if changed else []


def enlist(incident_id: UUID, rows: Referrals, now: datetime) -> list[Enlisting]:
    """Put a referred incident on the next agenda that is open and has room, or let it wait."""
    case = known_case(incident_id, rows)
    meeting = joined_meeting(case, rows, now) or next_meeting(rows.meetings_of(case.area), now)
    if meeting is None:
        return wait(case, rows, now)
    rows.cases.put(replace(case, meeting_id=meeting.meeting_id))
    listed = list_on(case, meeting, rows)
    return [listed, *late_meeting(incident_id, meeting, rows, now)]


def known_case(incident_id: UUID, rows: Referrals) -> Case:
    """An incident that must have been heard of."""
    case = rows.cases.get(incident_id)
    if case is None:
        raise LookupError("an incident on an agenda must have been heard of")
    return case


def joined_meeting(case: Case, rows: Referrals, now: datetime) -> Meeting | None:
    """A meeting that the victim is already on and whose agenda is still open."""
    own = {listing.meeting_id for listing in rows.listings_of(case.victim_id)}
    still = (m for m in rows.meetings_of(case.area) if m.meeting_id in own and m.takes(now))
    return min(still, key=lambda meeting: meeting.held_at, default=None)


def list_on(case: Case, meeting: Meeting, rows: Referrals) -> MaracListed:
    """One listing a victim and meeting: a further incident says it again with all of them."""
    listing = rows.listings.get((meeting.meeting_id, case.victim_id))
    if listing is None:
        rows.meetings.put(replace(meeting, listed=meeting.listed + 1))
    incident_ids = (*(listing.incident_ids if listing else ()), case.incident_id)
    referral = case.referral
    if referral is None:
        raise LookupError("only a referred incident is listed")
    new = Listing(
        meeting_id=meeting.meeting_id,
        victim_id=case.victim_id,
        area=case.area,
        incident_ids=tuple(dict.fromkeys(incident_ids)),
        criterion=referral.criterion,
        repeat_of=referral.repeat_of,
    )
    rows.listings.put(new)
    return say_listed(new, case, meeting, rows)


def say_listed(listing: Listing, case: Case, meeting: Meeting, rows: Referrals) -> MaracListed:
    """The listing, whole."""
    return agenda_news(
        MaracListed,
        case,
        rows,
        meeting_id=meeting.meeting_id,
        held_at=meeting.held_at,
        incident_ids=listing.incident_ids,
        screenings=rows.screenings_of(listing.incident_ids),
    )


def relist(incident_id: UUID, rows: Referrals, now: datetime) -> list[Said]:
    """Say a listing again: its criterion, its incidents or its meeting changed."""
    case = known_case(incident_id, rows)
    meeting = rows.meetings.get(case.meeting_id or "")
    if meeting is None or case.referral is None or meeting.held_at <= now:
        return []
    return [list_on(case, meeting, rows)]


def late_meeting(
    incident_id: UUID, meeting: Meeting, rows: Referrals, now: datetime
) -> list[Breaching]:
    """A backlog over the area's weeks raises an alarm."""
    case = known_case(incident_id, rows)
    if meeting.held_at - now <= timedelta(weeks=rows.policy_of(case.area).backlog_weeks):
        return []
    return breach(case, weeks_until(meeting.held_at, now), rows, meeting)


def breach(
    case: Case, weeks: float, rows: Referrals, meeting: Meeting | None = None
) -> list[Breaching]:
    """The backlog is too long: said, and the coordinator is told."""
    at = {"meeting_id": meeting.meeting_id, "held_at": meeting.held_at} if meeting else {}
    said = agenda_news(
        MaracBacklogBreached,
        case,
        rows,
        weeks=weeks,
        incident_ids=(case.incident_id,),
        **at,
    )
    return [said, alarm(case, COORDINATOR, "marac_backlog", BACKLOG)]


def wait(case: Case, rows: Referrals, now: datetime) -> list[Enlisting]:
    """No meeting takes her: she waits, the coordinator is told, and a clock is set."""
    weeks = rows.policy_of(case.area).backlog_weeks
    at = case.referral.at if case.referral else case.first_received_at
    turn = about(case, QueueTurnDue(area=case.area))
    return [
        alarm(case, COORDINATOR, "no_meeting_with_room", NO_MEETING),
        later(turn, at=at + timedelta(weeks=weeks)),
    ]


def empty(listing: Listing, incident_id: UUID, rows: Referrals, now: datetime) -> list[Said]:
    """The last incident took the victim off the agenda: the place goes to who waits.

    It is said of all of hers that are on none and were told of: some left while she stayed on it.
    """
    rows.listings.remove((listing.meeting_id, listing.victim_id))
    meeting = rows.meetings.get(listing.meeting_id)
    if meeting is None:
        return []
    meeting = replace(meeting, listed=max(0, meeting.listed - 1))
    rows.meetings.put(meeting)
    told_of = (case for case in rows.of_victim(listing.victim_id) if case.said)
    off_it = (case.incident_id for case in told_of if case.meeting_id is None)
    others = (each for each in off_it if each != incident_id)
    off = replace(listing, incident_ids=(*others, incident_id))
    return [delisted(off, meeting, rows), *fill_agendas(meeting, rows, now)]


def delisted(listing: Listing, meeting: Meeting, rows: Referrals) -> MaracDelisted:
    """The victim is no longer on the agenda."""
    return agenda_news(
        MaracDelisted,
        known_case(listing.incident_ids[-1], rows),
        rows,
        victim_id=listing.victim_id,
        meeting_id=meeting.meeting_id,
        held_at=meeting.held_at,
        incident_ids=listing.incident_ids,
        criterion=listing.criterion,
        repeat_of=listing.repeat_of,
    )


def fill_agendas(meeting: Meeting, rows: Referrals, now: datetime) -> list[Enlisting]:
    """List who waits in the meeting's area, risk then time, while an agenda has room."""
    said: list[Enlisting] = []
    for case in rows.awaiting_meeting(meeting.area):
        agendas = rows.meetings_of(meeting.area)
        if joined_meeting(case, rows, now) or next_meeting(agendas, now):
            said += enlist(case.incident_id, rows, now)
    return said


def long_waits(area: str, rows: Referrals, now: datetime) -> list[Breaching]:
    """Say once of everybody who waited through the area's weeks that the backlog is too long."""
    weeks = rows.policy_of(area).backlog_weeks
    said: list[Breaching] = []
    for case in rows.awaiting_meeting(area):
        waited = case.referral and case.referral.at + timedelta(weeks=weeks) <= now
        if waited and not case.backlog_said:
            rows.cases.put(replace(case, backlog_said=True))
            said += breach(case, float(weeks), rows)
    return said
