"""Reading a partner's JSON strictly: one meaning or none."""

import hashlib
import json
from typing import Any

DEEPEST = 40
"""Levels of nesting; no form has ten."""
LONGEST = 512 * 1024
"""Bytes: what is sealed from it for several audiences must still fit into one record."""


class NotJson(Exception):  # noqa: N818
    """A body has no single meaning; `code` says why, the message is the sender's to read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse(body: bytes) -> dict[str, Any]:
    """The body's fields; NotJson where it is no JSON object, or could be read in two ways."""
    if len(body) > LONGEST:
        raise NotJson("too_long", f"The message must be no longer than {LONGEST // 1024} KiB.")
    try:
        read = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_fields,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except RecursionError:
        raise NotJson("too_deep", "The message is nested too deeply.") from None
    except ValueError:
        raise NotJson("unreadable", "The message is not JSON in UTF-8.") from None
    if not isinstance(read, dict):
        raise NotJson("not_an_object", "The message must be one JSON object.")
    if _deeper_than(read, DEEPEST):
        raise NotJson("too_deep", "The message is nested too deeply.")
    return read


def digest_of(content: Any) -> str:
    """What is the same for the same JSON, whatever the order of its keys and its spacing."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise NotJson("duplicate_field", "The message gives a field twice.")
    return fields


def _number(text: str) -> int | float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise NotJson("unreadable", "The message holds a number too large to read.")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _no_number(text: str) -> float:
    raise NotJson("unreadable", "The message holds a number that JSON does not have.")


def _deeper_than(content: Any, limit: int) -> bool:
    level = [content]
    for _ in range(limit):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [inner for inner in value.values() if isinstance(inner, dict | list)]
    return [inner for inner in value if isinstance(inner, dict | list)]
