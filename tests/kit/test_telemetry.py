"""Traces: made where an event is made, never rewritten, linked to where it is sent and handled."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from services.kit import telemetry
from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.telemetry import context_of, creation_context, span
from services.kit.testing import a_record
from tests.kit.trial import a_cancellation, trail

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
MADE_IN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Spans are recorded, in memory."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "_tracer", provider.get_tracer("test"))
    monkeypatch.setattr(telemetry, "_recording", True)
    yield exporter
    provider.shutdown()


def test_without_a_span_an_events_trace_is_its_correlation() -> None:
    made = context_of(creation_context(UUID(int=7)))
    assert made is not None
    assert made.trace_id == 7


def test_a_span_links_to_where_its_messages_were_made(spans: InMemorySpanExporter) -> None:
    with span("process", SpanKind.CONSUMER, [MADE_IN, None, "nonsense", "00-x-y-z"]):
        inside = creation_context(UUID(int=7))
    [finished] = spans.get_finished_spans()
    assert [format(link.context.trace_id, "x") for link in finished.links] == [
        "af7651916cd43dd8448eb211c80319c"
    ]
    assert inside.split("-")[1] == format(finished.context.trace_id, "032x")


async def test_what_a_batch_says_is_made_in_its_process_span(
    runtime: Runtime, spans: InMemorySpanExporter
) -> None:
    record = a_record(a_cancellation(1), at=AT, trail=trail(1))
    record.headers.append(("traceparent", MADE_IN.encode()))  # type: ignore[attr-defined]
    await Runner(runtime, runtime.tell).take([record])
    [row, _] = await runtime.database.fetch("SELECT headers FROM kit.outbox ORDER BY seq")
    made = context_of(row["headers"]["traceparent"])
    [processing] = [each for each in spans.get_finished_spans() if each.name == "process"]
    assert made is not None
    assert made.span_id == processing.context.span_id
    assert len(processing.links) == 1
    assert trace.get_current_span().get_span_context().is_valid is False
