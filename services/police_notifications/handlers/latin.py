"""Names and texts in Latin letters, so that Łukasz and Lukasz are compared as one name."""

import unicodedata

from anyascii import anyascii

APOSTROPHES = ("'", "`")


def in_latin(text: str) -> str:
    """The text with every letter and digit in its Latin form, where it has one; no word is lost."""
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter if letter.isascii() else _latin(letter) for letter in letters)


def _latin(letter: str) -> str:
    found = anyascii(letter)
    if letter.isdecimal() or (letter.isalpha() and found.isalpha()):
        return found
    # Among letters Unicode counts a raised comma too: OʼConnor is O'Connor.
    return "'" if unicodedata.category(letter) == "Lm" and found in APOSTROPHES else letter
