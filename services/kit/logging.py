"""Structured logs on standard output: ids, codes and counts, never a payload or a value of one."""

import logging
import sys
from typing import Any

from services.kit.without_rich import without_rich

with without_rich():
    import structlog

SAID_AGAIN_AFTER = 60.0


def set_up_logging(service: str, level: str = "INFO") -> None:
    """Every line one JSON object; other libraries' lines too, from warnings up."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s", force=True)
    logging.root.handlers[0].addFilter(Seldom())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


class Seldom(logging.Filter):
    """Lets a library say the same thing once a minute: without a broker it says it ten a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it was not said lately, whatever the values in it."""
        what = (record.name, str(record.msg))
        if record.created - self._said.get(what, float("-inf")) < SAID_AGAIN_AFTER:
            return False
        self._said[what] = record.created
        return True


def logger(room: str) -> Any:
    """The logger of one room of the kit or a service."""
    return structlog.get_logger(room=room)


def kind_of(fault: BaseException) -> str:
    """A fault by its type alone: messages of exceptions may quote values."""
    return type(fault).__name__
