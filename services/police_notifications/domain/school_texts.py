"""Which texts of a report a school may be told: none that names or locates anybody else.

The duty is to tell schools of the child (Domestic Abuse Act 2021 s.49A, Operation Encompass), in
proportion: what is told of others goes no further than it must (`domain.md` 4).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST_LETTERS = 3
_DIGITS = re.compile(r"(?:\d\s*){5}")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE)
_EMAIL = re.compile(r"\S@\S")
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"\w+")
_PIECES = re.compile(r"[\s\-‐-―/]+")


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
    text: str, child: Names, others: Iterable[Names], first_lines: Sequence[str]
) -> str | None:
    """Why a school may not be told a text, as a code; None = it may.

    The child's own surname is no fault, since the family shares it.
    """
    folded = _folded(text)
    if _DIGITS.search(folded):
        return "holds_number"
    if _POSTCODE.search(folded):
        return "holds_postcode"
    if _EMAIL.search(folded):
        return "holds_email"
    if any(_holds(folded, line) for line in first_lines):
        return "holds_address"
    forbidden = frozenset().union(*(names.words() for names in others))
    forbidden -= _words_of((child.family or "",))
    return "names_another" if forbidden & _words_of((text,)) else None


def _holds(folded: str, line: str) -> bool:
    wanted = " ".join(_TOKEN.findall(_folded(line)))
    return bool(wanted) and f" {wanted} " in f" {' '.join(_TOKEN.findall(folded))} "


def _words_of(texts: Iterable[str]) -> frozenset[str]:
    words: set[str] = set()
    for text in texts:
        for piece in _PIECES.split(_folded(text)):
            parts = _WORD.findall(piece)
            words.update(parts)
            words.add("".join(parts))
    return frozenset(word for word in words if len(word) >= FEWEST_LETTERS)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(
        letter for letter in plain if unicodedata.category(letter) not in ("Cf", "Mn", "Cc")
        or letter.isspace()
    )  # fmt: skip
