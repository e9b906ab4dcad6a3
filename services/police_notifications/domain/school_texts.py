"""Which texts of a report a school may be told: none that names or locates anybody else.

The duty is to tell schools of the child (Domestic Abuse Act 2021 s.49A, Operation Encompass), in
proportion: what is told of others goes no further than it must (`domain.md` 4).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

FEWEST_LETTERS = 3
FEWEST_DIGITS = 5
LOCAL_DIGITS = 6
"""As many of a number's last digits as tell it at home, where nobody writes the area's code."""
MOST_PARTS = 4
"""Words of one name that may be written as one."""
_DIGITS = re.compile(r"(?:\d\s*){5}")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?[\s\-‐-―]*\d[A-Z]{2}\b", re.IGNORECASE)
_EMAIL = re.compile(r"\S@\S")
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"\w+")
_PIECES = re.compile(r"[\s\-‐-―/]+")
_BROKEN_UP = re.compile(r"\d(?:[\W_]*\d)*")
_MARKS = "\\-‐-―−'‘’`´"
_COMPOUND = re.compile(rf"[^\W\d_]+(?:[{_MARKS}]+[^\W\d_]+)+")
_NEIGHBOURS = re.compile(rf"(?=\b([^\W\d_]+)[{_MARKS}]?\s+([^\W\d_]+))")


@dataclass(frozen=True, slots=True)
class Names:
    """What one person of a report is or was called."""

    given: tuple[str, ...] = ()
    family: str | None = None
    other: tuple[str, ...] = ()
    """Previous family names, and what they are known as."""

    def words(self) -> frozenset[str]:
        """Every word of them that is long enough to be recognised."""
        return _words_of((*self.given, self.family or "", *self.other))


def first_fault(
    text: str,
    child: Names,
    others: Iterable[Names],
    first_lines: Sequence[str],
    numbers: Iterable[str],
) -> str | None:
    """Why a school may not be told a text, as a code; None = it may.

    All in Latin letters, as far as can be. The child's own surname is no fault, since the family
    shares it.
    """
    folded = _folded(text)
    if _DIGITS.search(folded) or _holds_any(folded, numbers):
        return "holds_number"
    if _POSTCODE.search(folded):
        return "holds_postcode"
    if _EMAIL.search(folded):
        return "holds_email"
    if any(_holds(folded, line) for line in first_lines):
        return "holds_address"
    forbidden = frozenset().union(*(names.words() for names in others))
    forbidden -= _words_of((child.family or "",))
    return "names_another" if forbidden & _words_in(text) else None


def _holds_any(folded: str, numbers: Iterable[str]) -> bool:
    runs = [_digits(run) for run in _BROKEN_UP.findall(folded)]
    known = {_digits(_folded(number))[-LOCAL_DIGITS:] for number in numbers}
    return any(end in run for end in known if len(end) >= FEWEST_DIGITS for run in runs)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


def _holds(folded: str, line: str) -> bool:
    wanted = " ".join(_TOKEN.findall(_folded(line)))
    return bool(wanted) and f" {wanted} " in f" {' '.join(_TOKEN.findall(folded))} "


def _words_of(names: Iterable[str]) -> frozenset[str]:
    """The words of names, and those that come of writing neighbours as one."""
    words: set[str] = set()
    for name in names:
        folded = _folded(name)
        words.update(_words(folded), _as_one(_WORD.findall(folded)))
    return _long_enough(words)


def _words_in(text: str) -> frozenset[str]:
    """The words of a text, and those that come of writing as one what hyphens, apostrophes or,
    between two with a capital letter, a space keep apart.
    """
    folded = _folded(text)
    words = set(_words(folded))
    for compound in _COMPOUND.findall(folded):
        words.update(_as_one(_WORD.findall(compound)))
    for one, next_one in _NEIGHBOURS.findall(_plain(text)):
        if _is_capitalised(one) and _is_capitalised(next_one):
            words.add((one + next_one).casefold())
    return _long_enough(words)


def _words(folded: str) -> Iterator[str]:
    for piece in _PIECES.split(folded):
        parts = _WORD.findall(piece)
        yield from parts
        yield "".join(parts)


def _as_one(parts: Sequence[str]) -> Iterator[str]:
    for start in range(len(parts)):
        for end in range(start + 2, start + MOST_PARTS + 1):
            yield "".join(parts[start:end])


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() and not (len(word) > 1 and word.isupper())


def _long_enough(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) >= FEWEST_LETTERS)


def _folded(text: str) -> str:
    return _plain(text).casefold()


def _plain(text: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text)
        if unicodedata.category(letter) not in ("Cf", "Mn", "Cc") or letter.isspace()
    )  # fmt: skip
