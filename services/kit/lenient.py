"""Reading an event of ours so that a code we do not know yet does not stop us."""

from collections.abc import Sequence
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from contracts.envelope import Event

E = TypeVar("E", bound=Event)
UNKNOWN_CODE = ("enum", "literal_error")


class Unreadable(Exception):  # noqa: N818
    """A message of ours is not what its topic promises; the message names paths and codes only."""


def read_event(kind: type[E], body: bytes | None) -> E:
    """The event; codes that this version does not know are kept out where they may be absent."""
    try:
        return kind.model_validate_json(body or b"")
    except ValidationError as fault:
        unknown = [e["loc"] for e in _errors(fault) if e["type"] in UNKNOWN_CODE]
        if not unknown:
            raise Unreadable(described(fault)) from None
    content = orjson.loads(body or b"")
    for path in sorted(unknown, key=_deepest_last_item_first, reverse=True):
        _take_out(content, path)
    try:
        return kind.model_validate(content)
    except ValidationError as fault:
        raise Unreadable(described(fault)) from None


def described(fault: ValidationError) -> str:
    """The faults by path and code."""
    found = (f"{'/'.join(map(str, e['loc']))}: {e['type']}" for e in _errors(fault))
    return "; ".join(list(found)[:5])


def _errors(fault: ValidationError) -> Sequence[Any]:
    return fault.errors(include_url=False, include_context=False, include_input=False)


def _deepest_last_item_first(path: Sequence[Any]) -> tuple[int, tuple[int, ...]]:
    return len(path), tuple(part for part in path if isinstance(part, int))


def _take_out(content: Any, path: Sequence[Any]) -> None:
    for part in path[:-1]:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return
    last = path[-1]
    if isinstance(content, dict):
        content.pop(last, None)
    elif isinstance(content, list) and isinstance(last, int) and last < len(content):
        del content[last]
