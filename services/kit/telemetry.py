"""Traces: the context an event was made in travels with it; sending and handling link to it."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import UUID

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanContext, TraceFlags
from opentelemetry.trace import SpanKind as SpanKind

LINKS_AT_MOST = 128
_tracer = trace.get_tracer("onward")
_recording = False
_span_ids = Random(secrets.randbits(128))
"""A span's id is no secret, and asking the system for each costs a tenth of a batch's time."""


def set_up_telemetry(service: str, endpoint: str | None) -> None:
    """Send spans to a collector; without an endpoint none are recorded."""
    global _recording
    if endpoint is None:
        return
    # Imported only where traces go somewhere: it brings a whole HTTP client and protobuf along.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
    _recording = True


def creation_context(correlation_id: UUID) -> str:
    """The `traceparent` of an event made now; without a span, its trace is its correlation."""
    context = trace.get_current_span().get_span_context() if _recording else None
    if context is not None and context.is_valid:
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
    return f"00-{correlation_id.hex}-{_span_ids.getrandbits(64):016x}-00"


def context_of(traceparent: str | None) -> SpanContext | None:
    """The context a `traceparent` names, or None where it names none."""
    parts = (traceparent or "").split("-")
    try:
        trace_id, span_id, flags = int(parts[1], 16), int(parts[2], 16), int(parts[3], 16)
    except (IndexError, ValueError):
        return None
    context = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return context if context.is_valid else None


@contextmanager
def span(name: str, kind: SpanKind, made_in: Iterable[str | None]) -> Iterator[None]:
    """A span that links to the contexts its messages were made in; nothing where none are kept."""
    if not _recording:
        yield
        return
    contexts = [found for text in made_in if (found := context_of(text))]
    links = [Link(context) for context in contexts[:LINKS_AT_MOST]]
    attributes: dict[str, Any] = {
        "messaging.system": "kafka",
        "messaging.batch.message_count": len(contexts),
    }
    with _tracer.start_as_current_span(name, kind=kind, links=links, attributes=attributes):
        yield
