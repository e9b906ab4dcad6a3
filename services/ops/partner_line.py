"""Saying something on a partner's topic from this command, as the desk that decides would."""

import getpass
import os
from collections.abc import Iterable
from datetime import datetime

import typer
from aiokafka import AIOKafkaProducer
from uuid_utils.compat import uuid7

from contracts.envelope import PartnerEvent
from services.kit import partner_reading
from services.ops.places import current_dir
from services.ops.platform import reached_platform


def who() -> str:
    """Who acts: `ONWARD_OPERATOR`, else the login."""
    return os.environ.get("ONWARD_OPERATOR") or getpass.getuser()


def refused(why: Iterable[str]) -> None:
    """End with a sentence where there is a reason not to send; nothing was sent then."""
    reasons = " ".join(why)
    if reasons:
        raise typer.BadParameter(f"not sent: {reasons}")


async def say(event: PartnerEvent, at: datetime) -> None:
    """Put the event on its topic, keyed as the contract says; what cannot be read is not sent."""
    body = event.model_dump_json(exclude_none=True, by_alias=True).encode()
    refused(fault.message for fault in partner_reading.read(type(event), body).problems)
    headers = {
        "ce_id": str(uuid7()),
        "ce_type": event.TOPIC,
        "ce_source": event.source,
        "ce_time": at.isoformat(),
    }
    async with reached_platform(current_dir()) as addresses:
        producer = AIOKafkaProducer(bootstrap_servers=addresses.bootstrap)
        try:
            await producer.start()
            await producer.send_and_wait(
                event.TOPIC,
                body,
                key=(event.key or "").encode(),
                headers=[(name, value.encode()) for name, value in headers.items()],
            )
        finally:
            await producer.stop()
