"""A paced load of a town's messages, over the topics and the door; what was accepted is kept."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson

from contracts.envelope import EVENTS
from services.kit.headers import stamp
from services.kit.outbox import Row
from services.kit.partners import REPORTS, envelope_of, identity_of
from services.kit.publisher import BrokerAway, Publisher
from services.kit.records import KeptRecord
from services.ops.chaos.asking import answer_of
from services.ops.generate.lines import Line
from services.ops.generate.town import weekend_of

BY_THE_DOOR = 0.35
"""How many of the reports come over HTTP."""
WITH_ID = 0.5
"""How many of the messages on topics carry a `ce_id`; the others are known by their content."""
TOWN = timedelta(hours=30)
"""How long the town's messages really took; they are played much faster."""
SHORT_WAIT = 0.2
REFUSED = 422
PATH = "/v1/incident-reports"


KNOWN_FIRST = frozenset(
    {"partner.advocate-roster.v1", "partner.marac-meeting.v1", "partner.pupil-enrolment.v1"}
)

Queue = asyncio.Queue[Line | None]
Put = Callable[[Line | None], None]


@dataclass
class Accepted:
    """What the broker acknowledged, and what the door said 202 or 422 to."""

    on_topics: dict[UUID, str] = field(default_factory=dict)
    """Topic by event id."""
    at_the_door: set[UUID] = field(default_factory=set)
    tried_again: Counter[str] = field(default_factory=Counter)
    """How often something had to be sent again, by what was in the way."""

    def __len__(self) -> int:
        return len(self.on_topics) + len(self.at_the_door)


class Load:
    """Sends lines at an even pace and makes up for time lost: a sender's queue does not vanish."""

    def __init__(self, bootstrap: str, door: str, token: str, chance: Random) -> None:
        self.accepted = Accepted()
        self._publisher = Publisher(bootstrap, "chaos")
        self._client = httpx.AsyncClient(
            base_url=door, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        self._chance = chance

    async def close(self) -> None:
        """Let go of the broker and the door."""
        await self._publisher.stop()
        await self._client.aclose()

    async def send(self, lines: Iterable[Line], a_second: float, enough: asyncio.Event) -> None:
        """Send line after line until told that it is enough, and then what is owed until then.

        The topics and the door are two queues: when one is shut, the other goes on.
        """
        queues = {by_the_door: asyncio.Queue[Line | None]() for by_the_door in (False, True)}
        sending = [self._work(queue, by_the_door) for by_the_door, queue in queues.items()]
        await asyncio.gather(_pace(lines, a_second, enough, self._sort(queues)), *sending)

    def _sort(self, queues: Mapping[bool, Queue]) -> Put:
        def put(line: Line | None) -> None:
            if line is None:
                for queue in queues.values():
                    queue.put_nowait(None)
            else:
                by_the_door = line.topic == REPORTS and self._chance.random() < BY_THE_DOOR
                queues[by_the_door].put_nowait(line)

        return put

    async def _work(self, queue: Queue, by_the_door: bool) -> None:
        while (line := await queue.get()) is not None:
            if by_the_door:
                await self._hand_in(orjson.dumps(line.data))
            else:
                await self._publish(line.topic, line.data)

    async def _publish(self, topic: str, content: dict[str, Any]) -> None:
        body, headers = orjson.dumps(content), _headers(topic, content["source"])
        if self._chance.random() < WITH_ID:
            headers["ce_id"] = str(uuid4())
        raw = [(name, value.encode()) for name, value in headers.items()]
        kind: Any = EVENTS[topic]
        envelope = envelope_of(KeptRecord(topic, None, body, raw, 0), kind, steered=False)
        row = Row(0, envelope.id, topic, envelope.key, body, headers, None)
        while True:
            try:
                await self._publisher.publish([row])
                break
            except BrokerAway:
                self.accepted.tried_again["broker"] += 1
                await asyncio.sleep(SHORT_WAIT)
        self.accepted.on_topics[envelope.id] = topic

    async def _hand_in(self, body: bytes) -> None:
        while True:
            request = self._client.build_request("POST", PATH, content=body)
            answer = await answer_of(self._client, request)
            if answer is not None and answer.status_code in (202, REFUSED):
                break
            self.accepted.tried_again["door"] += 1
            await asyncio.sleep(SHORT_WAIT)
        self.accepted.at_the_door.add(identity_of(REPORTS, body))


async def _pace(lines: Iterable[Line], a_second: float, enough: asyncio.Event, put: Put) -> None:
    began = time.monotonic()
    first = True
    number = 0
    for line in lines:
        # What services must know first is not held back.
        first = first and line.topic in KNOWN_FIRST
        number += not first
        await asyncio.sleep(max(0.0, began + number / a_second - time.monotonic()))
        if enough.is_set():
            break
        put(line)
    put(None)


def town(seed: int, incidents: int) -> Sequence[Line]:
    """A town's messages up to now: what services must know first comes first."""
    now = datetime.now(UTC)
    return weekend_of(seed, incidents, now - TOWN, now).lines


def _headers(topic: str, source: str) -> dict[str, str]:
    return {
        "ce_specversion": "1.0",
        "ce_type": topic,
        "ce_source": source,
        "ce_time": stamp(datetime.now(UTC)),
    }
