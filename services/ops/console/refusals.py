"""What partners, and practitioners here, said of something and was not accepted; as ops heard."""

import asyncpg

from services.kit.database import Database
from services.ops.console.headlines import headline_of
from services.ops.console.wording import clock
from services.ops.places import current_dir
from services.ops.platform import reached_platform

REFUSED = """
SELECT time, body FROM notes
WHERE topic = $1 AND about @> jsonb_build_array($2::text) ORDER BY time, event_id
"""


async def refusals(topic: str, thing: str) -> list[str]:
    """Every refusal of a topic about a thing, when and why; the latest last."""
    async with reached_platform(current_dir()) as addresses:
        ops = await Database.connect(addresses.dsn("ops"), connections=1)
        try:
            rows = await ops.fetch(REFUSED, topic, thing)
        except asyncpg.UndefinedTableError:
            return []
        finally:
            await ops.close()
    return [f"{clock(row['time'])}  {headline_of(topic, row['body'])}" for row in rows]
