"""The platform: Kafka, PostgreSQL and a mail sink, started here or found elsewhere."""

from services.ops.platform.addresses import SERVICES, Addresses, PostgresServer
from services.ops.platform.away import BROKER_AWAY, told_when_away, without_broker
from services.ops.platform.choosing import chosen_platform, fetch_platform, reached_platform
from services.ops.platform.embedded import embedded_platform, running_platform
from services.ops.platform.mail import MailSink, mail_sink
from services.ops.platform.missing import PlatformMissing

__all__ = [
    "BROKER_AWAY",
    "SERVICES",
    "Addresses",
    "MailSink",
    "PlatformMissing",
    "PostgresServer",
    "chosen_platform",
    "embedded_platform",
    "fetch_platform",
    "mail_sink",
    "reached_platform",
    "running_platform",
    "told_when_away",
    "without_broker",
]
