"""How a name sounds and how else it may be spelt: keys that forgive ear and hand."""

import re
from functools import lru_cache

import jellyfish

_RULES = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"(sch|sz|sh|ś)"), "x"),
    (re.compile(r"(tch|cz|ch|ts|tz)"), "c"),
    (re.compile(r"(kh|gh|ck|q|k)"), "k"),
    (re.compile(r"c(?=[aou]|$|[^h])"), "k"),
    (re.compile(r"(dj|zh|j)"), "y"),
    (re.compile(r"w|v"), "v"),
    (re.compile(r"z"), "s"),
    (re.compile(r"(?<=[a-z])h(?=[^aeiouy]|$)"), ""),
    (re.compile(r"(ee|ie|ei|ey|ay|ai|y|i)+"), "i"),
    (re.compile(r"(oo|ou|ow|u|o)+"), "u"),
    (re.compile(r"(aa|ae|ea|a|e)+"), "a"),
    (re.compile(r"(.)\1+"), r"\1"),
)
KEPT = frozenset("blmnr")
"""Letters that no rule takes away or adds: names that are spelt alike have the same of them."""
SHORTEST = 4
"""A shorter name has too few letters for its vowels not to matter."""


@lru_cache(maxsize=65536)
def sound(name: str) -> str:
    """The English sound of a name (metaphone), its first letters."""
    return str(jellyfish.metaphone(name))[:6] or name[:4]


@lru_cache(maxsize=65536)
def spelling(name: str) -> str:
    """Consonants as they sound, vowels by class: Hussein and Hussain, Kowalczyk and Kovalchik."""
    key = name
    for pattern, replacement in _RULES:
        key = pattern.sub(replacement, key)
    return key


def spelt_alike(one: str, other: str) -> bool:
    """Whether the two may be one name written by two hands."""
    if min(len(one), len(other)) < SHORTEST:
        return False
    if KEPT.intersection(one) != KEPT.intersection(other):
        return False
    return spelling(one) == spelling(other)
