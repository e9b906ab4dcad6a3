"""What the parts of one service's process share: its wiring, database, keys and clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.envelope import EVENTS, AlarmRaised, Event
from services.kit.areas import Area, read_areas
from services.kit.clock import Clock
from services.kit.database import Database
from services.kit.fingerprints import FingerprintKey
from services.kit.inbox import Partitions
from services.kit.reading import Reader
from services.kit.saying import Voice
from services.kit.sealing import Keyring
from services.kit.service import Handler, Service
from services.kit.settings import Settings
from services.kit.subscriptions import hearers

Listener = Callable[[Any], None]
"""Hears what a transaction left behind (`batch.Committed`)."""


@dataclass(frozen=True)
class Runtime:
    """One service at work; doors and gateways are given it whole."""

    service: Service
    settings: Settings
    database: Database
    clock: Clock
    keyring: Keyring
    areas: Mapping[str, Area]
    reference: Any
    """What the service's `reads` returned."""
    reader: Reader
    voice: Voice
    partitions: Partitions
    hearers: Mapping[type[Event], Sequence[Handler]]
    listeners: list[Listener] = field(default_factory=list)
    """Told after every commit: relay and dispatcher wake."""

    def tell(self, committed: Any) -> None:
        """Something was committed."""
        for listener in self.listeners:
            listener(committed)

    @property
    def alarm(self) -> type[AlarmRaised] | None:
        """The service's own alarm, with which the kit pages."""
        kind = EVENTS.get(f"{self.service.speaker}.alarm-raised.v1")
        return kind if kind is not None and issubclass(kind, AlarmRaised) else None


async def open_runtime(service: Service, settings: Settings, clock: Clock) -> Runtime:
    """Connect and read what the service needs; its database must be migrated."""
    keyring = keyring_of(settings)
    areas = read_areas(settings.area_dir)
    url = settings.database_of(service.name)
    database = await Database.connect(url, settings.database_connections)
    return Runtime(
        service=service,
        settings=settings,
        database=database,
        clock=clock,
        keyring=keyring,
        areas=areas,
        reference=service.unlocks(service.reads(str(settings.area_dir)), keyring),
        reader=Reader(keyring, service.opens, areas, keeps=service.keeps, steered=clock.steered),
        voice=Voice(service.name, keyring, service.lanes.urgent if service.lanes else None),
        partitions=Partitions(database),
        hearers=hearers(service),
    )


def keyring_of(settings: Settings) -> Keyring:
    """The service's keys; without a file it opens and seals nothing."""
    if settings.keyring_file is None:
        return Keyring({}, {}, FingerprintKey("none", b"none"))
    return Keyring.from_json(settings.keyring_file.read_text(encoding="utf-8"))
