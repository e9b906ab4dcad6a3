"""All services in one process on an empty platform, each with its own database and keys."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from services.kit.areas import AreaFileWrong
from services.kit.catalogue import read_catalogue
from services.kit.service import Service
from services.kit.settings import Settings
from services.kit.station import Station
from services.ops.platform import Addresses, MailSink, chosen_platform, mail_sink
from services.ops.roster import keyring_file, services_at_work, write_keyrings
from services.ops.topics import apply_topics
from services.school_alerts.domain.files import FileRefused

KEYS = "keys"
MAIL = "mail"
AREAS = "areas"
WATCHES = "ops"


@dataclass(frozen=True)
class Reference:
    """The files that a run is played with; None = the area folder's own."""

    area_dir: Path
    schools: Path | None = None
    terms: Path | None = None

    def gathered(self, folder: Path) -> Path:
        """A folder of area files that holds the chosen schools and terms beside them."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.area_dir, folder)
        for name, chosen in (("schools.csv", self.schools), ("terms.json", self.terms)):
            if chosen is not None:
                shutil.copyfile(chosen, folder / name)
        return folder


class ReferenceWrong(Exception):  # noqa: N818
    """A file that a run is to be played with cannot be used; the message names it."""


def check(reference: Reference) -> None:
    """Have every service read its reference data once, before anything is started."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            areas = reference.gathered(Path(folder) / AREAS)
            for service in services_at_work():
                service.reads(str(areas))
        except OSError as fault:
            raise ReferenceWrong(f"{fault.filename} cannot be read: {fault.strerror}") from fault
        except (AreaFileWrong, ValueError, FileRefused) as fault:
            raise ReferenceWrong(f"The areas, schools or terms cannot be used: {fault}") from fault


@dataclass(frozen=True)
class Host:
    """The hosted services and what they stand on."""

    addresses: Addresses
    stations: Sequence[Station]
    mails: MailSink

    @property
    def flow(self) -> Sequence[Station]:
        """The services that an incident passes through, in that order."""
        return [each for each in self.stations if each.service.name != WATCHES]

    @property
    def watching(self) -> Sequence[Station]:
        """The service that only watches."""
        return [each for each in self.stations if each.service.name == WATCHES]


@asynccontextmanager
async def hosted(
    directory: Path, reference: Reference, *, durable: bool = False
) -> AsyncIterator[Host]:
    """Every service as a station on the platform of this directory; stopped at the end."""
    async with AsyncExitStack() as stack:
        addresses = await stack.enter_async_context(chosen_platform(directory, durable=durable))
        sink = await stack.enter_async_context(mail_sink(directory / MAIL))
        await apply_topics(addresses.bootstrap, read_catalogue().values(), partitions=1)
        write_keyrings(directory / KEYS, repeatable=not durable)
        areas = reference.gathered(directory / AREAS)
        stations = [
            Station(service, settings_of(service, addresses, directory, areas, sink.port))
            for service in services_at_work()
        ]
        for station in stations:
            await station.start()
            stack.push_async_callback(station.stop)
        yield Host(addresses, stations, sink)


def settings_of(
    service: Service, addresses: Addresses, directory: Path, areas: Path, smtp_port: int
) -> Settings:
    """What a hosted service is told."""
    return Settings(
        kafka=addresses.bootstrap,
        database_host=addresses.postgres.host,
        database_port=addresses.postgres.port,
        database_password=SecretStr(addresses.passwords[service.name]),
        area_dir=areas,
        keyring_file=keyring_file(directory / KEYS, service.name),
        smtp_port=smtp_port,
        port=0,
    )
