"""What must hold of the news about leads, on the topics and in the database."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from contracts.contact import (
    ContactClosed,
    ContactNews,
    LeadGranted,
    LeadHandedOver,
    LeadLapsed,
    LeadRevoked,
)
from contracts.envelope import EVENTS
from contracts.partner import ContactClosedTold, ContactOutcomeTold
from services.kit.headers import texts
from services.ops.simulation.accounts import first_copies, id_of
from services.ops.simulation.store import Row
from services.ops.simulation.topics import Topics

ENDS = (LeadHandedOver, LeadLapsed, LeadRevoked, ContactClosed)
NEWS = [kind.TOPIC for kind in EVENTS.values() if issubclass(kind, ContactNews) and kind.TOPIC]


def news_of_leads(topics: Topics, leads: Sequence[Row]) -> Iterator[str]:
    """Each grant and each end is told once; each version of a group's news has one id."""
    told = {kind: _leads_told(topics, kind.TOPIC) for kind in (LeadGranted, *ENDS)}
    ended = sum((told[kind] for kind in ENDS), Counter[str]())
    for row in leads:
        lead_id, over = str(row["lead_id"]), int(row["ended_at"] is not None)
        yield from _told_so_often(f"the grant of {lead_id[:8]}", told[LeadGranted][lead_id], 1)
        yield from _told_so_often(f"the end of {lead_id[:8]}", ended[lead_id], over)
    yield from _one_id_a_version(topics)


def _leads_told(topics: Topics, topic: str) -> Counter[str]:
    return Counter(_content(record)["lead_id"] for record in first_copies(topics, topic))


def _told_so_often(what: str, found: int, wanted: int) -> Iterator[str]:
    if found != wanted:
        yield f"{'lost' if found < wanted else 'doubled'}: {what} is told {found} times"


def _one_id_a_version(topics: Topics) -> Iterator[str]:
    ids: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for topic in NEWS:
        last: dict[str, int] = {}
        for record in first_copies(topics, topic):
            said = _content(record)
            group, version = said["contact_group"], said["version"]
            ids[group, version].add(id_of(record))
            if version <= last.get(group, 0):
                yield f"out of order: {topic} version {version} after {last[group]}"
            last[group] = version
    for (_, version), found in ids.items():
        if len(found) > 1:
            yield f"doubled: version {version} of a group's news has {len(found)} ids"


def told_under_old_fences(topics: Topics) -> Iterator[str]:
    """A lead that ends because an agency told something ends under the fence it told."""
    kinds = (ContactClosedTold.TOPIC, ContactOutcomeTold.TOPIC)
    told = {id_of(record): _content(record) for topic in kinds for record in topics.of(topic)}
    for kind in ENDS:
        for record in first_copies(topics, kind.TOPIC):
            cause = told.get(texts(record.headers).get("ce_causationid", ""))
            said = _content(record)
            if cause is not None and cause["fence"] != said["fence"]:
                yield f"stale fence: {cause['fence']} ended the lead of fence {said['fence']}"


def _content(record: Any) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(record.value)
    return found
