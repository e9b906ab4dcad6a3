"""Taking fillers out of a partner's message, field by field, as the contract's types say."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from contracts.envelope import Problem, Reason
from services.kit.form_words import Path, mark, problem
from services.kit.headers import storable
from services.kit.placeholders import BY_FIELD, means_no_day, means_nothing

LONGEST_TEXT = 20_000
LONGEST_LIST = 1000
TOO_MANY = f"must have at most {LONGEST_LIST} entries"
TOO_LONG = f"must be no longer than {LONGEST_TEXT} characters"
A_DAY = "must be a date that exists, as YYYY-MM-DD"
A_TIME = "must be a time that exists, as 2026-11-27T18:30:00+00:00"
GREATEST_NUMBER = 2**31 - 1
LATEST_YEAR = 2100
ABSENT: Any = object()
_DAY_FIRST = re.compile(r"(\d{4})-\d\d-\d\d")


@dataclass
class Notes:
    """What was found on the way."""

    problems: list[Problem] = field(default_factory=list)
    marks: list[Reason] = field(default_factory=list)

    def filler(self, path: Path) -> Any:
        """Mark a filler; the value to go on with is none."""
        self.marks.append(mark(path, "placeholder", "a placeholder, kept out"))
        return ABSENT

    def wrong(self, path: Path, code: str, must: str) -> Any:
        """Note a fault that the types alone do not see."""
        self.problems.append(problem(path, code, must))
        return ABSENT


Cleaner = Callable[[Any, Path, Notes], Any]


@cache
def cleaner_of(kind: type[BaseModel]) -> Cleaner:
    """The cleaner of a model: its known fields alone, by the sender's names, fillers absent."""
    fields = {
        info.alias or name: _cleaner(info.annotation, info.alias or name)
        for name, info in kind.model_fields.items()
    }

    def clean(value: Any, path: Path, notes: Notes) -> Any:
        if not isinstance(value, dict):
            return _scalar(value, path, notes)
        found = {}
        for name, cleaned in fields.items():
            given = value.get(name)
            if given is None:
                continue
            given = cleaned(given, (*path, name), notes)
            if given is not ABSENT:
                found[name] = given
        return found

    return clean


def _cleaner(annotation: Any, name: str) -> Cleaner:
    kind = _plain(annotation)
    origin = get_origin(kind)
    if origin is tuple:
        return _of_list(_cleaner(get_args(kind)[0], name))
    if origin is dict:
        key, value = get_args(kind)
        return _of_map(_codes(key), _cleaner(value, name))
    if codes := _codes(kind):
        return _of_codes(codes)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return cleaner_of(kind)
    if kind in (date, AwareDatetime):
        return _of_day(A_DAY if kind is date else A_TIME)
    if kind is str:
        return _of_text(BY_FIELD.get(name))
    return _scalar


def _plain(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        [kind] = [one for one in get_args(annotation) if one is not type(None)]
        return _plain(kind)
    return annotation


def _codes(kind: Any) -> frozenset[str]:
    kind = _plain(kind)
    if get_origin(kind) is Literal:
        return frozenset(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return frozenset(code.value for code in kind)
    return frozenset()


def _of_list(cleaned: Cleaner) -> Cleaner:
    def clean(value: Any, path: Path, notes: Notes) -> Any:
        if not isinstance(value, list):
            return _scalar(value, path, notes)
        if len(value) > LONGEST_LIST:
            return notes.wrong(path, "too_long", TOO_MANY)
        # A filler's place stays until every other entry has been judged by its own place.
        items = [_item(item, (*path, place), notes) for place, item in enumerate(value)]
        return [None if item is ABSENT else item for item in items]

    def _item(item: Any, path: Path, notes: Notes) -> Any:
        return notes.filler(path) if item is None else cleaned(item, path, notes)

    return clean


def _of_map(keys: frozenset[str], cleaned: Cleaner) -> Cleaner:
    def clean(value: Any, path: Path, notes: Notes) -> Any:
        if not isinstance(value, dict):
            return _scalar(value, path, notes)
        known = {key: given for key, given in value.items() if not keys or key in keys}
        if len(known) < len(value):
            notes.marks.append(mark(path, "unknown_key", "a key nobody knows, kept out"))
        items = {
            key: cleaned(given, (*path, key), notes)
            for key, given in known.items()
            if given is not None
        }
        return {key: given for key, given in items.items() if given is not ABSENT}

    return clean


def _of_codes(codes: frozenset[str]) -> Cleaner:
    def clean(value: Any, path: Path, notes: Notes) -> Any:
        if isinstance(value, str) and value in codes:
            return value
        return _scalar(value, path, notes)

    return clean


def _of_text(is_filler: Callable[[str], bool] | None) -> Cleaner:
    def clean(value: Any, path: Path, notes: Notes) -> Any:
        value = _scalar(value, path, notes)
        if not isinstance(value, str):
            return value
        if len(value) > LONGEST_TEXT:
            return notes.wrong(
                path, "too_long", f"must be no longer than {LONGEST_TEXT} characters"
            )
        return notes.filler(path) if is_filler is not None and is_filler(value) else value

    return clean


def _of_day(must: str) -> Cleaner:
    def clean(value: Any, path: Path, notes: Notes) -> Any:
        if isinstance(value, str) and means_no_day(value):
            return notes.filler(path)
        value = _scalar(value, path, notes)
        if not isinstance(value, str):
            return value
        found = _DAY_FIRST.match(value)
        if found is None or int(found[1]) > LATEST_YEAR:
            return notes.wrong(path, "unparseable", must)
        return value

    return clean


def _scalar(value: Any, path: Path, notes: Notes) -> Any:
    if isinstance(value, str):
        if storable(value) != value:
            return notes.wrong(path, "unreadable_character", "holds a character that is no text")
        return notes.filler(path) if means_nothing(value, str(path[-1])) else value
    if isinstance(value, int) and abs(value) > GREATEST_NUMBER:
        return notes.wrong(path, "out_of_range", f"must be at most {GREATEST_NUMBER}")
    return type(value)() if isinstance(value, dict | list) else value
