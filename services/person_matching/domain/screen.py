"""A record before all whom its keys lead to: who cannot matter is seen from the stored fields."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import OSA

from services.person_matching.domain.compare import (
    Level,
    Levels,
    address_level,
    are_apart,
    birth_level,
    email_level,
    forename_level,
    middle_level,
    phone_levels,
    place_level,
    surname_level,
)
from services.person_matching.domain.evidence import (
    Setting,
    are_child_and_adult,
    most_of,
    pooled,
    weight_of,
)
from services.person_matching.domain.features import Features, Names, Stored
from services.person_matching.domain.points import Place

Read = Callable[..., Any]
Told = tuple[Any, ...]


class Screen:
    """One record; what repeats among those it is held against is compared once.

    It says of stored records what `decide` and `weigh` say of a candidate made of them. Kin need
    not pass here: they are read with the reports of whoever is joined.
    """

    def __init__(self, record: Features, setting: Setting) -> None:
        self._record, self._setting = record, setting
        self._needed = setting.model.looked_at_from
        self._names = (record.joined, record.call)
        self._is_one_word = record.call == record.joined and not record.prefix and not record.aka
        self._family = record.surname if record.surnames == {record.surname} else None
        self._middle_names = frozenset(record.middles)
        self._numbers = (*record.mobiles, *record.landlines)
        self._forenames: dict[Told, Level] = {}
        self._surnames: dict[Told, Level] = {}
        self._births: dict[str | None, Level] = {}
        self._middles: dict[Told, Level] = {}
        self._strangers: dict[str | None, bool] = {}
        self._enough: dict[tuple[Levels, bool], bool] = {}

    def lets_through(self, known: Sequence[Stored]) -> bool:
        """Whether a person with these records could be the same or be asked about."""
        named = [(one.get, self._forename(one.get), self._birth(one.get("b"))) for one in known]
        for read, forename, birth in named:
            if not self._is_another(read, forename, birth):
                break
        else:
            return False
        compared = [self._levels(*each) for each in named]
        if len(known) == 1:
            return self._decides(compared[0], self._strange(known[0].get("o")))
        roles = {one.get("o", "other") for one in known}
        levels = pooled(compared, self._setting.model)
        return self._decides(levels, are_child_and_adult(self._record.role, roles))

    def _decides(self, levels: Levels, stranger: bool) -> bool:
        key = (levels, stranger)
        found = self._enough.get(key)
        if found is None:
            found = self._enough[key] = self._is_enough(levels, stranger)
        return found

    def _strange(self, role: str | None) -> bool:
        found = self._strangers.get(role)
        if found is None:
            roles = (role or "other",)
            found = self._strangers[role] = are_child_and_adult(self._record.role, roles)
        return found

    def _is_enough(self, levels: Levels, stranger: bool) -> bool:
        if most_of(levels, self._setting) < self._needed:
            return False
        return weight_of(self._record, levels, stranger, self._setting) >= self._needed

    def _is_another(self, read: Read, forename: Level, birth: Level) -> bool:
        """As `is_somebody_else` has it."""
        if not are_apart(forename, birth):
            return False
        mine = self._record
        if birth is None and not mine.mobiles.isdisjoint(read("t", ())):
            return False
        if mine.nhs and mine.nhs == read("n"):
            return False
        emails = mine.emails.isdisjoint(read("e", ()))
        return emails and self._middle_names.isdisjoint(read("m", ()))

    def _levels(self, read: Read, forename: Level, birth: Level) -> Levels:
        """As `compare` has them."""
        mine = self._record
        nhs, sex, places = read("n"), read("g"), read("p")
        mobile, landline = self._phones(read) if self._numbers else (None, None)
        return (
            forename,
            None if forename == "swapped" else self._surname(read),
            birth,
            self._address(places) if mine.places and places else None,
            mobile,
            landline,
            self._email(read) if mine.emails and read("e") else None,
            ("exact" if mine.nhs == nhs else "differ") if mine.nhs and nhs else None,
            self._middle(read("m")) if mine.middles else None,
            ("exact" if mine.sex == sex else "differ") if mine.sex and sex else None,
        )

    def _birth(self, born: str | None) -> Level:
        if born not in self._births:
            self._births[born] = birth_level(self._record.birth, born)
        return self._births[born]

    def _forename(self, read: Read) -> Level:
        mine = self._record
        call, joined, family = read("c"), read("j", ""), read("s")
        # Only names that stand in the other field, or alone, hang together with the surname.
        if not call or not mine.call or family in self._names or mine.surname in (joined, call):
            return forename_level(mine, _named(read))
        if self._is_one_word and call == joined and not read("k"):
            return _call_level(mine.call, call)
        key = (call, joined, read("x"), *read("k", ()))
        found = self._forenames.get(key)
        if found is None:
            found = self._forenames[key] = forename_level(mine, _named(read))
        return found

    def _surname(self, read: Read) -> Level:
        family, families = read("s"), read("a", ())
        if self._family and len(families) == 1 and family == families[0]:
            return _family_level(self._family, family)
        key = (family, *families)
        if key not in self._surnames:
            self._surnames[key] = surname_level(self._record, _named(read))
        return self._surnames[key]

    def _middle(self, theirs: Sequence[str] | None) -> Level:
        key = tuple(theirs or ())
        if key not in self._middles:
            self._middles[key] = middle_level(self._record.middles, key)
        return self._middles[key]

    def _address(self, theirs: Sequence[Sequence[str | None]]) -> Level:
        if len(theirs) == 1 and len(self._record.places) == 1:
            return place_level(self._record.places[0], Place(*theirs[0]))
        return address_level(self._record.places, [Place(*parts) for parts in theirs])

    def _phones(self, read: Read) -> tuple[Level, Level]:
        mobiles, landlines = read("t", ()), read("l", ())
        for other in (*mobiles, *landlines):
            for mine in self._numbers:
                if OSA.distance(mine, other) <= 1:
                    there = Features(mobiles=frozenset(mobiles), landlines=frozenset(landlines))
                    return phone_levels(self._record, there)
        return "differ" if mobiles and self._record.mobiles else None, None

    def _email(self, read: Read) -> Level:
        there = Features(call=read("c"), surname=read("s"), emails=frozenset(read("e", ())))
        return email_level(self._record, there)


def _named(read: Read) -> Names:
    return Names(
        call=read("c"),
        prefix=read("x"),
        joined=read("j", ""),
        aka=frozenset(read("k", ())),
        surname=read("s"),
        surnames=frozenset(read("a", ())),
    )


@lru_cache(maxsize=16384)
def _call_level(mine: str, theirs: str) -> Level:
    return forename_level(Names(call=mine, joined=mine), Names(call=theirs, joined=theirs))


@lru_cache(maxsize=16384)
def _family_level(mine: str, theirs: str) -> Level:
    one = Names(surname=mine, surnames=frozenset((mine,)))
    return surname_level(one, Names(surname=theirs, surnames=frozenset((theirs,))))
