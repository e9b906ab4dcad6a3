"""What partners write where they know nothing: read as absent, never believed."""

import re
from collections.abc import Callable, Mapping
from datetime import date

_WORDS = frozenset(
    {
        *("n/a", "n.a.", "n/k", "n.k.", "none", "nil", "not applicable", "not available"),
        *("not known", "not given", "not stated", "not recorded", "not provided", "no data"),
        *("unknown", "unk", "tbc", "tba", "to be confirmed", "blank", "undefined"),
    }
)
_NOT_SAID = frozenset(
    {"anonymous", "withheld", "refused", "declined to say", "not asked", "to follow"}
)
"""No name or number; but a good answer where the form asks why."""
_ASKS_WHY = frozenset({"voice_absent_reason", "rationale", "reason", "note"})
_AS_WRITTEN = frozenset({"NA", "na", "NK", "nk", "NULL", "null", "NaN"})
"""Only so: Na and Null are surnames too."""
_UNKNOWN_WHO = re.compile(
    r"(unknown|unk|n/k|not known)"
    r"( (unknown|male|female|man|woman|boy|girl|person|child|suspect|victim|offender|name))*"
)
_X_ONLY = re.compile(r"x{2,9}( x{2,9})*")
_LONGEST_FILLER = 60
_DAYS = frozenset({"1901-01-01", "1970-01-01", "0000-00-00"})
_DAY_IN_FRONT = re.compile(r"(\d{4}-\d\d-\d\d)([Tt ][\d:.]+([Zz]|[+-]\d\d:?\d\d)?)?")
_EARLIEST_YEAR, _OPEN_END = 1901, 9999
_EMAIL_FILLER = re.compile(r"(none|no|noemail|no\.?email|unknown|na|n/a|nil|null|x+|a|test)@.*")
_POSTCODE_FILLER = re.compile(r"(ZZ99|XX\d|AA0|ZZ\d)\s*\d[A-Z]{2}")
_FEWEST_DIGITS = 5


def means_nothing(text: str, field: str = "") -> bool:
    """Whether a text is a filler: `N/A`, `unknown`, blanks, punctuation alone."""
    trimmed = text.strip()
    if len(trimmed) > _LONGEST_FILLER and trimmed[0].isalnum():
        return False
    if trimmed in _AS_WRITTEN or not any(letter.isalnum() for letter in trimmed):
        return True
    folded = " ".join(trimmed.casefold().split())
    if folded in _NOT_SAID:
        return field not in _ASKS_WHY
    if folded in _WORDS or _X_ONLY.fullmatch(folded):
        return True
    return _UNKNOWN_WHO.fullmatch(folded) is not None


def means_no_day(text: str) -> bool:
    """Whether a date or time is a filler: 1900-01-01, 1970-01-01, 9999-12-31 and their kind."""
    found = _DAY_IN_FRONT.fullmatch(text.strip())
    if found is None or found[1] in _DAYS:
        return found is not None
    try:
        year = date.fromisoformat(found[1]).year
    except ValueError:
        return False
    return year < _EARLIEST_YEAR or year == _OPEN_END


def _means_no_number(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return len(digits) < _FEWEST_DIGITS or len(set(digits.removeprefix("07") or "0")) == 1


def _means_no_email(text: str) -> bool:
    return "@" not in text or _EMAIL_FILLER.fullmatch(text.strip().casefold()) is not None


def _means_no_postcode(text: str) -> bool:
    return _POSTCODE_FILLER.fullmatch(text.strip().upper()) is not None


def _means_no_nhs_number(text: str) -> bool:
    return len(set(re.sub(r"\D", "", text) or "0")) == 1


BY_FIELD: Mapping[str, Callable[[str], bool]] = {
    "number": _means_no_number,
    "numbers": _means_no_number,
    "unsafe_numbers": _means_no_number,
    "emails": _means_no_email,
    "postcode": _means_no_postcode,
    "nhs_number": _means_no_nhs_number,
}
"""Fillers that only a field of that name has, such as a row of noughts for a number."""
