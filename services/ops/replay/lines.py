"""The lines of a replay: what a partner sent, and when it came in."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

PARTNER = "partner."


class LinesWrong(Exception):  # noqa: N818
    """The file cannot be played; the message names the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a partner sent; `place` is its number in the file, from 1."""

    at: datetime
    topic: str
    body: bytes
    sender: str | None
    place: int


def read_lines(path: Path, topics: Iterable[str]) -> list[Line]:
    """The lines of a file in the order in which they are played."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise LinesWrong(f"{path.name} cannot be read: {type(fault).__name__}") from fault
    return parse_lines(text.split("\n"), topics)


def parse_lines(texts: Iterable[str], topics: Iterable[str]) -> list[Line]:
    """Lines of text, ordered by time and then by place."""
    known = {topic for topic in topics if topic.startswith(PARTNER)}
    numbered = enumerate(texts, start=1)
    lines = [line_of(text, place, known) for place, text in numbered if text.strip()]
    return sorted(lines, key=lambda line: (line.at, line.place))


def line_of(text: str, place: int, topics: set[str]) -> Line:
    """One line; what is inside `data` is the services' to judge, not ours."""
    try:
        # The standard library keeps what others refuse: lone surrogates, huge numbers, NaN.
        read = json.loads(text)
    except json.JSONDecodeError as fault:
        raise LinesWrong(f"line {place}: not JSON ({fault.msg})") from fault
    if not isinstance(read, dict) or "data" not in read:
        raise LinesWrong(f"line {place}: must have at, topic and data")
    if read.get("topic") not in topics:
        raise LinesWrong(f"line {place}: topic is none that partners send")
    return Line(
        _time(read.get("at"), place), read["topic"], _body(read["data"]), _sender(read), place
    )


def _time(value: object, place: int) -> datetime:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise LinesWrong(f"line {place}: at must be a time with an offset")
    return time.astimezone(UTC)


def _body(content: object) -> bytes:
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        return json.dumps(content).encode()


def _sender(read: Mapping[str, Any]) -> str | None:
    content = read["data"]
    source = content.get("source") if isinstance(content, dict) else None
    return source if isinstance(source, str) else None
