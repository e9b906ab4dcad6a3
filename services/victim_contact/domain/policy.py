"""What an area may set about contact; the defaults are those of national practice or our own."""

from dataclasses import dataclass, field
from datetime import time, timedelta

from services.victim_contact.domain.directory import Listed


@dataclass(frozen=True)
class Policy:
    """The clocks of a lead and the plan of its attempts."""

    high_hours: int = 24
    """First attempt for HIGH: wall hours from the grant."""
    high_threat_hours: int = 4
    """The same with strangulation or threats to kill and a suspect not in custody."""
    medium_hours: int = 48
    standard_working_days: int = 5
    """STANDARD: the close of so many working days after the grant."""
    extension_working_days: int = 1
    """An attempt extends the lease to so many working days after the next one is due."""
    calls: int = 3
    """Calls on different days before a text, a letter, and the end."""
    lapses: int = 3
    """The lead after so many lapses without an outcome stays, with an open alarm."""
    review_weeks: int = 12
    """A contact that goes on so long without being closed is asked after."""
    overdue_again_days: int = 7
    """An overdue attempt of a lead that does not lapse is told again."""
    late_minutes: int = 15
    """A timer later than this is set again, once."""
    set_again_at_most_hours: int = 4
    services: dict[str, Listed] = field(default_factory=dict)
    """The directory of the area's services, by agency code; one not in it is called by its code."""
    day_opens: time = time(8)
    day_closes: time = time(19)
    """When a victim who named no windows is called, on working days, by a service not listed."""
    noon: time = time(12)
    evening: time = time(17)
    """Where the parts of the day begin."""

    def hours_of(self, agency: str) -> tuple[time, time]:
        """When a service calls those who named no windows."""
        listed = self.services.get(agency)
        return (listed.opens, listed.closes) if listed else (self.day_opens, self.day_closes)

    @property
    def review(self) -> timedelta:
        """How long a contact may go on before somebody asks after it."""
        return timedelta(weeks=self.review_weeks)

    @property
    def overdue_again(self) -> timedelta:
        """When an overdue attempt is told again."""
        return timedelta(days=self.overdue_again_days)

    @property
    def late(self) -> timedelta:
        """How late a timer may come and still be taken as it is."""
        return timedelta(minutes=self.late_minutes)

    @property
    def set_again_at_most(self) -> timedelta:
        """The most that a late timer is put off by."""
        return timedelta(hours=self.set_again_at_most_hours)
