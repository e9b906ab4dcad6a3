"""What a record says about a person, normalised: the only thing that is ever compared."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from services.person_matching.domain.names import (
    given_name,
    other_forenames,
    surname,
    surnames,
)
from services.person_matching.domain.points import Place, email, nhs_number, phones, place

Stored = dict[str, Any]
"""Features as stored: what is empty is left out."""
NORM_VERSION = 1
"""Raised whenever the same words would be normalised differently."""
PLACEHOLDER_BIRTHS = frozenset([date(1900, 1, 1), date(1970, 1, 1), date(1901, 1, 1)])
OLDEST = 110
REMEMBERED = 2048
"""Records whose features stay in memory: those of a batch; between batches few come again."""


class Role(StrEnum):
    """What somebody is in a report."""

    VICTIM = "victim"
    SUSPECT = "suspect"
    BOTH = "other_party"
    CHILD = "child"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Given:
    """A person as written on a form, before any of it is judged."""

    given_names: str | None = None
    family_name: str | None = None
    previous_family_names: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    date_of_birth: date | None = None
    sex: str | None = None
    nhs_number: str | None = None
    addresses: tuple[tuple[tuple[str, ...], str | None], ...] = ()
    """Lines and postcode of each; the present one first."""
    phones: tuple[str, ...] = ()
    shared_phones: tuple[str, ...] = ()
    """Those among them that are known to be used by others too."""
    emails: tuple[str, ...] = ()
    relationship: str | None = None
    role: Role = Role.OTHER


@dataclass(frozen=True, slots=True)
class Features:
    """A record as compared; empty or None = unknown."""

    call: str | None = None
    prefix: str | None = None
    middles: tuple[str, ...] = ()
    joined: str = ""
    aka: frozenset[str] = frozenset()
    surname: str | None = None
    surnames: frozenset[str] = frozenset()
    birth: str | None = None
    """YYYYMMDD."""
    sex: str | None = None
    nhs: str | None = None
    places: tuple[Place, ...] = ()
    mobiles: frozenset[str] = frozenset()
    landlines: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    relationship: str | None = None
    role: Role = Role.OTHER
    unsaid: tuple[str, ...] = field(default=(), compare=False)
    """Fields that held something which says nothing."""

    def __hash__(self) -> int:
        # A few fields tell nearly all apart, and what is remembered is looked up by this often.
        return hash((self.call, self.surname, self.birth, self.mobiles, self.nhs))

    @property
    def is_void(self) -> bool:
        """Whether nothing here could ever be told from somebody else."""
        named = self.call or self.surname or self.aka
        reached = self.places or self.mobiles or self.landlines or self.emails
        return not (named or reached or self.birth or self.nhs)


class Names(NamedTuple):
    """The names of a record alone, as `Features` has them."""

    call: str | None = None
    prefix: str | None = None
    joined: str = ""
    aka: frozenset[str] = frozenset()
    surname: str | None = None
    surnames: frozenset[str] = frozenset()


def contacts(features: Features) -> frozenset[str]:
    """Every number and e-mail that a record gives."""
    return features.mobiles | features.landlines | features.emails


def without_places(features: Features, shared: frozenset[str]) -> Features:
    """The features without addresses at these postcodes: they are nobody's home."""
    if not any(where.postcode in shared for where in features.places):
        return features
    kept = tuple(where for where in features.places if where.postcode not in shared)
    return replace(features, places=kept)


def features_of(given: Given, today: date) -> Features:
    """Normalise a record."""
    name = given_name(given.given_names, surname(given.family_name))
    alias = [surname(full.split(" ", 1)[-1]) for full in given.known_as if " " in full.strip()]
    family = surname(given.family_name)
    mobiles, landlines = phones(given.phones)
    used_by_others = phones(given.shared_phones)[0]
    mobiles, landlines = mobiles - used_by_others, landlines | used_by_others
    if given.role is Role.CHILD:
        # A child's phone is a parent's or the house's: it proves the household, never the child.
        mobiles, landlines = frozenset(), mobiles | landlines
    found = Features(
        call=name.call,
        prefix=name.prefix,
        middles=name.middles,
        joined=name.joined,
        aka=other_forenames(given.known_as),
        surname=family,
        surnames=surnames(given.family_name, given.previous_family_names)
        | frozenset(other for other in alias if other),
        birth=birth_of(given.date_of_birth, today),
        sex={"female": "f", "male": "m"}.get(given.sex or ""),
        nhs=nhs_number(given.nhs_number) if given.nhs_number else None,
        places=_places(given.addresses),
        mobiles=mobiles,
        landlines=landlines,
        emails=frozenset(told for text in given.emails if (told := email(text))),
        relationship=" ".join((given.relationship or "").casefold().split()) or None,
        role=given.role,
        unsaid=_unsaid(given, name.call, family, today),
    )
    return found


def birth_of(day: date | None, today: date) -> str | None:
    """YYYYMMDD of a birth date that can be believed; placeholders, the future, over 110: None."""
    if day is None or day in PLACEHOLDER_BIRTHS or day > today or today.year - day.year > OLDEST:
        return None
    return day.strftime("%Y%m%d") if day.year >= 1000 else None


def _places(addresses: Iterable[tuple[Sequence[str], str | None]]) -> tuple[Place, ...]:
    found = (place(lines, code) for lines, code in addresses)
    return tuple(dict.fromkeys(where for where in found if where))


def _unsaid(given: Given, call: str | None, family: str | None, today: date) -> tuple[str, ...]:
    told = {
        "given_names": bool(given.given_names) and not call,
        "family_name": bool(given.family_name) and not family,
        "date_of_birth": bool(given.date_of_birth) and not birth_of(given.date_of_birth, today),
    }
    return tuple(name for name, nothing in told.items() if nothing)


def to_text(features: Features) -> str:
    """The features as stored: short keys, empty ones left out, sets in order."""
    found = {
        "c": features.call,
        "x": features.prefix,
        "m": features.middles,
        "j": features.joined,
        "k": sorted(features.aka),
        "s": features.surname,
        "a": sorted(features.surnames),
        "b": features.birth,
        "g": features.sex,
        "n": features.nhs,
        "p": [(where.postcode, where.number, where.line) for where in features.places],
        "t": sorted(features.mobiles),
        "l": sorted(features.landlines),
        "e": sorted(features.emails),
        "r": features.relationship,
        "o": features.role.value,
    }
    return json.dumps({key: value for key, value in found.items() if value}, ensure_ascii=False)


@lru_cache(maxsize=REMEMBERED)
def from_text(text: str) -> Features:
    """The features as they were stored; read once while they are remembered."""
    stored: Stored = json.loads(text)
    read = stored.get
    return Features(
        read("c"),
        read("x"),
        tuple(read("m", ())),
        read("j", ""),
        frozenset(read("k", ())),
        read("s"),
        frozenset(read("a", ())),
        read("b"),
        read("g"),
        read("n"),
        tuple(Place(*parts) for parts in read("p", ())),
        frozenset(read("t", ())),
        frozenset(read("l", ())),
        frozenset(read("e", ())),
        read("r"),
        Role(read("o", "other")),
    )
