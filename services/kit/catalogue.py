"""The topic catalogue as data: who says what to whom, and how it is kept."""

from dataclasses import dataclass
from datetime import date
from importlib import resources

import yaml
from pydantic import TypeAdapter, ValidationError

PARTNER = "partner"
"""The speaker of what comes from outside."""


class CatalogueWrong(Exception):  # noqa: N818
    """The catalogue cannot be used; the message names the topic and the field."""


@dataclass(frozen=True)
class Listing:
    """A topic's entry as written in the catalogue."""

    speaker: str
    hearers: tuple[str, ...]
    key: str | None
    partitions: int
    retention_days: int
    sunset: date | None


@dataclass(frozen=True)
class Topic:
    """One topic: who says it, who hears it, and how the broker keeps it."""

    name: str
    speaker: str
    hearers: tuple[str, ...]
    key: str | None
    """The event's key field; None: keyed as the event it answers."""
    partitions: int
    retention_days: int
    sunset: date | None
    """The day after which nobody says it any more."""

    @property
    def is_partners(self) -> bool:
        """Whether partners send it."""
        return self.speaker == PARTNER

    @property
    def dead_letters(self) -> tuple[str, ...]:
        """The dead-letter topic of each hearer."""
        return tuple(f"{self.name}.{hearer}.dead" for hearer in self.hearers)


def read_catalogue() -> dict[str, Topic]:
    """Every topic by name, in the order of the file; CatalogueWrong where it is at fault."""
    text = (resources.files("contracts") / "catalogue.yaml").read_text(encoding="utf-8")
    return topics_of(text)


def topics_of(text: str) -> dict[str, Topic]:
    """The topics of a catalogue's text."""
    try:
        listings = TypeAdapter(dict[str, Listing]).validate_python(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as fault:
        raise CatalogueWrong(f"catalogue.yaml: {fault}") from fault
    return {name: Topic(name=name, **vars(listing)) for name, listing in listings.items()}


def onward_of(speaker: str, catalogue: dict[str, Topic]) -> dict[str, tuple[str, ...]]:
    """Whoever hears what a service says, or what comes of that: the topics it has it from."""
    speakers, found = {speaker}, dict[str, tuple[str, ...]]()
    while True:
        said = [topic for topic in catalogue.values() if topic.speaker in speakers]
        hearers = {hearer for topic in said for hearer in topic.hearers} - {speaker}
        found = {each: tuple(t.name for t in said if each in t.hearers) for each in hearers}
        if hearers <= speakers:
            return found
        speakers |= hearers


def heard_by(service: str, catalogue: dict[str, Topic]) -> tuple[str, ...]:
    """The topics a service hears."""
    return tuple(topic.name for topic in catalogue.values() if service in topic.hearers)
