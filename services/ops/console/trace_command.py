"""`onward trace REFERENCE`: what happened to this report, and why."""

from typing import Annotated

import typer

from services.ops.console.gathering import Story, story_of
from services.ops.console.tree import story_as_json, tree_of
from services.ops.output import as_json, console, errors
from services.ops.places import current_dir
from services.ops.platform import reached_platform
from services.ops.shutdown import run_until_stopped

app = typer.Typer(add_completion=False)

Reference = Annotated[
    str, typer.Argument(help="A reference, source/reference, or the id of anything in the story.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Everything as one line of JSON.")]


@app.command()
def trace(reference: Reference, json: AsJson = False) -> None:
    """Tell what happened to a report: decisions and reasons, who was told when, clocks, parked."""
    story = run_until_stopped(_story(reference))
    if json:
        as_json(story_as_json(story))
    elif story.notes:
        console.print(tree_of(story))
    if not story.notes:
        errors.print(f"Nothing is known about {reference}.", markup=False, highlight=False)
        raise typer.Exit(1)


async def _story(reference: str) -> Story:
    async with reached_platform(current_dir()) as addresses:
        return await story_of(addresses, reference)
