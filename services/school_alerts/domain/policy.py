"""What an area may decide for itself about telling schools; the defaults are `domain.md` 4's."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class AfterCutOff(StrEnum):
    """What happens to an alert that comes on a school day, after the cut-off."""

    ASAP = "asap"
    NEXT_SCHOOL_DAY = "next_school_day"


class InHolidays(StrEnum):
    """What happens to an alert that comes in a school holiday."""

    NEXT_SCHOOL_DAY = "next_school_day"
    ALSO_IN_HOLIDAY = "also_in_holiday"


class WayOut(StrEnum):
    """How mails leave."""

    MAIL = "mail"
    NOTIFY = "notify"


@dataclass(frozen=True)
class Policy:
    """One area's policy; times are London's."""

    cut_off: time = time(8, 30)
    """Every alert is out by then on D."""
    send_from: time = time(7)
    """Night and weekend alerts go out from then on D."""
    evening: time = time(18)
    """From then an alert waits for D, whatever `after_cut_off` says."""
    after_cut_off: AfterCutOff = AfterCutOff.ASAP
    in_holidays: InHolidays = InHolidays.NEXT_SCHOOL_DAY
    early_years: bool = False
    """Whether early years beyond maintained nurseries are told."""
    maintained_nurseries: bool = True
    register_days: int = 40
    """How old an entry of the authority's register may be and still win over the report."""
    moved_days: int = 40
    """How long after telling a school it is told that a child has left."""
    ladder_by: time = time(8, 45)
    """Sent by then on D, the steps are at `ladder_at`."""
    ladder_at: tuple[time, ...] = (time(9, 15), time(9, 45), time(10, 15), time(10, 45))
    ladder_minutes: int = 45
    """Sent later, the steps are this far apart in school hours."""
    school_opens: time = time(8, 45)
    school_closes: time = time(15, 30)
    mails_a_minute: int = 3000
    """The pace of the way out: with more alerts for a morning, the start moves earlier."""
    margin_minutes: int = 15
    """How long before the cut-off the last alert of a morning should be handed over."""
    gateway: WayOut = WayOut.MAIL
    """By which way schools are written to."""
    council: str | None = None
    """Who may acknowledge for a desk; None = who may send the authority's register."""
    page: str = "https://schools.onward.invalid"
    """Where the page that a mail links to is."""
    link_days: int = 14
    """How long a link opens its alert, and again after a correction."""
