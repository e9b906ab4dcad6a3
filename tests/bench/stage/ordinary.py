"""The peer: the same stage as an ordinary FastStream service would be written.

A transaction and a publish per message, SQLAlchemy's ORM-less core, the broker's own publisher.
"""

import asyncio
import sys
from uuid import UUID

import orjson
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker, KafkaMessage
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.bench.stage.job import HEARD, SAID

NEW = text("INSERT INTO heard (event_id) VALUES (:id) ON CONFLICT DO NOTHING RETURNING event_id")
COUNT = text(
    "INSERT INTO counts (thing, seen) VALUES (:thing, 1) "
    "ON CONFLICT (thing) DO UPDATE SET seen = counts.seen + 1 RETURNING seen"
)


class Sighting(BaseModel):
    """What is heard."""

    thing: str
    sent_at: float


async def count(engine: AsyncEngine, event_id: UUID, sighting: Sighting) -> int | None:
    """The thing's count after this sighting, or None when it was heard before."""
    async with engine.begin() as connection:
        new = (await connection.execute(NEW, {"id": event_id})).first()
        if new is None:
            return None
        return int((await connection.execute(COUNT, {"thing": sighting.thing})).scalar_one())


async def main(bootstrap: str, dsn: str) -> None:
    """Serve until cancelled."""
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://"))
    broker = KafkaBroker(bootstrap, enable_idempotence=True, acks="all")

    @broker.subscriber(
        HEARD,
        group_id="ordinary",
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def hear(sighting: Sighting, message: KafkaMessage) -> None:
        seen = await count(engine, UUID(message.headers["ce_id"]), sighting)
        if seen is not None:
            body = {"thing": sighting.thing, "seen": seen, "sent_at": sighting.sent_at}
            await broker.publish(orjson.dumps(body), SAID, key=sighting.thing.encode())

    await FastStream(broker).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
