"""Two records side by side: the level at which each comparison agrees, None where one is silent."""

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA, Hamming

from services.person_matching.domain.features import Features, Names
from services.person_matching.domain.frequencies import (
    COMMON,
    REAL,
    forename_per_million,
)
from services.person_matching.domain.names import HONORIFICS
from services.person_matching.domain.points import Place
from services.person_matching.domain.spelling import spelt_alike
from services.person_matching.domain.variants import are_variants

Named = Features | Names
Level = str | None
Levels = tuple[Level, ...]
"""In the order of `COMPARISONS`."""
TWO_SLIPS_FROM = 7
"""Letters that a name needs before two slips leave it recognisable."""
LINE_WITH_SLIPS = 10
"""Letters that a street needs before two slips leave it recognisable."""
ADDRESS_RANK = {"number": 4, "line": 3, "postcode": 2, "outcode": 1, "differ": 0}


def compare(one: Features, other: Features) -> Levels:
    """The levels of every comparison."""
    forename = forename_level(one, other)
    family = None if forename == "swapped" else surname_level(one, other)
    mobile, landline = phone_levels(one, other)
    return (
        forename,
        family,
        birth_level(one.birth, other.birth),
        address_level(one.places, other.places),
        mobile,
        landline,
        email_level(one, other),
        _equal(one.nhs, other.nhs),
        middle_level(one.middles, other.middles),
        _equal(one.sex, other.sex),
    )


@lru_cache(maxsize=2048)
def is_somebody_else(one: Features, other: Features) -> bool:
    """Whether forename and birth date both differ, and no number, e-mail or middle name agrees.

    A birth date that is not said counts as differing where no mobile agrees either.
    """
    birth = birth_level(one.birth, other.birth)
    if not are_apart(forename_level(one, other), birth):
        return False
    if birth is None and one.mobiles & other.mobiles:
        return False
    if one.nhs and one.nhs == other.nhs:
        return False
    return not (one.emails & other.emails) and not set(one.middles) & set(other.middles)


def are_apart(forename: Level, birth: Level) -> bool:
    """Whether forename and birth date speak of two people; two near names do only with a date."""
    if birth not in ("differ", "year", None):
        return False
    return forename == "differ" or (forename == "two_names" and birth is not None)


def forename_level(one: Named, other: Named) -> Level:
    """How the given names agree; names are compared apart, joined, turned and by spelling."""
    mine, theirs = one.call, other.call
    if _turned(one, other):
        return "swapped"
    if not mine or not theirs:
        return "initial" if _lone_name_fits(one, other) else None
    if mine == theirs:
        return "exact" if len(mine) > 1 else "initial"
    if one.joined == other.joined and min(len(mine), len(theirs)) > 1:
        return "exact"
    if len(mine) == 1 or len(theirs) == 1:
        return "initial" if mine[0] == theirs[0] else "differ"
    return _near_forename(one, other, mine, theirs)


def _near_forename(one: Named, other: Named, mine: str, theirs: str) -> Level:
    if mine in other.aka or theirs in one.aka or are_variants(mine, theirs):
        return "nickname"
    if _is_prefix_of(mine, other) or _is_prefix_of(theirs, one):
        return "initial"
    joined = one.joined != mine or other.joined != theirs
    near = _near_calls(mine, theirs, joined and spelt_alike(one.joined, other.joined))
    if near:
        return near
    longer = max(len(one.joined), len(other.joined))
    if joined and longer >= TWO_SLIPS_FROM and is_slip(one.joined, other.joined):
        return "typo"
    return "nickname" if _known_otherwise(one, other) else "differ"


@lru_cache(maxsize=4096)
def _near_calls(mine: str, theirs: str, joined_alike: bool) -> Level:
    known = min(forename_per_million(mine), forename_per_million(theirs))
    if joined_alike or spelt_alike(mine, theirs):
        return "two_names" if known >= COMMON else "nickname"
    if is_slip(mine, theirs):
        return "two_names" if known >= REAL else "typo"
    return None


def _known_otherwise(one: Named, other: Named) -> bool:
    if not one.aka and not other.aka:
        return False
    mine, theirs = {one.call, *one.aka}, {other.call, *other.aka}
    return any(are_variants(a, b) for a in mine for b in theirs if a and b)


def _is_prefix_of(call: str, other: Named) -> bool:
    return other.prefix is not None and are_variants(call, other.prefix)


def _turned(one: Named, other: Named) -> bool:
    if not (one.surname and other.surname and one.joined and other.joined):
        return False
    if one.joined in (one.surname, other.joined) or other.surname == other.joined:
        return False
    there = one.surname in (other.joined, other.call)
    back = other.surname in (one.joined, one.call)
    if not (there or back):
        return False
    return (there or _by_hand(one.surname, other.joined)) and (
        back or _by_hand(other.surname, one.joined)
    )


def _lone_name_fits(one: Named, other: Named) -> bool:
    # Whoever has one name only has it in either field of a form.
    if not one.call and one.surname and not other.surname:
        return one.surname == other.call
    if not other.call and other.surname and not one.surname:
        return other.surname == one.call
    return False


