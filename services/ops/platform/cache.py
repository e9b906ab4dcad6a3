"""Where downloads are kept between runs: one folder per user, shared by every checkout."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def cache_dir() -> Path:
    """`ONWARD_CACHE`, else `onward` in the user's cache folder (XDG)."""
    if chosen := os.environ.get("ONWARD_CACHE"):
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "onward"


@contextmanager
def alone(name: str) -> Iterator[Path]:
    """The cache folder, while no other process of this user works on the same thing."""
    folder = cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
