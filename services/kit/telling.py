"""What metrics and the log say beside the mails: alarms raised, and mail that does not get out."""

import asyncio
from datetime import datetime

from contracts.envelope import AlarmRaised
from services.kit import metrics
from services.kit.batch import Committed
from services.kit.database import Database
from services.kit.logging import kind_of, logger
from services.kit.runtime import Listener, Runtime

LOOK_EVERY = 15.0
PUT_OFF_SINCE = """
SELECT min(due_at) FROM kit.sendings WHERE state IN ('waiting', 'claimed')
    AND attempts > CASE state WHEN 'claimed' THEN 1 ELSE 0 END
"""
"""What was tried before; what waits for its turn in a long queue is not put off."""
log = logger("telling")


def alarms_of(service: str) -> Listener:
    """A listener that counts and logs alarms: their notices may wait for a mail server."""

    def told(committed: Committed) -> None:
        for alarm in (event for event in committed.events if isinstance(event, AlarmRaised)):
            metrics.ALARMS.labels(service, alarm.to_role).inc()
            log.warning(
                "alarm_raised",
                to_role=alarm.to_role,
                code=alarm.code,
                about=[str(each) for each in alarm.about],
            )

    return told


async def watch_put_off(runtime: Runtime) -> None:
    """Measure for ever how long the oldest message that was put off has been due."""
    gauge = metrics.PUT_OFF_SECONDS.labels(runtime.service.name)
    while True:
        try:
            gauge.set(await put_off_for(runtime.database, runtime.clock.now()))
        except Exception as fault:
            log.warning("put_off_unknown", fault=kind_of(fault))
        await asyncio.sleep(LOOK_EVERY)


async def put_off_for(database: Database, now: datetime) -> float:
    """Seconds since the oldest message that was tried and did not go was due; 0 without any."""
    [[since]] = await database.fetch(PUT_OFF_SINCE)
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0
