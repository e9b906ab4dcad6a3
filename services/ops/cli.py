"""The `onward` command: a table of commands, each imported only when it is asked for."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from services.ops.output import log_to_stderr
from services.ops.platform.missing import PlatformMissing

COMMANDS = {
    "demo": "services.ops.demo.command:app",
    "replay": "services.ops.replay.command:app",
    "generate": "services.ops.generate.command:app",
    "up": "services.ops.processes.command:app",
    "trace": "services.ops.console.trace_command:app",
    "map": "services.ops.console.map_command:app",
    "lag": "services.ops.console.lag_command:app",
    "parked": "services.ops.console.parked_command:app",
    "topics": "services.ops.topics_command:app",
    "contracts": "services.ops.contracts_cli:app",
    "match": "services.ops.match_command:app",
    "review": "services.ops.review_command:app",
    "screening": "services.ops.screening_command:app",
    "schools": "services.ops.schools_command:app",
    "keys": "services.ops.keys_command:app",
    "token": "services.ops.token_command:app",
    "bench-matching": "services.ops.bench.matching_command:app",
    "bench-schools": "services.ops.bench.schools_command:app",
    "chaos": "services.ops.chaos.command:app",
    "explore": "services.ops.explore_command:app",
    "simulate": "services.ops.simulation.command:app",
}
"""By name: the module and the typer app in it; an app of one command is that command."""


class Commands(TyperGroup):
    """The commands of the table."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, imported now; None where there is none."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command = typer.main.get_command(getattr(import_module(module), attribute))
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=Commands, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False
)


@app.callback()
def onward() -> None:
    """Carry a domestic-abuse incident to everyone who must act on it, once each, in time."""


def main() -> None:
    """Run a command; a platform that cannot start is one sentence and exit code 3."""
    log_to_stderr()
    try:
        app()
    except PlatformMissing as absent:
        typer.echo(str(absent), err=True)
        sys.exit(3)


if __name__ == "__main__":
    main()
