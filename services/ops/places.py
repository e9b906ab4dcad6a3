"""Where commands keep a platform's files: `.onward/` here, unless told otherwise."""

import os
from pathlib import Path


def home() -> Path:
    """`ONWARD_HOME`, else `.onward`."""
    return Path(os.environ.get("ONWARD_HOME", ".onward"))


def platform_dir() -> Path:
    """The platform that `up`, `demo`, `trace`, `lag` and `parked` share."""
    return home() / "platform"
