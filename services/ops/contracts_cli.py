"""`onward contracts`: the gate for what services say, and the files made from it."""

from typing import Annotated

import typer
from rich.console import Console

from services.ops.contract_tools import check as gate
from services.ops.contract_tools import schemas
from services.ops.contract_tools.spoken import spoken

app = typer.Typer(no_args_is_help=True, help="What services say: check it, generate from it.")
console = Console()

Unreleased = Annotated[
    bool, typer.Option(help="Rewrite the schemas of minors that nobody runs yet.")
]


@app.command()
def check() -> None:
    """Refuse contracts that are incompatible, out of step, or without examples."""
    found = gate.findings()
    for finding in found:
        console.print(finding, style="red", markup=False, highlight=False)
    if found:
        console.print(f"{len(found)} findings: the contracts may not go out as they are.")
        raise typer.Exit(1)
    console.print(f"{len(spoken())} topics: compatible, in step, with examples.")


@app.command()
def generate(unreleased: Unreleased = False) -> None:
    """Write schemas, the AsyncAPI document and the topic lists."""
    refused = schemas.write(rewrite=unreleased)
    gate.write_documents()
    for sentence in refused:
        console.print(sentence, style="red", markup=False, highlight=False)
    if refused:
        raise typer.Exit(1)
    console.print(f"Wrote the schemas of {len(spoken())} topics, and the documents from them.")
