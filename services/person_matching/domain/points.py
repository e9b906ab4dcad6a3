"""Numbers, e-mails and addresses as compared; what says nothing about one person is left out."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from nhs_number.validate import is_valid
from phonenumbers import PhoneNumberFormat, PhoneNumberType, number_type

from services.person_matching.domain.text import LONGEST, plain

_POSTCODE = re.compile(r"^(?:GIR0AA|[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2})$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_NUMBER = re.compile(r"\d+[a-z]?\b")
_WORD = re.compile(r"[a-z0-9]+")
NO_FIXED_ABODE = frozenset(
    ["no fixed abode", "no fixed address", "nfa", "homeless", "of no fixed abode"]
)
HOMELESS_POSTCODES = frozenset(["ZZ993VZ", "ZZ993WZ", "ZZ993CZ"])
"""The health service's postcodes for no fixed abode, unknown address and abroad."""
NOBODYS_EMAILS = frozenset(["none@none.com", "na@na.com", "test@test.com", "noemail@noemail.com"])
SHORT_WORDS = {"street": "st", "road": "rd", "avenue": "ave", "lane": "ln", "close": "cl"} | {
    "drive": "dr",
    "court": "ct",
    "crescent": "cres",
    "place": "pl",
    "terrace": "ter",
    "saint": "st",
}


UNITS = frozenset(("flat", "apartment", "apt", "unit", "room"))


class Place(NamedTuple):
    """An address in its comparable parts; each may be missing."""

    postcode: str | None = None
    number: str | None = None
    line: str | None = None

    @property
    def outcode(self) -> str | None:
        """The first half of the postcode."""
        return self.postcode[:-3] if self.postcode else None


def postcode(text: str | None) -> str | None:
    """Upper case without space, or None where it is not one or is nobody's."""
    if not text:
        return None
    found = re.sub(r"[^A-Z0-9]", "", plain(text).upper())
    return found if _POSTCODE.match(found) and found not in HOMELESS_POSTCODES else None


def place(lines: Sequence[str], code: str | None) -> Place | None:
    """An address; None where there is none, or no fixed one."""
    told = [line for line in lines[:3] if line.strip()]
    first = plain(told[0]) if told else ""
    found = postcode(code)
    if " ".join(first.split()) in NO_FIXED_ABODE:
        return None
    numbers = [number for line in told[:2] for number in _NUMBER.findall(plain(line))]
    line = street(told) or None
    if not found and not line:
        return None
    return Place(found, ",".join(numbers[:3]) or None, line)


def street(told: Sequence[str]) -> str:
    """The street of an address as one word; a flat's with the line after it."""
    spoken = [SHORT_WORDS.get(word, word) for word in _WORD.findall(plain(told[0]))] if told else []
    if spoken and spoken[0] in UNITS and len(told) > 1:
        spoken += [SHORT_WORDS.get(word, word) for word in _WORD.findall(plain(told[1]))]
    return "".join(spoken)[:LONGEST]


@lru_cache(maxsize=65536)
def phone(number: str) -> tuple[str, bool] | None:
    """E.164 and whether it is a mobile; None where nobody could be called by it."""
    text = plain(number)
    if len(set(re.sub(r"\D", "", text))) < 3:
        return None
    try:
        parsed = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    written = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return written, written.startswith("+447") or number_type(parsed) == PhoneNumberType.MOBILE


def phones(numbers: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The mobiles, which are somebody's own, and the landlines, which are a household's."""
    found = [told for number in numbers if (told := phone(number))]
    mobiles = frozenset(written for written, mobile in found if mobile)
    return mobiles, frozenset(written for written, mobile in found if not mobile)


def email(text: str) -> str | None:
    """The address as compared; None where it is not one or is a placeholder."""
    found = text.strip().casefold()[: LONGEST * 2]
    return found if _EMAIL.match(found) and found not in NOBODYS_EMAILS else None


@lru_cache(maxsize=16384)
def nhs_number(text: str) -> str | None:
    """Ten digits with a right check digit, not all the same."""
    found = re.sub(r"\D", "", plain(text))
    if len(found) != 10 or len(set(found)) < 3:
        return None
    return found if is_valid(found) else None
