"""A story told in chapters, one per question that is asked about an incident."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from contracts.vocabulary import AgeBand
from services.ops.console.gathering import Story
from services.ops.console.headlines import headline_of
from services.ops.console.wording import Body, reasons_of, words
from services.ops.domain import is_alerted
from services.ops.working_set import Note

TITLES: Mapping[str, str] = {
    "police": "What the police said",
    "identity": "Who is who",
    "mash": "Screening",
    "schools": "Schools",
    "idva": "Advocate and MARAC",
    "contact": "Contact with the victim",
    "ops": "Watched from outside",
}
"""By speaker, in the order in which the chapters stand."""
NOTES_TO_ONESELF = ("-due.v1", "-clock.v1", "-ended.v1")
IDENTIFIED = "identity.incident-identified.v1"
PASSES_ON_FACTS = frozenset({IDENTIFIED})
"""Its reasons are those of the report, and stand in the first chapter."""
HEARD_BY_OTHERS = frozenset({"contact.attempt-due.v1"})


@dataclass(frozen=True, slots=True)
class Passage:
    """One thing that happened: when, what, and why."""

    at: datetime
    what: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """The passages of one question, in the order of time."""

    title: str
    passages: tuple[Passage, ...]


def chapters_of(story: Story) -> list[Chapter]:
    """The story's chapters; those in which nothing happened are left out."""
    told = [note for note in story.notes if not is_note_to_oneself(note.topic)]
    passages = {title: _passages(_of(told, speaker)) for speaker, title in TITLES.items()}
    schools = (*passages[TITLES["schools"]], *_no_school(told))
    passages[TITLES["schools"]] = tuple(sorted(schools, key=attrgetter("at")))
    chapters = [Chapter(title, found) for title, found in passages.items() if found]
    return [*chapters, *_still_to_come(story), *_parked(story)]


def is_note_to_oneself(topic: str) -> bool:
    """Whether an event is a timer or an outcome that a service tells itself."""
    return topic.endswith(NOTES_TO_ONESELF) and topic not in HEARD_BY_OTHERS


def _of(notes: Iterable[Note], speaker: str) -> list[Note]:
    return [note for note in notes if note.topic.split(".")[0] == speaker]


def _passages(notes: Sequence[Note]) -> tuple[Passage, ...]:
    found: list[Passage] = []
    told: set[str] = set()
    for note in notes:
        # What was said already in this chapter would only hide what is new.
        why = tuple(reason for reason in _why(note) if reason not in told)
        told.update(why)
        found.append(Passage(note.time, headline_of(note.topic, note.body), why))
    return tuple(found)


def _no_school(notes: Iterable[Note]) -> Iterable[Passage]:
    """Of whom school_alerts says nothing, since the duty is not owed: said when it comes to be."""
    known: dict[tuple[str, str], str | None] = {}
    for note in notes:
        if note.topic != IDENTIFIED:
            continue
        for child in note.body.get("children", ()):
            which, why = (note.body["incident_id"], child["child_ref"]), _not_owed(child)
            if why is not None and known.get(which) != why:
                yield Passage(note.time, f"Child {child['child_ref']}: no school is told ({why})")
            known[which] = why


def _not_owed(child: Body) -> str | None:
    band, unborn = AgeBand(child.get("age_band", AgeBand.UNKNOWN)), child.get("unborn")
    if is_alerted(band, unborn):
        return None
    return "not born yet" if unborn or band is AgeBand.UNBORN else "18 or over"


def _why(note: Note) -> Iterable[str]:
    body = note.body
    if note.topic not in PASSES_ON_FACTS:
        yield from reasons_of(body)
    for missed in body.get("not_referred", ()):
        yield f"Not {words(missed['pathway'])}: {missed['reason']['sentence']}"
    if body.get("score"):
        parts = ", ".join(f"{words(name)} {points:g}" for name, points in body["score"].items())
        yield f"Score: {parts}"
    if body.get("policy_version"):
        yield f"By policy {body['policy_version']}"


def _still_to_come(story: Story) -> list[Chapter]:
    passages = tuple(
        Passage(clock.at, f"{words(_name(clock.topic))} ({clock.service})")
        for clock in story.clocks
    )
    return [Chapter("Clocks still to come", passages)] if passages else []


def _parked(story: Story) -> list[Chapter]:
    passages = tuple(
        Passage(held.at, f"{held.topic} waits in {held.service}: {words(held.reason)}")
        for held in story.parked
    )
    return [Chapter("Parked", passages)] if passages else []


def _name(topic: str) -> str:
    return topic.split(".")[1].replace("-", "_")
