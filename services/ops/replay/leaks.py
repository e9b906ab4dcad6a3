"""Whether anything personal from the input stands in plain words where it must not."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.ops.replay.lines import PARTNER
from services.ops.replay.said import Everything, Said, is_uuid

SHORTEST_NAME = 4
SHORTEST_NUMBER = 7
SHORTEST_PHRASE = 8
NAMES = ("given_names", "family_name", "known_as", "previous_family_names")
NARRATIVES = ("circumstances", "school_summary", "action_taken", "voice", "code_word", "note")
NUMBERS = ("number", "nhs_number", "numbers", "unsafe_numbers")
WORD = re.compile(r"[^\W\d_][\w'’-]*")
RUN = re.compile(r"\+?\d[\d ()-]{5,}\d")
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?")
SEALED = re.compile(r"[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+")
FINGERPRINT = re.compile(r"[\w-]+:[0-9a-f]{32}")


@dataclass
class Personal:
    """What partners said about persons, in the forms in which it would be recognised."""

    names: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    postcodes: set[str] = field(default_factory=set)
    phrases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By their first word."""

    @classmethod
    def told_in(cls, bodies: Iterable[Mapping[str, Any]]) -> "Personal":
        """Everything personal in partners' bodies."""
        found = cls()
        for body in bodies:
            for name, text in _texts(body):
                found.take(name, text)
        return found

    def take(self, name: str, text: str) -> None:
        """Keep one field's text, as what its name says it is."""
        if name in NAMES:
            self.names.update(w for w in WORD.findall(text) if len(w) >= SHORTEST_NAME)
        elif name in NUMBERS:
            number = _significant(text)
            if len(number) >= SHORTEST_NUMBER:
                self.numbers.add(number)
        elif name == "postcode":
            self.postcodes.add(_squeezed(text))
        elif name in NARRATIVES or name in ("lines", "emails"):
            self._take_phrase(text.strip())

    def _take_phrase(self, text: str) -> None:
        words = WORD.findall(text)
        if len(text) >= SHORTEST_PHRASE and words:
            self.phrases[words[0]].add(text[:80])

    def in_text(self, text: str) -> Iterator[str]:
        """The kinds of personal things that a text holds."""
        words = set(WORD.findall(text))
        if words & self.names:
            yield "name"
        if any(_significant(run) in self.numbers for run in RUN.findall(text)):
            yield "number"
        if any(_squeezed(found) in self.postcodes for found in POSTCODE.findall(text)):
            yield "postcode"
        if any(phrase in text for word in words for phrase in self.phrases.get(word, ())):
            yield "narrative, address or e-mail"


@dataclass(frozen=True)
class Leak:
    """A personal thing in plain words: where, and of what kind; never the thing itself."""

    topic: str
    offset: int
    path: str
    kind: str


def leaks_of(everything: Everything) -> list[Leak]:
    """Every plain text outside the partners' topics that holds something personal.

    A sentence that is also said about reports that hold no such thing is a form of words that
    a name happens to be in, and no leak.
    """
    told = Personal.told_in(event.data for event in everything if event.topic.startswith(PARTNER))
    suspects = [leak for event in everything if _ours(event) for leak in _suspects(event, told)]
    if not suspects:
        return []
    innocent = _forms_of_words(everything, {text for _, text in suspects})
    return [leak for leak, text in suspects if text not in innocent]


def _suspects(event: Said, told: Personal) -> Iterator[tuple[Leak, str]]:
    for path, text in _plain(event.data):
        for kind in told.in_text(text):
            yield Leak(event.topic, event.offset, path, kind), text


def _forms_of_words(everything: Everything, texts: set[str]) -> set[str]:
    by_report: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for event in everything:
        if event.topic.startswith(PARTNER):
            by_report[event.correlation_id].append(event.data)
    innocent: set[str] = set()
    for event in everything:
        if not _ours(event) or event.correlation_id not in by_report:
            continue
        said = {text for _, text in _plain(event.data)} & texts - innocent
        if said:
            about = Personal.told_in(by_report[event.correlation_id])
            innocent.update(text for text in said if not any(about.in_text(text)))
    return innocent


def _ours(event: Said) -> bool:
    return not event.topic.startswith(PARTNER)


def _plain(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, text in _walk(body, ""):
        opaque = SEALED.fullmatch(text) or FINGERPRINT.fullmatch(text) or TIME.fullmatch(text)
        if not opaque and not is_uuid(text):
            yield path, text


def _texts(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, text in _walk(body, ""):
        names = [part for part in path.split("/") if not part.isdigit()]
        yield names[-1], text


def _walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _walk(each, f"{path}/{name}")
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value):
            yield from _walk(each, f"{path}/{place}")


def _significant(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return digits[-9:] if len(digits) >= SHORTEST_NUMBER else digits


def _squeezed(postcode: str) -> str:
    return postcode.replace(" ", "").upper()
