"""What an area may set about screening; the defaults are the national or our own."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Policy:
    """A MASH's thresholds and clocks."""

    red_hours: int = 4
    """Wall hours."""
    amber_hours: int = 24
    """Working hours; wall hours where the adult's risk is HIGH."""
    green_hours: int = 72
    """Working hours."""
    strangulation_hours: int = 4
    """Wall hours; or until the end of the day, the later."""
    age_question_hours: int = 4
    green_promoted_after_hours: int = 72
    """A GREEN that has waited so long is taken one lane earlier."""
    third_green_days: int = 90
    earlier_greens: int = 2
    """So many earlier GREENs make the next one AMBER."""
    escalation_events: int = 3
    escalation_months: int = 12
    serial_victims: int = 2
    serial_months: int = 12
    marac_ticks: int = 14
    """Ticks that are a visible high risk at MARAC: 10, 14 or 17."""
    outreach_when_not_asked: bool = False
    """Offer outreach to a victim who was not asked for consent."""
    perpetrator_programme: bool = False
    """The area has a programme to which a serial suspect is referred."""

    def __post_init__(self) -> None:
        if self.marac_ticks not in (10, 14, 17):
            raise ValueError("marac_ticks must be 10, 14 or 17")
        if not 3 <= self.escalation_events <= 5:
            raise ValueError("escalation_events must be from 3 to 5")
        if min(self.red_hours, self.amber_hours, self.green_hours) < 1:
            raise ValueError("a clock must be at least an hour")

    @property
    def third_green_within(self) -> timedelta:
        """How far back earlier GREENs count."""
        return timedelta(days=self.third_green_days)
