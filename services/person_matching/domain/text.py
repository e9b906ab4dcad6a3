"""Text as compared: plain lower-case letters, whatever the script, the accents or the length."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

LONGEST = 80
"""Characters of a name that are looked at; nobody's name needs more to be told apart."""
_SYMBOLS = ("So", "Sk", "Cn", "Co", "Cs", "Cf", "Cc")
_NOT_LETTERS = re.compile(r"[^a-z]+")
_ELISION = re.compile(r"['’`´]")


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Transliterated, case-folded and bounded; symbols and emoji are spaces."""
    if text.isascii():
        return text[:LONGEST].casefold()
    kept = unicodedata.normalize("NFKC", text[: LONGEST * 2])
    spoken = "".join(" " if unicodedata.category(c) in _SYMBOLS else c for c in kept)
    return anyascii(spoken)[:LONGEST].casefold()


def words(text: str) -> list[str]:
    """The runs of letters; an apostrophe joins what stands at its sides."""
    return [word for word in _NOT_LETTERS.split(_ELISION.sub("", plain(text))) if word]
