"""Birth dates and ages: what the report says, else what is most often said of the person."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.vocabulary import AgeBand
from services.person_matching.domain.features import birth_of
from services.person_matching.domain.rows import Record

LONDON = ZoneInfo("Europe/London")


def birth_date_of(records: Iterable[Record], today: date) -> date | None:
    """The date most often given, then the one given last; placeholders count for nothing."""
    told = sorted(records, key=lambda record: (record.told_at, str(record.record_id)))
    given = [record.born for record in told if record.born and birth_of(record.born, today)]
    if not given:
        return None
    times = Counter(given)
    most = max(times.values())
    return next(day for day in reversed(given) if times[day] == most)


def band_at(born: date | None, at: datetime) -> AgeBand:
    """The age in whole years on that day in London."""
    if born is None:
        return AgeBand.UNKNOWN
    day = at.astimezone(LONDON).date()
    return AgeBand.of(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))
