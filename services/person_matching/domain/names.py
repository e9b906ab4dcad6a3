"""The parts of a name as they are compared: call name, middle names, surnames by every spelling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.person_matching.domain.text import plain, words

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "lady",
        "lord",
        "rev",
        "revd",
        "reverend",
        "mstr",
    ]
)
PLACEHOLDERS = frozenset(
    [
        "unknown",
        "unk",
        "unkown",
        "none",
        "null",
        "nil",
        "nan",
        "tbc",
        "tbd",
        "test",
        "baby",
        "unborn",
        "victim",
        "suspect",
        "child",
        "female",
        "male",
        "anonymous",
        "refused",
        "withheld",
        "offender",
        "perpetrator",
        "complainant",
        "xx",
        "xxx",
        "xxxx",
        "nobody",
        "person",
    ]
)
PLACEHOLDER_PHRASES = frozenset(
    [
        "n/a",
        "na.",
        "n.a.",
        "not known",
        "not given",
        "not stated",
        "not available",
        "no name",
        "not applicable",
        "to be confirmed",
        "details unknown",
        "name unknown",
        "n/k",
        "not provided",
    ]
)
PREFIXES = frozenset(
    [
        "mohammed",
        "muhammad",
        "mohammad",
        "mohamed",
        "muhammed",
        "mohamad",
        "mohd",
        "md",
        "abdul",
        "abdel",
        "abd",
        "abdal",
        "ghulam",
        "gulam",
        "syed",
        "sayed",
    ]
)
"""Carried before the name somebody is called by."""
HONORIFICS = frozenset(["kaur", "singh", "bibi", "begum", "khatun", "khatoon", "bi"])
"""Written as middle or as family name as the form wants; they tell nobody apart in the middle."""
PARTICLES = frozenset(("al", "el"))
CHINESE = frozenset(
    [
        "wang",
        "li",
        "zhang",
        "chen",
        "liu",
        "yang",
        "huang",
        "zhao",
        "wu",
        "zhou",
        "xu",
        "sun",
        "ma",
        "zhu",
        "hu",
        "guo",
        "he",
        "lin",
        "gao",
        "luo",
        "zheng",
        "liang",
        "xie",
        "tang",
        "song",
        "deng",
        "feng",
        "cao",
        "peng",
        "zeng",
        "xiao",
        "tian",
        "dong",
        "pan",
        "yuan",
        "cai",
        "jiang",
        "yu",
        "du",
        "ye",
        "cheng",
        "wei",
        "su",
        "lu",
        "ding",
        "ren",
        "shen",
        "wong",
        "chan",
        "cheung",
        "leung",
        "lam",
        "ng",
        "lau",
        "ho",
        "chow",
        "chiu",
        "kwok",
        "tsang",
        "tse",
        "yip",
        "fung",
        "mak",
        "cheng",
        "tam",
        "hui",
        "yuen",
        "yeung",
        "siu",
        "chang",
        "hsu",
        "tsai",
    ]
)
"""Family names whose bearers' given names are mostly two syllables, written as one word or two."""
LONGEST_SYLLABLE = 6
MOST_TOKENS = 6


@dataclass(frozen=True, slots=True)
class GivenName:
    """A given name: what somebody is called by, what else is given, and all of it as one word."""

    call: str | None = None
    prefix: str | None = None
    middles: tuple[str, ...] = ()
    joined: str = ""


def is_placeholder(text: str) -> bool:
    """Whether a field says nothing although something is written in it."""
    spoken = " ".join(plain(text).split())
    tokens = words(text)
    return spoken in PLACEHOLDER_PHRASES or not tokens or all(t in PLACEHOLDERS for t in tokens)


@lru_cache(maxsize=65536)
def name_tokens(text: str) -> tuple[str, ...]:
    """The words of a name without titles; `Mc X` is one word; a placeholder has none."""
    if is_placeholder(text):
        return ()
    tokens = words(text)[:MOST_TOKENS]
    while len(tokens) > 1 and tokens[0] in TITLES:
        tokens = tokens[1:]
    joined: list[str] = []
    for token in tokens:
        if joined and joined[-1] == "mc":
            joined[-1] += token
        else:
            joined.append(token)
    return tuple(joined)


def given_name(text: str | None, family: str | None = None) -> GivenName:
    """The parts of a given name; Mohammed, Abdul and Ghulam stand before the call name.

    With a Chinese family name, two short words are one given name (Xiao Ming, Xiaoming).
    """
    tokens = list(name_tokens(text)) if text else []
    if not tokens:
        return GivenName()
    joined = "".join(tokens)
    if family in CHINESE and len(tokens) == 2 and max(map(len, tokens)) <= LONGEST_SYLLABLE:
        return GivenName(joined, None, (), joined)
    prefix = tokens.pop(0) if len(tokens) > 1 and tokens[0] in PREFIXES else None
    middles = tuple(token for token in tokens[1:] if token not in HONORIFICS)
    return GivenName(tokens[0], prefix, middles, joined)


def surname(text: str | None) -> str | None:
    """A family name as one word, its article and its gendered ending left out."""
    tokens = list(name_tokens(text)) if text else []
    while len(tokens) > 1 and tokens[0] in PARTICLES:
        tokens = tokens[1:]
    return neutral("".join(tokens)) if tokens else None


def neutral(name: str) -> str:
    """The form that husband and wife share: Nováková is Novak, Kowalska is Kowalski."""
    for ending, stem in (("ska", "ski"), ("cka", "cki"), ("dzka", "dzki")):
        if name.endswith(ending) and len(name) > len(ending) + 2:
            return name[: -len(ending)] + stem
    if name.endswith("ova") and len(name) > len("ova") + 3:
        return name[: -len("ova")]
    return name


def surnames(family: str | None, previous: Iterable[str]) -> frozenset[str]:
    """Every surname somebody is known by: whole, its halves, and earlier ones with theirs."""
    found: set[str] = set()
    for text in [family, *previous]:
        whole = surname(text)
        if whole:
            found |= {whole, *_halves(name_tokens(text or ""))}
    return frozenset(found)


def other_forenames(known_as: Sequence[str]) -> frozenset[str]:
    """The call names among what somebody is also known as."""
    calls = (given_name(name).call for name in known_as)
    return frozenset(call for call in calls if call and len(call) > 1)


def _halves(tokens: Sequence[str]) -> set[str]:
    return {neutral(token) for token in tokens if len(token) > 2 and token not in HONORIFICS}
