"""The platform: Kafka, PostgreSQL and a mail sink, started here or found elsewhere."""

from services.ops.platform.addresses import SERVICES, Addresses, PostgresServer
from services.ops.platform.embedded import embedded_platform, running_platform
from services.ops.platform.missing import PlatformMissing

__all__ = [
    "SERVICES",
    "Addresses",
    "PlatformMissing",
    "PostgresServer",
    "embedded_platform",
    "running_platform",
]
