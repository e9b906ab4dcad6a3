"""What comes through a door is handled like what comes from a topic."""

import orjson

from contracts.partner import SchoolAcknowledgement
from services.kit.batch import Committed
from services.kit.doors import take
from services.kit.runtime import Runtime
from services.kit.views import note_view
from tests.kit.trial import NOON

TOPIC = SchoolAcknowledgement.TOPIC


def an_acknowledgement(**changes: object) -> bytes:
    content = {"source": "100001", "alert_id": "a", "by": "b", "role": "head"}
    return orjson.dumps(content | {"at": NOON.isoformat()} | changes)


async def test_a_message_handed_in_is_committed_once(runtime: Runtime) -> None:
    told: list[Committed] = []
    runtime.listeners.append(told.append)
    first = await take(runtime, TOPIC, an_acknowledgement(), source="100001")
    again = await take(runtime, TOPIC, an_acknowledgement(), source="100001")
    assert (first.new, again.new) == (True, False)
    assert first.event_id == again.event_id
    [[count]] = await runtime.database.fetch("SELECT count FROM tallies")
    assert count == 1
    assert len(told) == 2


async def test_a_bad_message_is_refused_with_its_problems_and_said_so(runtime: Runtime) -> None:
    taken = await take(runtime, TOPIC, an_acknowledgement(at="soon"), source="100001")
    assert [problem.path for problem in taken.problems] == ["/at"]
    [refusal] = taken.events
    assert refusal.TOPIC == "schools.input-refused.v1"
    assert refusal.key == "a"


async def test_a_view_is_recorded_with_what_was_shown(runtime: Runtime) -> None:
    async with runtime.database.transaction(NOON) as transaction:
        await note_view(transaction, about="lead/1", who="idva", what="contact points")
    [row] = await runtime.database.fetch("SELECT about, who, what, at FROM kit.views")
    assert tuple(row) == ("lead/1", "idva", "contact points", NOON)
