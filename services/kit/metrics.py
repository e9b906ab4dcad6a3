"""What the kit counts, by service; served at `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

from services.kit.gateways import Outcome

TAKEN = Counter("onward_events_taken", "Events handled for the first time", ["service"])
REPEATED = Counter("onward_events_repeated", "Records whose event was handled before", ["service"])
SAID = Counter("onward_events_said", "Events announced", ["service"])
PARKED = Counter("onward_parked", "Messages parked, those behind another aside", ["service"])
RETRIED = Counter("onward_batches_retried", "Batches tried again after a failure", ["service"])
PUBLISHED = Counter("onward_published", "Records the broker acknowledged", ["service"])
HELD = Gauge("onward_routine_held", "1 while routine rows wait for their hearers", ["service"])
REFUSED = Counter("onward_records_refused", "Outbox rows the broker refused", ["service"])
SENDINGS = Counter("onward_sendings", "Messages handed to a gateway", ["service", "outcome"])
PUT_OFF_SECONDS = Gauge(
    "onward_put_off_seconds", "How long the oldest message put off has been due", ["service"]
)
ALARMS = Counter("onward_alarms", "Alarms raised, by whom they are for", ["service", "to_role"])
SECOND_COPIES = Counter(
    "onward_second_copies", "Messages sent again after an uncertain outcome", ["service"]
)
READY = Gauge("onward_ready", "1 where a check of /ready is well", ["service", "check"])
CIRCUIT_OPEN = Gauge("onward_consumer_stopped", "1 when too much was parked", ["service"])
BATCH_SECONDS = Histogram("onward_batch_seconds", "Time a batch's transaction took", ["service"])
LOOP_LAG = Gauge("onward_loop_lag_seconds", "How late the event loop wakes", ["service"])
WAKES = ("duty_engineer", "platform")
"""Whose alarms wake somebody."""


def begin(service: str) -> None:
    """What alerts read stands at 0 from the start: the first to be counted is then an increase."""
    for metric in (PARKED, RETRIED, REFUSED, CIRCUIT_OPEN, PUT_OFF_SECONDS):
        metric.labels(service)
    for outcome in Outcome:
        SENDINGS.labels(service, outcome.value)
    for role in WAKES:
        ALARMS.labels(service, role)
