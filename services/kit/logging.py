"""Structured logs on standard output: ids, codes and counts, never a payload or a value of one."""

import logging
import sys
from typing import Any

import structlog


def set_up_logging(service: str, level: str = "INFO") -> None:
    """Every line one JSON object; other libraries' lines too, from warnings up."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s", force=True)
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


def logger(room: str) -> Any:
    """The logger of one room of the kit or a service."""
    return structlog.get_logger(room=room)


def kind_of(fault: BaseException) -> str:
    """A fault by its type alone: messages of exceptions may quote values."""
    return type(fault).__name__
