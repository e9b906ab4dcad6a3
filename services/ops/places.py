"""Where commands keep a platform's files: `.onward/` here, unless told otherwise."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

CURRENT = "current"
MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 4 * 1024**3
"""What a throw-away platform may grow to."""


def home() -> Path:
    """`ONWARD_HOME`, else `.onward`."""
    return Path(os.environ.get("ONWARD_HOME", ".onward"))


def platform_dir() -> Path:
    """The platform that `up` runs services on."""
    return home() / "platform"


def demo_dir() -> Path:
    """The platform that a demo leaves behind, to be looked at."""
    return home() / "demo"


def current_dir() -> Path:
    """The platform that was used last, by `up` or by a demo: the one that questions are about."""
    note = home() / CURRENT
    name = note.read_text(encoding="utf-8").strip() if note.exists() else platform_dir().name
    return home() / name


def make_current(directory: Path) -> None:
    """Remember a platform of ours as the one that was used last."""
    home().mkdir(parents=True, exist_ok=True)
    (home() / CURRENT).write_text(directory.name, encoding="utf-8")


def writable(path: Path | None) -> Path | None:
    """The file, if it can be written: tried before any work, which would else be lost."""
    # A pipe that is opened to see is closed again for whoever reads it.
    if path is None or (path.exists() and not path.is_file() and not path.is_dir()):
        return path
    existed = path.exists()
    with _told(path), path.open("a"):
        pass
    if not existed:
        path.unlink()
    return path


def file_to_write(path: Path) -> None:
    """The same of a file whose folder is made if it is absent."""
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    writable(path)


def folder_to_write(folder: Path) -> None:
    """Make the folder if it is absent; something can be written into it."""
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        why = os.strerror(fault.errno or 0)
        raise typer.BadParameter(f"cannot write {path}: {why}") from fault


def in_memory() -> str | None:
    """A folder in memory for throw-away platforms, where the machine has room in one."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    return str(MEMORY) if roomy and shutil.disk_usage(MEMORY).free >= ROOM else None
