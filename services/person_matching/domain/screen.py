"""A record before all whom its keys lead to: who cannot matter is seen from the stored fields."""

from collections.abc import Callable, Sequence
from typing import Any

from services.person_matching.domain.compare import (
    Level,
    Levels,
    address_level,
    birth_level,
    email_level,
    forename_level,
    middle_level,
    phone_levels,
    surname_level,
)
from services.person_matching.domain.evidence import (
    Setting,
    are_child_and_adult,
    most_of,
    pooled,
    weight_of,
)
from services.person_matching.domain.features import Features, Stored
from services.person_matching.domain.points import Place
from services.person_matching.domain.shortlist import needed

Read = Callable[..., Any]


class Screen:
    """One record; what repeats among those it is held against is compared once.

    It says of stored records what `may_matter` says of a candidate made of them.
    """

    def __init__(self, record: Features, setting: Setting) -> None:
        self._record, self._setting = record, setting
        self._needed = needed(setting)
        self._names: dict[tuple[Any, ...], tuple[Level, Level]] = {}
        self._births: dict[str | None, Level] = {}
        self._middles: dict[tuple[str, ...], Level] = {}
        self._enough: dict[tuple[Levels, bool], bool] = {}

    def lets_through(self, known: Sequence[Stored]) -> bool:
        """Whether a person with these records could be the same or be asked about."""
        named = [(one.get, *self._name(one), self._birth(one.get("b"))) for one in known]
        if all(self._is_another(read, forename, born) for read, forename, _, born in named):
            return False
        levels = pooled([self._levels(*each) for each in named], self._setting.model)
        stranger = are_child_and_adult(self._record.role, {one.get("o", "other") for one in known})
        key = (levels, stranger)
        if key not in self._enough:
            self._enough[key] = self._is_enough(levels, stranger)
        return self._enough[key]

    def _is_enough(self, levels: Levels, stranger: bool) -> bool:
        if most_of(levels, self._setting) < self._needed:
            return False
        return weight_of(self._record, levels, stranger, self._setting) >= self._needed

    def _name(self, one: Stored) -> tuple[Level, Level]:
        read = one.get
        key = (read("c"), read("x"), read("j"), read("s"), *read("k", ()), None, *read("a", ()))
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = self._named(read)
        return found

    def _named(self, read: Read) -> tuple[Level, Level]:
        other = Features(
            call=read("c"),
            prefix=read("x"),
            joined=read("j", ""),
            aka=frozenset(read("k", ())),
            surname=read("s"),
            surnames=frozenset(read("a", ())),
        )
        level = forename_level(self._record, other)
        return level, None if level == "swapped" else surname_level(self._record, other)

    def _birth(self, born: str | None) -> Level:
        if born not in self._births:
            self._births[born] = birth_level(self._record.birth, born)
        return self._births[born]

    def _is_another(self, read: Read, forename: Level, birth: Level) -> bool:
        """As `is_somebody_else` has it."""
        if birth not in ("differ", "year", None):
            return False
        if forename != "differ" and (forename != "two_names" or birth is None):
            return False
        mine = self._record
        if birth is None and not mine.mobiles.isdisjoint(read("t", ())):
            return False
        if mine.nhs and mine.nhs == read("n"):
            return False
        middles = set(mine.middles).isdisjoint(read("m", ())) if mine.middles else True
        return middles and mine.emails.isdisjoint(read("e", ()))

    def _levels(self, read: Read, forename: Level, surname: Level, birth: Level) -> Levels:
        """As `compare` has them."""
        mine = self._record
        numbers, emails, nhs, sex = read("t") or read("l"), read("e"), read("n"), read("g")
        mobile, landline = self._phones(read) if numbers else (None, None)
        return (
            forename,
            surname,
            birth,
            self._address(read("p")) if mine.places else None,
            mobile,
            landline,
            self._email(read) if emails and mine.emails else None,
            ("exact" if mine.nhs == nhs else "differ") if mine.nhs and nhs else None,
            self._middle(read("m")) if mine.middles else None,
            ("exact" if mine.sex == sex else "differ") if mine.sex and sex else None,
        )

    def _middle(self, theirs: Sequence[str] | None) -> Level:
        key = tuple(theirs or ())
        if key not in self._middles:
            self._middles[key] = middle_level(self._record.middles, key)
        return self._middles[key]

    def _address(self, theirs: Sequence[Sequence[str | None]] | None) -> Level:
        return address_level(self._record.places, [Place(*parts) for parts in theirs or ()])

    def _phones(self, read: Read) -> tuple[Level, Level]:
        mine = self._record
        if not mine.mobiles and not mine.landlines:
            return None, None
        mobiles, landlines = frozenset(read("t", ())), frozenset(read("l", ()))
        return phone_levels(mine, Features(mobiles=mobiles, landlines=landlines))

    def _email(self, read: Read) -> Level:
        emails = frozenset(read("e"))
        return email_level(self._record, Features(call=read("c"), surname=read("s"), emails=emails))
