"""Which of a sender's words are codes: only those may be said in plain fields."""

import re

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def codes_in(*words: str | None) -> tuple[str, ...]:
    """The words that are codes; a name, a number in groups or a sentence is none."""
    return tuple(word for word in words if word is not None and CODE.fullmatch(word))
