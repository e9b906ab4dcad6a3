"""Reading what partners send: types strictly, fillers and unknown codes as absent and marked.

A wrong type or an unparseable value anywhere refuses the message, every field at fault named;
an absent value, a filler or an unknown code never does, where the field may be absent.
Where a form must name its area, an absent or unknown one becomes the sender's first. Who read an
alert and when may be absent too: the alert and its school are known without.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson
from pydantic import ValidationError

from contracts.envelope import PartnerEvent, Problem, Reason
from services.kit import strict_json
from services.kit.areas import Area
from services.kit.form_words import Path, mark, problem
from services.kit.partner_cleaning import A_DAY, A_TIME, Notes, cleaner_of
from services.kit.senders import area_instead, area_marks

P = TypeVar("P", bound=PartnerEvent)

ROUNDS = 6
"""Taking something out may leave what holds it incomplete; no form nests deeper."""
NICETIES = {"partner.school-acknowledgement.v1": ("by", "role", "at")}
"""What a message can be acted on without, by topic, though its form asks for it."""
UNKNOWN_CODE = ("enum", "literal_error")
A_LIST, A_GROUP = "must be a list", "must be a group of fields"
ASKED = {
    "missing": ("missing", "must be given"),
    "string_type": ("wrong_type", "must be text"),
    "bool_type": ("wrong_type", "must be true or false"),
    "int_type": ("wrong_type", "must be a whole number"),
    "tuple_type": ("wrong_type", A_LIST),
    "model_type": ("wrong_type", A_GROUP),
    "dict_type": ("wrong_type", A_GROUP),
    "date_type": ("wrong_type", A_DAY),
    "date_parsing": ("unparseable", A_DAY),
    "datetime_type": ("wrong_type", A_TIME),
    "datetime_parsing": ("unparseable", A_TIME),
    "timezone_aware": ("no_offset", "must be a time with its offset from UTC"),
    "enum": ("unknown_code", "must be {expected}"),
    "literal_error": ("unknown_code", "must be {expected}"),
    "too_long": ("too_long", "must have at most {max_length} entries"),
    "string_too_long": ("too_long", "must be no longer than {max_length} characters"),
    "string_pattern_mismatch": ("unparseable", "must be a time of day, as HH:MM"),
    "greater_than_equal": ("out_of_range", "must be at least {ge}"),
    "less_than_equal": ("out_of_range", "must be at most {le}"),
}
"""Code and words by pydantic's kind of error."""


@dataclass(frozen=True)
class Reading(Generic[P]):
    """A partner's message as read: the event, or what is wrong with it; never both."""

    event: P | None
    problems: tuple[Problem, ...] = ()
    marks: tuple[Reason, ...] = ()


def read(
    kind: type[P],
    body: bytes,
    areas: Mapping[str, Area] | None = None,
    received_at: datetime | None = None,
) -> Reading[P]:
    """Read a message of a topic; it never raises, whatever the body holds."""
    try:
        given = strict_json.parse(body)
    except strict_json.NotJson as fault:
        return Reading(None, (Problem(path="", code=fault.code, message=str(fault)),))
    notes = Notes()
    content = cleaner_of(kind)(given, (), notes)
    if areas and isinstance(content, dict) and _is_required(kind, "area"):
        _place(kind, content, areas, notes)
    if received_at and isinstance(content, dict):
        _complete(kind, content, received_at, notes)
    draft = _Draft(kind, content, notes)
    event = draft.settled()
    if event is None:
        return Reading(None, draft.problems())
    marks = tuple(notes.marks)
    return Reading(event.marked(marks).digested(strict_json.digest_of(given)), (), marks)


@dataclass
class _Draft(Generic[P]):
    """A message on its way to an event: what may be absent is taken out until it is one."""

    kind: type[P]
    content: dict[str, Any]
    notes: Notes
    faults: list[Problem] = field(default_factory=list)

    def settled(self) -> P | None:
        """The event, or None where something is wrong that cannot be left out."""
        for _ in range(ROUNDS):
            try:
                event = self.kind.model_validate_json(orjson.dumps(self.content), strict=True)
            except ValidationError as found:
                errors = found.errors(include_url=False)
                self.faults = [_fault(error) for error in errors if not self._optional(error)]
                if self.faults or self.notes.problems:
                    return None
                self._take_out(errors)
            else:
                return None if self.notes.problems else event
        return None

    def problems(self) -> tuple[Problem, ...]:
        """Every fault once, by field."""
        by_path = {fault.path: fault for fault in [*self.faults, *self.notes.problems]}
        if not by_path:
            by_path[""] = problem((), "unreadable", "cannot be read")
        return tuple(by_path.values())

    def _optional(self, error: Any) -> bool:
        path, given = error["loc"], error["input"]
        if given is None and isinstance(path[-1], int):
            return True
        if error["type"] == "missing":
            return len(path) > 1
        required = len(path) == 1 and _is_required(self.kind, path[0])
        return error["type"] in UNKNOWN_CODE and isinstance(given, str) and not required

    def _take_out(self, errors: Sequence[Any]) -> None:
        for error in errors:
            if error["type"] == "missing":
                self._note(error["loc"], "missing", "missing, so what it belongs to is kept out")
            elif error["input"] is not None:
                self._note(error["loc"], "unknown_code", "a code nobody knows, kept out")
        take_out(self.content, [_holder(error) for error in errors])

    def _note(self, path: Path, code: str, what: str) -> None:
        self.notes.marks.append(mark(path, code, what))


def _place(
    kind: type[PartnerEvent], content: dict[str, Any], areas: Mapping[str, Area], notes: Notes
) -> None:
    named, source = content.get("area"), content.get("source")
    if not isinstance(named, str | None) or not isinstance(source, str):
        return
    if marks := area_marks(named, areas):
        notes.marks += marks
        content["area"] = area_instead(source, kind.TOPIC, areas)


def _complete(
    kind: type[PartnerEvent], content: dict[str, Any], received_at: datetime, notes: Notes
) -> None:
    """What a message can do without is empty where it is absent, a time that of its receipt."""
    for name in NICETIES.get(kind.TOPIC, ()):
        if name not in content:
            notes.marks.append(mark((name,), "missing", "missing, and not needed"))
            content[name] = received_at if name == "at" else ""


def take_out(content: Any, paths: Iterable[Path]) -> None:
    """Remove what stands at these paths, later list items first so that places hold."""
    for path in sorted(set(paths), key=_in_order, reverse=True):
        holder = content
        for part in path[:-1]:
            holder = holder[part]
        del holder[path[-1]]


def _in_order(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((part, "") if isinstance(part, int) else (0, part) for part in path)


def _holder(error: Any) -> Path:
    path: Path = tuple(error["loc"])
    return path[:-1] if error["type"] == "missing" else path


def _is_required(kind: type[PartnerEvent], name: str) -> bool:
    fields = kind.model_fields.items()
    return any(f.is_required() for own, f in fields if name in (own, f.alias))


def _fault(error: Any) -> Problem:
    code, must = ASKED.get(_general(error["type"]), ("unparseable", "cannot be read"))
    if code == "unknown_code" and not isinstance(error["input"], str):
        code = "wrong_type"
    return problem(tuple(error["loc"]), code, must.format(**error.get("ctx", {})))


def _general(kind: str) -> str:
    if kind.startswith("datetime") and kind != "datetime_type":
        return "datetime_parsing"
    if kind.startswith("date_from"):
        return "date_parsing"
    return kind
