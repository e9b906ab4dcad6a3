"""One batch subscriber per service over all its topics; offsets are committed after the state."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from time import monotonic
from typing import Any

from aiokafka import TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from contracts.envelope import Envelope
from services.kit import metrics, progress
from services.kit.batch import Answers, committed, write
from services.kit.circuit import TooMuchParked
from services.kit.faults import waits
from services.kit.logging import kind_of, logger
from services.kit.offsets import Offsets
from services.kit.paging import stopped_alarm
from services.kit.records import Incoming, appended_at
from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.subscriptions import subscriptions

LOOK_MS = 500
"""How long a look for records lasts while none come; they end it at once."""
NOTE_EVERY = 1.0
ASK_EVERY = 1.0
PATIENCE = 15.0
"""Seconds that a batch may take to end once the process is told to stop."""
MARGIN = timedelta(seconds=1)
log = logger("consuming")


class Consuming:
    """Keeps a service's place in its topics."""

    def __init__(self, runtime: Runtime, runner: Runner) -> None:
        self._runtime = runtime
        self._runner = runner
        self._name = runtime.service.name
        self._broker = self._connected()
        self._offsets = Offsets(lambda: self._subscriber.consumer)
        self._subscriber = self._subscribed()
        self._watched = runtime.service.watches
        self._settled: dict[TopicPartition, datetime] = {}
        self._unfinished = 0
        self._underway: asyncio.Task[None] | None = None
        self.stopped_by: str | None = None
        """Why the consumer stopped by itself, if it did."""
        self._stopping = asyncio.Event()
        self._heard_at = float("-inf")

    def _connected(self) -> Any:
        return KafkaBroker(
            self._runtime.settings.kafka,
            client_id=self._name,
            allow_auto_create_topics=False,
            apply_types=False,
            logger=None,
        )

    def _subscribed(self) -> Any:
        service, settings = self._runtime.service, self._runtime.settings
        subscriber: Any = self._broker.subscriber(
            *sorted(subscriptions(service)),
            batch=True,
            group_id=self._name,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=250,
            group_instance_id=settings.member,
            session_timeout_ms=round(settings.session_seconds * 1000),
            heartbeat_interval_ms=round(settings.session_seconds * 150),
            listener=self._offsets,
            parser=_as_it_came,
            decoder=_records,
        )
        subscriber.get_msg = self._come
        subscriber(self._take)
        return subscriber

    async def start(self) -> None:
        """Join the group and take records as they come."""
        await self._broker.start()

    async def stop(self) -> None:
        """Finish the batch, commit, leave the group."""
        self._stopping.set()
        if self._underway is not None:
            await asyncio.wait({self._underway}, timeout=PATIENCE)
            self._underway.cancel()
        await self._offsets.stop()
        await self._broker.stop()

    @property
    def assigned(self) -> bool:
        """Whether the group gave this member partitions, and was heard from within a session."""
        return (
            self._joined and monotonic() - self._heard_at < self._runtime.settings.session_seconds
        )

    @property
    def _joined(self) -> bool:
        consumer = self._subscriber.consumer
        return bool(consumer is not None and consumer.assignment())

    async def listen(self) -> None:
        """Ask the group for ever whether it is there: what it once assigned does not say so."""
        while True:
            try:
                async with asyncio.timeout(self._runtime.settings.session_seconds):
                    await self._ask()
            except Exception as fault:
                log.warning("group_not_heard", fault=kind_of(fault))
            await asyncio.sleep(ASK_EVERY)

    async def _ask(self) -> None:
        consumer = self._subscriber.consumer
        for place in list(consumer.assignment())[:1]:
            await consumer.committed(place)
            self._heard_at = monotonic()

    async def watch(self) -> None:
        """Note for ever how far the watched topics have been heard."""
        while True:
            await asyncio.sleep(NOTE_EVERY)
            if self._watched and self._joined:
                try:
                    await progress.note(self._runtime.database, await self._heard())
                except Exception as fault:
                    log.warning("progress_not_noted", fault=kind_of(fault))

    async def _heard(self) -> dict[tuple[str, int], datetime]:
        consumer, now = self._subscriber.consumer, self._runtime.clock.now()
        found: dict[tuple[str, int], datetime] = {}
        for place in [p for p in consumer.assignment() if p.topic in self._watched]:
            end = consumer.highwater(place)
            if not self._unfinished and end is not None and await consumer.position(place) >= end:
                # The broker told us the end of the log a moment ago, not now.
                found[place.topic, place.partition] = now - MARGIN
            elif place in self._settled:
                found[place.topic, place.partition] = self._settled[place]
        return found

    async def _come(self, consumer: Any) -> Sequence[Any]:
        """Records as soon as there are any: FastStream's own look sleeps as long as it looked."""
        found = await consumer.getmany(timeout_ms=LOOK_MS, max_records=self._runtime.service.batch)
        return tuple(chain.from_iterable(found.values()))

    async def _take(self, records: Sequence[Any]) -> None:
        """Read a batch while the one before is with the database, then send it after that."""
        self._unfinished += 1
        items = await self._runner.read(records)
        if self._underway is not None:
            await self._underway
        if not self._stopping.is_set():
            self._underway = asyncio.ensure_future(self._finish(items, records))

    async def _finish(self, items: Sequence[Incoming], records: Sequence[Any]) -> None:
        try:
            await self._runner.finish(items)
        except TooMuchParked as fault:
            return await self._halt(str(fault), items, records)
        except Exception as fault:
            # Returning would let the next commit pass over these records.
            return await self._halt(kind_of(fault), items, records)
        self._done(records)
        self._unfinished -= 1

    async def _halt(self, why: str, items: Sequence[Incoming], records: Sequence[Any]) -> None:
        # The partitions stay ours on purpose: another member would only park the same again.
        self.stopped_by = why
        metrics.CIRCUIT_OPEN.labels(self._name).set(1)
        log.critical("consumer_stopped", why=why)
        self._offsets.stopped(records)
        await self._raise_alarm(why, items[0].envelope)
        await self._stopping.wait()

    async def _raise_alarm(self, why: str, first: Envelope) -> None:
        """Tell the platform's desk, as soon as the database takes it."""
        for pause in waits():
            try:
                return await self._say_stopped(why, first)
            except Exception as fault:
                log.warning("stop_not_said", fault=kind_of(fault))
            await asyncio.sleep(pause)

    async def _say_stopped(self, why: str, first: Envelope) -> None:
        now, answers = self._runtime.clock.now(), Answers(self._runtime)
        alarm = stopped_alarm(self._runtime, first, why)
        if alarm is not None:
            # It is about the service, not about the report that happens to come next.
            answers.add(alarm, replace(first, subject=self._name, correlation_id=first.id), now)
        async with self._runtime.database.transaction(now) as transaction:
            await write(transaction, answers)
        self._runtime.tell(committed(0, answers))

    def _done(self, records: Sequence[Any]) -> None:
        self._offsets.done(records)
        for record in records:
            if record.topic in self._watched:
                place = TopicPartition(record.topic, record.partition)
                self._settled[place] = appended_at(record)


async def _as_it_came(records: Any) -> KafkaMessage:
    return KafkaMessage(
        body=b"",
        headers={},
        reply_to="",
        content_type=None,
        message_id="",
        correlation_id=None,
        raw_message=records,
        path={},
        consumer=FAKE_CONSUMER,
    )


async def _records(message: Any) -> Any:
    return message.raw_message
