"""Runs `onward` with every record of the broker produced twice: partners' and our own alike.

Partners' lines follow each other at once; what a relay hands over comes again as a whole, as after
a crash between the broker's acceptance and the commit.
"""

from asyncio import Future
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from services.kit.outbox import Row
from services.kit.publisher import Published, Publisher
from services.ops.cli import main

_send, _publish = AIOKafkaProducer.send, Publisher.publish


async def send_twice(self: AIOKafkaProducer, *args: Any, **given: Any) -> "Future[Any]":
    """Send a record and then the same again; the later one's place counts."""
    await _send(self, *args, **given)
    sent: Future[Any] = await _send(self, *args, **given)
    return sent


async def publish_twice(self: Publisher, rows: Sequence[Row]) -> Published:
    """Hand over rows and then the same rows again."""
    await _publish(self, rows)
    return await _publish(self, rows)


def deliver_twice() -> None:
    """From now on everything comes twice in this process."""
    AIOKafkaProducer.send = send_twice
    Publisher.publish = publish_twice  # type: ignore[method-assign]


if __name__ == "__main__":
    deliver_twice()
    main()
