"""A peer: quixstreams; state and inbox in RocksDB and a changelog topic, Kafka's transactions."""

import sys
import tempfile
from typing import Any
from uuid import uuid4

from quixstreams import Application

from tests.bench.stage.job import HEARD, SAID

Headers = list[tuple[str, bytes]]
COMMIT_EVERY = 0.1
"""Seconds: what is said shows only when its transaction ends."""


def count(
    sighting: dict[str, Any], key: str, timestamp: int, headers: Headers, state: Any
) -> dict[str, Any] | None:
    """The thing's count after this sighting, or None when it was heard before."""
    heard = "heard/" + dict(headers)["ce_id"].decode()
    if state.exists(heard):
        return None
    state.set(heard, True)
    seen = (state.get("seen") or 0) + 1
    state.set("seen", seen)
    return {"thing": sighting["thing"], "seen": seen, "sent_at": sighting["sent_at"]}


def main(bootstrap: str) -> None:
    """Serve until told to stop."""
    with tempfile.TemporaryDirectory() as folder:
        app = Application(
            broker_address=bootstrap,
            consumer_group=f"quix-{uuid4().hex}",
            auto_offset_reset="earliest",
            commit_interval=COMMIT_EVERY,
            processing_guarantee="exactly-once",
            consumer_poll_timeout=COMMIT_EVERY / 10,
            state_dir=folder,
            loglevel="ERROR",
        )
        heard = app.topic(HEARD, value_deserializer="json", key_deserializer="str")
        said = app.topic(SAID, value_serializer="json", key_serializer="str")
        counts = app.dataframe(heard).apply(count, stateful=True, metadata=True)
        counts.filter(lambda counted: counted is not None).to_topic(said)
        app.run()


if __name__ == "__main__":
    main(sys.argv[1])
