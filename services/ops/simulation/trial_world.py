"""Worlds of the trial services: messages about a few things, each asking for something."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

import orjson

from contracts.envelope import Trail
from contracts.mash import ScreeningWithdrawn
from contracts.police import IncidentCancelled
from contracts.vocabulary import IncidentId
from services.kit.records import KeptRecord
from services.kit.testing import a_record
from services.ops.simulation import trial
from services.ops.simulation.accounts import (
    compared,
    discarded,
    first_copies,
    id_of,
    left_over,
    reached_twice,
)
from services.ops.simulation.bulk_statements import compiled
from services.ops.simulation.clock import BEGINNING
from services.ops.simulation.every_statement import KIT
from services.ops.simulation.living import Place, Wiring
from services.ops.simulation.sending_statements import SENDINGS
from services.ops.simulation.statements import Statements
from services.ops.simulation.store import Server
from services.ops.simulation.town import Town
from services.ops.simulation.trial import KINDS, Ledger, Remedy, Wish
from services.ops.simulation.world import World

WISHES = (
    *(Wish.NOTHING,) * 5,
    *(Wish.TIMER,) * 3,
    *(Wish.MAIL,) * 2,
    *(Wish.TO_A_VICTIM,) * 2,
    Wish.TAKEN_BACK,
    Wish.POISON,
)
TABLE = '"ledgers"'


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a partner: about which thing, what it asks for, how long after the last."""

    number: int
    about: int
    wish: Wish
    gap: float

    @property
    def words(self) -> str:
        """How a story tells it."""
        return f"about thing {self.about}, wishing {self.wish.name.lower().replace('_', ' ')}"

    @property
    def record(self) -> KeptRecord:
        """As it stands on its topic."""
        incident = IncidentId(UUID(int=self.about))
        event = IncidentCancelled(
            incident_id=incident,
            revision=self.number * KINDS + self.wish,
            version=self.number,
            area="rotherham",
            received_at=BEGINNING,
            first_received_at=BEGINNING,
        )
        trail = Trail(f"trial/{self.about}", incident)
        at = BEGINNING + timedelta(seconds=self.number)
        return a_record(event, at=at, trail=trail, event_id=UUID(int=1000 + self.number))


def messages(chance: Random) -> list[Message]:
    """A few messages about fewer things."""
    things = chance.randint(1, 3)
    return [
        Message(n, chance.randint(1, things), chance.choice(WISHES), chance.random() ** 3 * 2)
        for n in range(1, chance.randint(3, 9))
    ]


class TrialTown:
    """The trial services in a world."""

    def __init__(self, world: World, wiring: Wiring) -> None:
        self.town = Town(world, wiring)
        self._remedy = Remedy()
        known = {**KIT, **wiring.statements}
        for service in (trial.COUNTING, trial.LISTENING):
            server, tables = Server(world), Statements(known, [trial.LEDGERS], compiled)
            self.town.settle(Place(service, server, tables, self._remedy, trial.is_urgent))

    def play(self, said: list[Message]) -> None:
        """Let the messages come, and everything that follows from them."""
        world = self.town.world
        told = [(each.gap, each.record, each.words) for each in said]
        world.loop.create_task(self.town.partner("a partner", told))
        for act in ("retry", "discard") if world.seed % 3 == 0 else ():
            at = world.chance.random() * 20
            world.at(at, lambda act=act: self._mark(act))  # type: ignore[misc]
        self.town.until_rest()
        self._remedy.released = True
        world.tell("The release is out that can handle what was poison.")
        self.town.calm()

    def end(self) -> None:
        """Let nothing of it run any more."""
        self.town.end()

    def _mark(self, act: str) -> None:
        marking = self.town.mark_parked(self.town.places[0], act)  # type: ignore[arg-type]
        self.town.world.loop.create_task(marking)

    def broken(self) -> Iterator[str]:
        """Every promise that the world broke."""
        yield from left_over(self.town)
        yield from reached_twice(self.town)
        counting, listening = self.town.places
        heard = self._expected(counting)
        for incident_id, numbers in heard.items():
            ledger = _ledger(counting, incident_id)
            about = f"of thing {incident_id.int} message"
            yield from compared(about, numbers, ledger.heard)
            yield from _timers_and_mails(counting, ledger)
            yield from self._announced(listening, ledger)

    def _expected(self, counting: Place) -> dict[IncidentId, list[int]]:
        gone, found = discarded(counting), defaultdict[IncidentId, list[int]](list)
        for record in first_copies(self.town.topics, IncidentCancelled.TOPIC):
            said = orjson.loads(record.value or b"")
            if id_of(record) not in gone:
                found[IncidentId(UUID(said["incident_id"]))].append(said["revision"])
        return found

    def _announced(self, listening: Place, ledger: Ledger) -> Iterator[str]:
        versions, about = range(1, len(ledger.heard) + 1), f"of thing {ledger.incident_id.int}"
        said = [
            content["version"]
            for record in first_copies(self.town.topics, ScreeningWithdrawn.TOPIC)
            if UUID((content := orjson.loads(record.value or b""))["incident_id"])
            == ledger.incident_id
        ]
        yield from compared(f"{about} the announcement of version", versions, said)
        heard = _ledger(listening, ledger.incident_id).heard
        yield from compared(f"{about} at the listener, version", versions, heard)


def _ledger(place: Place, incident_id: IncidentId) -> Ledger:
    row = place.server.table(TABLE).get(incident_id)
    if row is None:
        return Ledger(incident_id)
    kept = {name: tuple(row[name]) for name in row if name != "incident_id"}
    return Ledger(incident_id, **kept)


def _timers_and_mails(place: Place, ledger: Ledger) -> Iterator[str]:
    about = f"of thing {ledger.incident_id.int}"
    yield from compared(f"{about} timer", sorted(ledger.timers), sorted(ledger.rung))
    gone = {number for number in ledger.taken_back if _is_withdrawn(place, ledger, number)}
    sent = [number for number in ledger.sent if number not in gone]
    ended = [int(outcome.split()[0]) for outcome in ledger.ended]
    yield from compared(f"{about} the outcome of mail", sorted(sent), sorted(ended))


def _is_withdrawn(place: Place, ledger: Ledger, number: int) -> bool:
    row = place.server.table(SENDINGS).get(trial.reference(ledger.incident_id, number))
    return row is None or row["state"] == "withdrawn"
