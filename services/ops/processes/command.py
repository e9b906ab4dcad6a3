"""`onward up`: services as processes of their own, on the configured platform."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from services.kit.areas import DEFAULT_DIR
from services.kit.catalogue import read_catalogue
from services.ops.output import console
from services.ops.places import make_current, platform_dir
from services.ops.platform import SERVICES, chosen_platform, mail_sink
from services.ops.processes.environment import FIRST_PORT, Surroundings
from services.ops.processes.running import Supervisor
from services.ops.roster import write_keyrings
from services.ops.shutdown import run_until_stopped
from services.ops.topics import apply_topics

app = typer.Typer(add_completion=False)

Which = Annotated[list[str] | None, typer.Argument(help="Services to run; all of them if none.")]
AreaDir = Annotated[Path, typer.Option(help="The folder of area files.")]
FirstPort = Annotated[int, typer.Option(help="The first service's HTTP port; the others follow.")]


@app.command()
def up(
    services: Which = None,
    area_dir: AreaDir = Path(DEFAULT_DIR),
    first_port: FirstPort = FIRST_PORT,
) -> None:
    """Run services, each its own process, until Ctrl-C."""
    unknown = sorted(set(services or ()) - set(SERVICES))
    if unknown:
        raise typer.BadParameter(f"there is no service {', '.join(unknown)}", param_hint="SERVICE")
    run_until_stopped(_run(services or list(SERVICES), area_dir, first_port))


async def _run(services: list[str], area_dir: Path, first_port: int) -> None:
    directory = platform_dir()
    async with chosen_platform(directory) as addresses, mail_sink(directory / "mail") as sink:
        await apply_topics(addresses.bootstrap, read_catalogue().values())
        write_keyrings(directory / "keys")
        make_current(directory)
        surroundings = Surroundings(addresses, directory / "keys", sink.port, area_dir, first_port)
        console.print(_table(services, surroundings))
        console.print(f"Kafka {addresses.bootstrap}; mail is kept in {sink.folder}; Ctrl-C ends.")
        await Supervisor(surroundings, directory / "logs", console.print).run(services)


def _table(services: list[str], surroundings: Surroundings) -> Table:
    table = Table("service", "door and health")
    for service in services:
        table.add_row(service, f"http://127.0.0.1:{surroundings.port_of(service)}")
    return table
