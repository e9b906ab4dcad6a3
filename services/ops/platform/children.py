"""Child processes that never outlive the one that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

PR_SET_PDEATHSIG = 1
PATIENCE = 20.0
"""Seconds a child may take to stop before it is killed."""


@dataclass(frozen=True)
class Child:
    """A process that was started here; it is only ever stopped by its id."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_with: signal.Signals

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Ask it to stop, then make it; a child that is gone is no error."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(self.stop_with)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self, lines: int = 5) -> str:
        """The end of its log, for the sentence that says why it did not start."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.strip().splitlines()[-lines:])


@dataclass(frozen=True)
class Command:
    """What to run, as whom, and how to stop it."""

    name: str
    arguments: Sequence[str]
    log: Path
    stop_with: signal.Signals = signal.SIGTERM
    user: str | None = None
    environment: dict[str, str] | None = None
    kept_open: tuple[int, ...] = ()
    """Open files that it inherits."""


def start(command: Command) -> Child:
    """Start a child in its own session, so that a Ctrl-C reaches it through us alone."""
    with command.log.open("ab") as log:
        process = subprocess.Popen(
            command.arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **as_user(command.user),
            pass_fds=command.kept_open,
            env={**os.environ, **(command.environment or {})},
            preexec_fn=_die_with_parent(command.stop_with),
        )
    return Child(command.name, process, command.log, command.stop_with)


class RunAs(TypedDict, total=False):
    """The part of `Popen` that says who a process belongs to."""

    user: str
    group: str
    extra_groups: list[str]


def as_user(user: str | None) -> RunAs:
    """Run as this user with its own group alone: root's groups would stay otherwise."""
    return RunAs(user=user, group=user, extra_groups=[]) if user else RunAs()


def _die_with_parent(wish: signal.Signals) -> Callable[[], None] | None:
    # A parent that is killed cannot clean up: the kernel does it, where it can (Linux).
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(wish))

    return ask_kernel
