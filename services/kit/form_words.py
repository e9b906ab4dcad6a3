"""A partner's fields in words: problems and marks name a field and never quote its value."""

import re
from collections.abc import Sequence

from contracts.envelope import Problem, Reason

Path = tuple[str | int, ...]

_ONE_OF = {
    "children": "child",
    "phones": "phone",
    "emails": "e-mail",
    "numbers": "number",
    "unsafe_numbers": "unsafe number",
    "windows": "window",
    "flags": "flag",
    "lines": "address line",
    "previous_addresses": "previous address",
    "other_school_urns": "other school",
    "conflicts": "conflict",
}
_SPELLED = {"urn": "URN", "urns": "URNs", "nhs": "NHS"}
_ASKED_AS = {
    "occurred_at": "time it occurred",
    "reported_at": "time it was reported",
    "assessed_at": "time of assessment",
    "held_at": "time it is held",
    "agenda_closes_at": "time the agenda closes",
    "at": "time",
    "from": "beginning",
    "to": "end",
    "until": "end",
    "as_of": "day it was true",
}


def words(path: Path) -> str:
    """The field in words, such as `the suspect's date of birth` or `child 2's school URN`."""
    named: list[str] = []
    for before, part in zip(("", *path), path, strict=False):
        if isinstance(part, int):
            named[-1] = f"{_ONE_OF.get(str(before), named[-1] + ' entry')} {part + 1}"
        else:
            named.append(_ASKED_AS.get(part) or _spelled(part))
    text = "'s ".join(named) if named else "message"
    return text if text[-1].isdigit() and len(named) == 1 else f"the {text}"


def _spelled(name: str) -> str:
    return " ".join(_SPELLED.get(word, word) for word in name.split("_"))


def pointer(path: Sequence[str | int]) -> str:
    """The field's JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def problem(path: Path, code: str, must: str) -> Problem:
    """A fault of a field; `must` says what the form asks, such as `must be given`."""
    sentence = f"{words(path)} {must}."
    return Problem(path=pointer(path), code=code, message=sentence[0].upper() + sentence[1:])


def mark(path: Path, code: str, what: str) -> Reason:
    """What is missing or was kept out of a field; the code is `<field>_<code>`."""
    field = next(part for part in reversed(path) if isinstance(part, str))
    sentence = f"{words(path)}: {what}."
    return Reason(code=f"{field}_{code}", sentence=sentence[0].upper() + sentence[1:])


def is_about(marked: Reason, name: str) -> bool:
    """Whether a mark is about a list of the form, such as its children, or an entry of it."""
    about = rf"(the )?({_spelled(name)}|{_ONE_OF[name]} \d+)\b"
    return re.match(about, marked.sentence, re.IGNORECASE) is not None
