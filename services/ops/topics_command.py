"""`onward topics apply`: the broker gets the topics of the catalogue."""

import asyncio
import os
from typing import Annotated

import typer
from rich.console import Console

from services.kit.catalogue import read_catalogue
from services.ops.places import platform_dir
from services.ops.platform import reached_platform, told_when_away
from services.ops.topics import Applied, apply_topics

app = typer.Typer(no_args_is_help=True, help="The topics at the broker.")
console = Console()

Replicas = Annotated[int, typer.Option(help="Copies of each new topic's records.")]


@app.callback()
def topics() -> None:
    """The topics at the broker."""


@app.command()
def apply(replicas: Replicas = 1) -> None:
    """Create and widen what the catalogue names, and set how long each is kept."""
    applied = asyncio.run(_apply(replicas))
    total = len(read_catalogue())
    console.print(
        f"{total} topics: {len(applied.created)} created, {len(applied.widened)} widened."
    )


async def _apply(replicas: int) -> Applied:
    topics = read_catalogue().values()
    # Only the broker is needed here, so an external one is asked without a database beside it.
    if os.environ.get("PLATFORM") == "external" and "ONWARD_KAFKA" in os.environ:
        bootstrap = os.environ["ONWARD_KAFKA"]
        with told_when_away(bootstrap):
            return await apply_topics(bootstrap, topics, replicas=replicas)
    async with reached_platform(platform_dir()) as addresses:
        return await apply_topics(addresses.bootstrap, topics, replicas=replicas)
