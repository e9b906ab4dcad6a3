"""How commands speak: to people on the terminal, to scripts in one line of JSON at the end."""

import json
import logging
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from services.kit.working_time import LONDON

NAME = "onward"
console = Console()
errors = Console(stderr=True)


def log_to_stderr() -> None:
    """What the kit logs in this process goes beside the output, from warnings up."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def called() -> str:
    """How the next command is typed here: by name where the PATH has it, else as this one was."""
    named = Path(sys.argv[0]).name == NAME and shutil.which(NAME) is None
    return sys.argv[0] if named else NAME


def as_json(value: Any) -> None:
    """A value as one line of JSON."""
    console.out(json.dumps(value, default=str), highlight=False)


def figures(values: Mapping[str, Any]) -> None:
    """The last line of a command that measures: its figures as one line of JSON."""
    as_json(values)


@contextmanager
def steered_progress(
    what: str, start: datetime, end: datetime
) -> Iterator[Callable[[datetime], None]]:
    """A bar of steered time; the function moves it to a moment."""
    columns = (
        SpinnerColumn(),
        TextColumn(what),
        BarColumn(),
        TextColumn("{task.fields[moment]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("", total=max((end - start).total_seconds(), 1), moment="starting")

        def move(moment: datetime) -> None:
            done = (moment - start).total_seconds()
            local = moment.astimezone(LONDON)
            bar.update(task, completed=done, moment=f"{local:%a %d %b %H:%M}")

        yield move
