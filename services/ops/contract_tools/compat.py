"""Whether two versions of a schema understand each other, both ways.

Within a major, old readers must understand new writers and new readers old writers. Over the
subset of JSON Schema that pydantic emits that means: optional fields may come and go, everything
else stays. A keyword the rules do not know is refused, so that nothing passes unseen.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Schema = Mapping[str, Any]
Widenings = Mapping[str, Collection[str]]
"""By JSON pointer: enum values that every hearer was taught before anyone says them."""

MEANINGLESS = {"title", "description", "examples", "deprecated", "$id", "$schema", "$defs", "$ref"}
FIXED = (
    "type",
    "format",
    "pattern",
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "x-key",
)
BELOW = {"items": "/*", "additionalProperties": "/*", "propertyNames": "/*"}
"""Keywords that hold a schema of what is inside, and how such a place is named."""
STRUCTURAL = {"properties", "required", "anyOf", "enum", "const", *BELOW}
KNOWN = MEANINGLESS | set(FIXED) | STRUCTURAL


@dataclass(frozen=True)
class Breach:
    """A difference that one side would not understand; `path` is a JSON pointer to the field."""

    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path or '/'}: {self.why}"


class View(NamedTuple):
    """A place in a schema, with the whole that its references point into."""

    here: Schema
    whole: Schema

    def at(self, schema: Schema) -> "View":
        """The same whole, seen at another place; references are followed."""
        seen = dict(schema)
        while "$ref" in seen:
            name = seen.pop("$ref").rpartition("/")[2]
            seen = {**self.whole["$defs"][name], **seen}
        return View(seen, self.whole)


class Comparison:
    """One walk over two schemas; a place within itself is not entered again."""

    def __init__(self, widened: Widenings) -> None:
        self.widened = widened
        self.entered: set[tuple[str, str]] = set()

    def breaches(self, old: View, new: View, path: str) -> Iterator[Breach]:
        """Every difference at this place and below."""
        ways = (_ways(old), _ways(new))
        for kind in ways[0].keys() ^ ways[1].keys():
            yield Breach(path, f"{'no longer' if kind in ways[0] else 'newly'} allows {kind}")
        for kind in sorted(ways[0].keys() & ways[1].keys()):
            yield from self._same_kind(ways[0][kind], ways[1][kind], path)

    def _same_kind(self, old: View, new: View, path: str) -> Iterator[Breach]:
        pair = (repr(old.here), repr(new.here))
        if pair in self.entered:
            return
        self.entered.add(pair)
        yield from self._differences(old, new, path)
        self.entered.discard(pair)

    def _differences(self, old: View, new: View, path: str) -> Iterator[Breach]:
        yield from _unknown_keywords(old, new, path)
        yield from _fixed(old, new, path)
        yield from self._enum(old, new, path)
        yield from self._properties(old, new, path)
        for keyword, place in BELOW.items():
            yield from self._below(old, new, keyword, path + place)

    def _enum(self, old: View, new: View, path: str) -> Iterator[Breach]:
        before, after = _values(old.here), _values(new.here)
        if before is None or after is None:
            if before != after:
                yield Breach(path, "became a list of codes or stopped being one")
            return
        for value in sorted(before - after, key=str):
            yield Breach(path, f"the code {value!r} is gone")
        for value in sorted(after - before - set(self.widened.get(path, ())), key=str):
            yield Breach(path, f"the code {value!r} is new and no hearer was taught it")

    def _properties(self, old: View, new: View, path: str) -> Iterator[Breach]:
        before, after = old.here.get("properties", {}), new.here.get("properties", {})
        needed = set(old.here.get("required", ())), set(new.here.get("required", ()))
        for name in sorted(needed[0] ^ needed[1]):
            yield Breach(f"{path}/{name}", _about_required(name, before, after, name in needed[0]))
        for name in [name for name in before if name in after]:
            yield from self.breaches(old.at(before[name]), new.at(after[name]), f"{path}/{name}")

    def _below(self, old: View, new: View, keyword: str, path: str) -> Iterator[Breach]:
        before, after = old.here.get(keyword), new.here.get(keyword)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self.breaches(old.at(before), new.at(after), path)
        elif before != after:
            yield Breach(path, "what it holds was described only on one side")


def breaches(old: Schema, new: Schema, widened: Widenings | None = None) -> list[Breach]:
    """What keeps two versions of one schema from understanding each other; none = compatible."""
    walk = Comparison(widened or {})
    old_view, new_view = View(old, old), View(new, new)
    return list(walk.breaches(old_view.at(old), new_view.at(new), ""))


def _ways(view: View) -> dict[str, View]:
    """The alternatives of a place by their kind; a place without alternatives is its only one."""
    if "anyOf" not in view.here:
        return {_kind(view): view}
    shared = {name: value for name, value in view.here.items() if name == "default"}
    ways = [view.at({**way, **shared}) for way in view.here["anyOf"]]
    return {_kind(way): way for way in ways}


def _kind(view: View) -> str:
    return str(view.here.get("type", "anything"))


def _values(schema: Schema) -> set[Any] | None:
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def _fixed(old: View, new: View, path: str) -> Iterator[Breach]:
    for keyword in FIXED:
        before, after = old.here.get(keyword), new.here.get(keyword)
        if before != after:
            yield Breach(path, f"{keyword} was {before!r} and is {after!r}")


def _unknown_keywords(old: View, new: View, path: str) -> Iterator[Breach]:
    for keyword in sorted((set(old.here) | set(new.here)) - KNOWN):
        yield Breach(path, f"the keyword {keyword!r} is not one the check can judge")


def _about_required(name: str, before: Schema, after: Schema, was_required: bool) -> str:
    if name not in before or name not in after:
        return f"a required field {'went' if was_required else 'came'}"
    return f"was {'required' if was_required else 'optional'} and is not"
