"""What was measured on: without it a figure says nothing."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version

import psutil

from services.ops.platform import jars, postgres

LIBRARIES = ("aiokafka", "asyncpg", "faststream", "pydantic", "sqlalchemy", "quixstreams", "uvloop")


def machine() -> dict[str, str]:
    """Cores, memory, system and versions, as words by name."""
    return {
        "measured": f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC",
        "processor": f"{os.cpu_count()} cores, {_model()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "kafka": f"{jars.WANTED[0].rpartition(':')[2]}, one broker",
        "postgresql": f"{postgres.VERSION}, durable",
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    }


def load() -> float:
    """How many wanted a processor on average in the last minute, ours included."""
    return round(os.getloadavg()[0], 1)


def _model() -> str:
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as told:
        names = [line for line in told if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()
