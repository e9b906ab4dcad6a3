"""`onward map`: who says what, and who hears it, from the catalogue."""

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.table import Table

from services.kit.catalogue import Topic, heard_by, read_catalogue
from services.ops.output import as_json, console
from services.ops.platform.addresses import SERVICES

app = typer.Typer(add_completion=False)

AsJson = Annotated[bool, typer.Option("--json", help="The map as one line of JSON.")]
Service = Annotated[str | None, typer.Argument(help="Only what this service hears and says.")]


@app.command(name="map")
def show_map(service: Service = None, json: AsJson = False) -> None:
    """Show the services and the topics between them."""
    if service is not None and service not in SERVICES:
        raise typer.BadParameter(f"there is no service {service}", param_hint="SERVICE")
    catalogue = read_catalogue()
    chosen = {n: t for n, t in catalogue.items() if service is None or _concerns(t, service)}
    if json:
        as_json({name: _entry(topic) for name, topic in chosen.items()})
        return
    if service is None:
        console.print(_services(catalogue))
    console.print(_topics(chosen))


def _concerns(topic: Topic, service: str) -> bool:
    return topic.speaker == service or service in topic.hearers


def _entry(topic: Topic) -> dict[str, object]:
    return {
        "speaker": topic.speaker,
        "hearers": list(topic.hearers),
        "key": topic.key,
        "partitions": topic.partitions,
        "retention_days": topic.retention_days,
        "sunset": topic.sunset,
    }


def _services(catalogue: Mapping[str, Topic]) -> Table:
    table = Table("service", "hears from", "says", title="Services, in the order of the flow")
    for name in SERVICES:
        heard = (catalogue[topic].speaker for topic in heard_by(name, dict(catalogue)))
        speakers = sorted({speaker for speaker in heard if speaker != name})
        said = sum(1 for topic in catalogue.values() if topic.speaker == name)
        table.add_row(name, ", ".join(speakers), f"{said} topics")
    return table


def _topics(chosen: Mapping[str, Topic]) -> Table:
    table = Table(box=None, title="Topics")
    table.add_column("topic", no_wrap=True)
    table.add_column("heard by (besides ops)")
    for name, topic in chosen.items():
        table.add_row(name, ", ".join(each for each in topic.hearers if each != "ops"))
    return table
