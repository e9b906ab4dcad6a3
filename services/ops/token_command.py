"""`onward token`: give senders the tokens that doors ask for, and take them back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.kit.authentication import TokensWrong, issue, read_tokens, revoke
from services.ops.places import platform_dir
from services.ops.roster import tokens_file

app = typer.Typer(no_args_is_help=True, help="Senders' tokens: only their hashes are kept.")
console = Console()

Sender = Annotated[str, typer.Argument(help="The sender's code, such as an agency's.")]
File = Annotated[
    Path | None, typer.Option("--file", help="Where the hashes are kept; by default `up`'s.")
]


@app.command("issue")
def give(source: Sender, file: File = None) -> None:
    """Give a sender a new token: it is shown this once."""
    with _said():
        token = issue(_path(file), source, datetime.now(UTC))
    console.out(token, highlight=False)


@app.command("revoke")
def take_back(source: Sender, file: File = None) -> None:
    """Take all of a sender's tokens back: they open no door from now on."""
    with _said():
        count = revoke(_path(file), source)
    console.print(f"{count} tokens of {source} taken back.")
    if not count:
        raise typer.Exit(1)


@app.command("list")
def show(file: File = None) -> None:
    """Who holds how many tokens, and since when."""
    path = _path(file)
    with _said():
        standing = read_tokens(path) if path.exists() else []
    for issued in standing:
        console.print(f"{issued.source}  {issued.issued_at}", markup=False, highlight=False)


@contextmanager
def _said() -> Iterator[None]:
    """What is wrong with the file, in a sentence."""
    try:
        yield
    except (TokensWrong, OSError) as fault:
        raise typer.BadParameter(str(fault)) from fault


def _path(file: Path | None) -> Path:
    return file or tokens_file(platform_dir() / "keys")