def is_slip(one: str, other: str) -> bool:
    """Whether a slip of the hand explains the difference."""
    shorter = min(len(one), len(other))
    if shorter < 3 or max(len(one), len(other)) < 4:
        return False
    slips = OSA.distance(one, other)
    return slips == 1 or (slips == 2 and shorter >= TWO_SLIPS_FROM)


@lru_cache(maxsize=4096)
def _by_hand(one: str, other: str) -> bool:
    """Whether two hands, or a slip of one, may have written the same name."""
    return is_slip(one, other) or spelt_alike(one, other)


def surname_level(one: Named, other: Named) -> Level:
    """How the family names agree; earlier names and halves of double names are aliases."""
    mine, theirs = one.surname, other.surname
    if not one.surnames or not other.surnames:
        return None
    if mine is not None and mine == theirs:
        return "exact"
    if one.surnames & other.surnames:
        return "alias"
    if any(_by_hand(a, b) for a in one.surnames for b in other.surnames):
        return "typo"
    if mine in HONORIFICS or theirs in HONORIFICS:
        return None
    return "differ"


def birth_level(one: str | None, other: str | None) -> Level:
    """How the birth dates agree."""
    if not one or not other:
        return None
    if one == other:
        return "exact"
    if Hamming.distance(one, other) == 1:
        return "digit"
    if one[:4] != other[:4]:
        return "digit" if _neighbours_turned(one, other) else "differ"
    if one[4:6] == other[6:] and one[6:] == other[4:6]:
        return "swapped"
    if one.endswith("0101") or other.endswith("0101"):
        return "first_of_year"
    return "digit" if _neighbours_turned(one, other) else "year"


def _neighbours_turned(one: str, other: str) -> bool:
    return OSA.distance(one, other) == 1 and sorted(one) == sorted(other)


def address_level(mine: Iterable[Place], theirs: Iterable[Place]) -> Level:
    """The best agreement of any address of one with any of the other."""
    best: Level = None
    for here in mine:
        for there in theirs:
            level = place_level(here, there)
            if level and (best is None or ADDRESS_RANK[level] > ADDRESS_RANK[best]):
                best = level
    return best


def place_level(here: Place, there: Place) -> Level:
    """How two addresses agree."""
    if here.postcode and here.postcode == there.postcode:
        return "number" if here.number and here.number == there.number else "postcode"
    if here.number and here.line and there.line and _same_line(here, there):
        return "line"
    if not here.postcode or not there.postcode:
        return None
    return "outcode" if here.outcode == there.outcode else "differ"


def _same_line(here: Place, there: Place) -> bool:
    mine, theirs = here.line or "", there.line or ""
    if mine == theirs:
        return True
    # A digit is no slip: it is the neighbour's number.
    if here.number != there.number or min(len(mine), len(theirs)) < LINE_WITH_SLIPS:
        return False
    return OSA.distance(mine, theirs) <= 2


def phone_levels(one: Features, other: Features) -> tuple[Level, Level]:
    """How mobiles and landlines agree; only two mobiles that differ speak against."""
    landline = _number_level(one.landlines | one.mobiles, other.landlines)
    landline = landline or _number_level(one.landlines, other.mobiles)
    mobile = _number_level(one.mobiles, other.mobiles)
    if mobile is None and not landline and one.mobiles and other.mobiles:
        mobile = "differ"
    return mobile, None if mobile in ("exact", "digit") and landline == "digit" else landline


def _number_level(mine: frozenset[str], theirs: frozenset[str]) -> Level:
    if not mine or not theirs:
        return None
    if mine & theirs:
        return "exact"
    return "digit" if any(OSA.distance(a, b) == 1 for a in mine for b in theirs) else None


def email_level(one: Features, other: Features) -> Level:
    """How the e-mails agree; one that bears the family's name alone is the household's."""
    if not one.emails or not other.emails:
        return None
    shared = one.emails & other.emails
    if shared:
        sides = (one, other)
        own = any(not any(_is_households(address, side) for side in sides) for address in shared)
        return "exact" if own else "household"
    if any(OSA.distance(a, b) <= 2 for a in one.emails for b in other.emails):
        return None
    return "differ"


def _is_households(address: str, features: Features) -> bool:
    name = address.partition("@")[0]
    family = features.surname
    if not family or family not in name:
        return False
    call = features.call
    return not call or (call not in name and not name.replace(family, "").startswith(call[0]))


def middle_level(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Level:
    """How the middle names agree; an initial that fits says nothing."""
    if not mine or not theirs:
        return None
    if set(mine) & set(theirs) - {name for name in mine if len(name) == 1}:
        return "exact"
    if any(_middle_may_be(a, b) for a in mine for b in theirs):
        return None
    return "differ"


def _middle_may_be(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return is_slip(one, other) or are_variants(one, other) or spelt_alike(one, other)


def _equal(one: str | None, other: str | None) -> Level:
    if not one or not other:
        return None
    return "exact" if one == other else "differ"
