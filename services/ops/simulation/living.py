"""The lives of one service's processes: the kit's parts wired to a simulated world."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from services.kit.areas import Area, read_areas
from services.kit.circuit import Circuit
from services.kit.database import Database
from services.kit.dispatch import Dispatcher
from services.kit.inbox import Partitions
from services.kit.reading import Reader
from services.kit.redrive import Redriver
from services.kit.relay import Relay
from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.saying import Voice
from services.kit.sealing import Keyring
from services.kit.service import Service
from services.kit.settings import Settings
from services.kit.subscriptions import hearers
from services.ops.simulation.broker_clients import (
    Broker,
    SimulatedConsuming,
    SimulatedPublisher,
    reading_back,
)
from services.ops.simulation.connection import Pool
from services.ops.simulation.outside import Gateway, Outside
from services.ops.simulation.statements import Statement, Statements
from services.ops.simulation.store import Server
from services.ops.simulation.topics import Topics
from services.ops.simulation.world import Program, World

SETTINGS = Settings.model_construct()
RING = Keyring.generated()


@cache
def areas() -> Mapping[str, Area]:
    """The area files, read once."""
    return read_areas()


def as_it_is(service: Service) -> Service:
    """The service without a planted bug."""
    return service


@dataclass(frozen=True)
class Wiring:
    """How the parts are put together; a planted bug is another wiring."""

    statements: Mapping[str, Statement] = field(default_factory=dict)
    publisher: type[SimulatedPublisher] = SimulatedPublisher
    consuming: type[SimulatedConsuming] = SimulatedConsuming
    service: Callable[[Service], Service] = as_it_is


@dataclass
class Ground:
    """What all processes of a world stand on."""

    world: World
    topics: Topics
    outside: Outside
    wiring: Wiring


@dataclass
class Place:
    """One service's database and what its processes know besides."""

    service: Service
    server: Server
    statements: Statements
    reference: Any = None
    urgent: Callable[[Any], bool] | None = None


class Life:
    """One process of a service, from its start until it is killed."""

    def __init__(self, ground: Ground, place: Place, name: str) -> None:
        self.process = Program(ground.world, name)
        self._ground = ground
        self._place = place
        self._runtime = self._opened()

    def _opened(self) -> Runtime:
        place, process, outside = self._place, self.process, self._ground.outside
        gateways = {"mail": lambda runtime: Gateway(process, outside)}
        service = replace(self._ground.wiring.service(place.service), gateways=gateways)
        database = Database(Pool(place.server, process, place.statements))
        return Runtime(
            service=service,
            settings=SETTINGS,
            database=database,
            clock=self._ground.world.clock,
            keyring=RING,
            areas=areas(),
            reference=place.reference,
            reader=Reader(RING, service.opens, areas(), keeps=service.keeps),
            voice=Voice(service.name, RING, place.urgent),
            partitions=Partitions(database),
            hearers=hearers(service),
        )

    def begin(self) -> None:
        """Start every part, as a process of all roles does."""
        runtime, process = self._runtime, self.process
        publisher = self._ground.wiring.publisher(self._ground.topics, process)
        relay = Relay(runtime, publisher, reading_back(self._ground.topics, process))
        dispatcher = Dispatcher(runtime)
        runtime.listeners.append(relay.told)
        runtime.listeners.append(dispatcher.told)
        circuit = Circuit(clock=process.world.loop.time)
        runner = Runner(runtime, runtime.tell, circuit)
        broker = Broker(self._ground.topics, process)
        self._consuming = self._ground.wiring.consuming(runtime, runner, broker)
        process.run(relay.run())
        process.run(dispatcher.run())
        process.run(Redriver(runtime).run())
        process.run(self._consuming.start())
        if runtime.service.watches:
            process.run(self._consuming.watch())

    @property
    def unfinished(self) -> bool:
        """Whether it has a batch in its hands."""
        return self.process.alive and self._consuming.unfinished
