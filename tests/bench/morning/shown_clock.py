"""A clock that several processes share: the bench sets it, and it may run fast."""

import struct
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LAYOUT = struct.Struct("ddd")


def write_whole(path: Path, content: bytes) -> None:
    """Whoever reads meanwhile sees what stood there before or this, never half of it."""
    draft = path.with_suffix(".new")
    draft.write_bytes(content)
    draft.replace(path)


@dataclass
class ShownClock:
    """What time it is in the bench: a start, since when, and how fast it runs."""

    path: Path
    steered: bool = False

    def set(self, shown: datetime, rate: float = 1.0) -> None:
        """From now on it is this time, going at that rate."""
        write_whole(self.path, LAYOUT.pack(time.time(), shown.timestamp(), rate))

    def now(self) -> datetime:
        """The time shown."""
        since, shown, rate = LAYOUT.unpack(self.path.read_bytes())
        return datetime.fromtimestamp(shown + (time.time() - since) * rate, UTC)

    def at_event(self, time: datetime) -> datetime:
        """Events are decided at the time shown."""
        return self.now()
