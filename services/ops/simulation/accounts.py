"""What must hold of every world of messages, whatever its services do with them."""

from collections.abc import Iterable, Iterator

from services.kit.headers import texts
from services.kit.records import KeptRecord
from services.ops.simulation.kit_statements import OUTBOX
from services.ops.simulation.living import Place
from services.ops.simulation.parking_statements import ACTS, PARKED
from services.ops.simulation.sending_statements import SENDINGS
from services.ops.simulation.topics import Topics
from services.ops.simulation.town import Town


def id_of(record: KeptRecord) -> str:
    """The event id of a record."""
    return texts(record.headers).get("ce_id", "")


def first_copies(topics: Topics, topic: str) -> list[KeptRecord]:
    """A topic's records in order per key, without later copies under the same id."""
    seen: dict[str, KeptRecord] = {}
    for record in topics.of(topic):
        seen.setdefault(id_of(record), record)
    return list(seen.values())


def discarded(place: Place) -> set[str]:
    """The ids of what an engineer took out of the car park for good."""
    acts = place.server.table(ACTS).values()
    return {str(row["event_id"]) for row in acts if row["act"] == "discarded"}


def left_over(town: Town) -> Iterator[str]:
    """What is still to be done though the world is at rest."""
    for place in town.places:
        name, server = place.service.name, place.server
        outbox = server.table(OUTBOX).values()
        due = [row for row in outbox if (row["deliver_at"] or town.until) <= town.until]
        if due:
            yield f"lost: {len(due)} announcements of {name} are never published"
        if server.table(PARKED):
            yield f"lost: {len(server.table(PARKED))} messages stay parked at {name}"
        sendings = server.table(SENDINGS).values()
        if any(row["state"] in ("waiting", "claimed") for row in sendings):
            yield f"lost: a sending of {name} never ends"


def reached_twice(town: Town) -> Iterator[str]:
    """What reaches a victim, more than once."""
    for place in town.places:
        for reference, row in place.server.table(SENDINGS).items():
            if row["at_most_once"] and town.ground.outside.taken[reference] > 1:
                yield f"doubled: {reference} reached a victim twice"
            if row["state"] == "accepted" and not town.ground.outside.taken[reference]:
                yield f"lost: {reference} was never handed over, and is said to be accepted"


def compared(what: str, expected: Iterable[object], found: Iterable[object]) -> Iterator[str]:
    """How one sequence differs from what it should be."""
    wanted, had = list(expected), list(found)
    if wanted == had:
        return
    missing = [each for each in wanted if each not in had]
    extra = [each for place, each in enumerate(had) if each in had[:place] or each not in wanted]
    if missing:
        yield f"lost: {what} {missing[0]}"
    if extra:
        yield f"doubled: {what} {extra[0]}"
    if not missing and not extra:
        yield f"out of order: {what}: {had} instead of {wanted}"
