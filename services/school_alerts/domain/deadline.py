"""By when a school must know, and when it is told (domain 4, "When")."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.kit.working_time import in_london, london_date
from services.school_alerts.domain.calendar import DAY, Calendar
from services.school_alerts.domain.policy import AfterCutOff, InHolidays, Policy


@dataclass(frozen=True, slots=True)
class Slot:
    """When an alert is sent, and by when it must be out."""

    day: date
    """D: the school day that it must not miss."""
    due_by: datetime
    send_at: datetime
    calendar_known: bool


def slot_of(received_at: datetime, calendar: Calendar, policy: Policy) -> Slot:
    """D, its cut-off and the time to send, for what was received at T [N]."""
    day = day_of(received_at, calendar, policy)
    return Slot(
        day=day,
        due_by=in_london(day, policy.cut_off),
        send_at=send_at(received_at, day, calendar, policy),
        calendar_known=calendar.is_known(london_date(received_at)) and calendar.is_known(day),
    )


def day_of(received_at: datetime, calendar: Calendar, policy: Policy) -> date:
    """D: that day where T falls on a school day before the cut-off, else the next school day."""
    day = london_date(received_at)
    if calendar.is_school_day(day) and received_at < in_london(day, policy.cut_off):
        return day
    return calendar.next_school_day(day)


def send_at(received_at: datetime, day: date, calendar: Calendar, policy: Policy) -> datetime:
    """At once by day, else from 07:00 on D; in holidays as policy says."""
    opening = in_london(day, policy.send_from)
    today = london_date(received_at)
    if received_at >= opening or _goes_at_once(received_at, today, calendar, policy):
        return received_at
    if policy.in_holidays is InHolidays.ALSO_IN_HOLIDAY:
        return _opening_in_holiday(received_at, day, calendar, policy)
    return opening


def _goes_at_once(received_at: datetime, today: date, calendar: Calendar, policy: Policy) -> bool:
    after_cut_off = in_london(today, policy.cut_off) <= received_at
    by_day = after_cut_off and received_at < in_london(today, policy.evening)
    return by_day and calendar.is_school_day(today) and policy.after_cut_off is AfterCutOff.ASAP


def _opening_in_holiday(
    received_at: datetime, day: date, calendar: Calendar, policy: Policy
) -> datetime:
    """From 07:00 on the first weekday of a holiday before D, or at once on it; else on D."""
    today = london_date(received_at)
    first = today if received_at < in_london(today, policy.evening) else today + DAY
    days = (first + DAY * number for number in range((day - first).days))
    free = (each for each in days if calendar.is_weekday(each) and calendar.is_holiday(each))
    return max(received_at, in_london(next(free, day), policy.send_from))


def paced(send_at: datetime, due_by: datetime, place: int, policy: Policy) -> datetime:
    """Start earlier where a morning holds more alerts than can go out before the cut-off.

    `place` is how many alerts are planned before this one for the same morning.
    """
    window = due_by - timedelta(minutes=policy.margin_minutes) - send_at
    fits = int(window.total_seconds() / 60 * policy.mails_a_minute)
    if place < fits or fits <= 0:
        return send_at
    too_many = place - fits + 1
    return send_at - timedelta(minutes=-(-too_many // policy.mails_a_minute))
