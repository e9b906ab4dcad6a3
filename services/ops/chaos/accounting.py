"""Accounts for every input after a run: nothing lost, nothing twice, in order; pure counting."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from services.kit.catalogue import Topic
from services.kit.partners import REPORTS
from services.ops.replay.invariants import Broken
from services.ops.replay.lines import PARTNER
from services.ops.replay.said import Everything, Said

INTAKE = "police_notifications"
THING = {
    "police": ("incident_id",),
    "identity": ("incident_id", "request_id", "enrolment_id"),
    "mash": ("incident_id",),
    "schools": ("alert_id",),
    "idva": ("incident_id",),
    "contact": ("contact_group",),
}
"""What each speaker counts versions of; identity's other news is counted by its key, a person."""

Counted = tuple[str, str]


@dataclass(frozen=True)
class Ledger:
    """What went in, what was said, and what each service has handled."""

    on_topics: Mapping[str, str]
    """Topic by event id: what the broker acknowledged to partners."""
    at_the_door: Collection[str]
    """Event ids of the reports that the door answered."""
    said: Everything
    """Every record, second copies included."""
    handled: Mapping[str, Collection[str]]
    """By service: the ids of the events in its inbox."""
    catalogue: Mapping[str, Topic]


@dataclass
class Account:
    """The figures of a run; each count of something broken is zero when the promise was kept."""

    inputs: int = 0
    events: int = 0
    copies: int = 0
    """Records that came a second time with the same event id: at least once, and harmless."""
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    broken: list[Broken] = field(default_factory=list)


def account_of(ledger: Ledger) -> Account:
    """Account for everything."""
    once, altered = first_copies(ledger.said)
    lost = [*_not_in_the_log(ledger), *_not_handled(ledger, once), *_gaps(once)]
    doubled = [*_said_again(once), *_same_answer_twice(once), *altered]
    disorder = list(_out_of_order(once))
    return Account(
        inputs=len(ledger.on_topics) + len(ledger.at_the_door),
        events=len(once),
        copies=len(ledger.said) - len(once),
        lost=len(lost),
        doubled=len(doubled),
        out_of_order=len(disorder),
        broken=[*lost, *doubled, *disorder],
    )


def first_copies(said: Everything) -> tuple[Everything, list[Broken]]:
    """The log with each event once, and the copies that are not what came first."""
    first: dict[tuple[str, str], Said] = {}
    altered: list[Broken] = []
    for event in said:
        known = first.setdefault((event.topic, event.id), event)
        if (known.key, known.data) != (event.key, event.data):
            altered.append(Broken("doubled", f"{event.topic} {event.id}: a copy says otherwise"))
    return Everything.of(first.values()), altered


def _not_in_the_log(ledger: Ledger) -> Iterator[Broken]:
    stands = {(event.topic, event.id) for event in ledger.said}
    for event_id, topic in ledger.on_topics.items():
        if (topic, event_id) not in stands:
            yield Broken("lost", f"{topic} {event_id}: acknowledged, and not in the log")


def _not_handled(ledger: Ledger, once: Everything) -> Iterator[Broken]:
    for event_id in ledger.at_the_door:
        if event_id not in ledger.handled[INTAKE]:
            yield Broken("lost", f"{REPORTS} {event_id}: answered by the door, and not handled")
    for topic, events in once.by_topic.items():
        for hearer in ledger.catalogue[topic].hearers:
            unheard = (event for event in events if event.id not in ledger.handled[hearer])
            yield from (Broken("lost", f"{topic} {e.id}: not handled by {hearer}") for e in unheard)


def _counted(once: Everything) -> dict[Counted, list[Said]]:
    found: dict[Counted, list[Said]] = defaultdict(list)
    for event in once:
        if event.version:
            found[thing_of(event)].append(event)
    return found


def thing_of(event: Said) -> Counted:
    """Whose versions an event counts: the speaker and what it speaks about."""
    speaker = event.topic.partition(".")[0]
    names = (event.data[name] for name in THING[speaker] if name in event.data)
    return speaker, str(next(names, event.key))


def _gaps(once: Everything) -> Iterator[Broken]:
    for (speaker, thing), events in _counted(once).items():
        versions = {event.version for event in events}
        missing = sorted(set(range(1, max(versions) + 1)) - versions)
        if missing:
            yield Broken("lost", f"{speaker} never said version {missing[0]} of {thing}")


def _said_again(once: Everything) -> Iterator[Broken]:
    for (speaker, thing), events in _counted(once).items():
        counts = Counter(event.version for event in events)
        again = [version for version, count in counts.items() if count > 1]
        if again:
            yield Broken("doubled", f"{speaker} said version {again[0]} of {thing} twice")


def _same_answer_twice(once: Everything) -> Iterator[Broken]:
    answers: Counter[tuple[str | None, str, str | None, bytes]] = Counter()
    for event in once:
        if not event.topic.startswith(PARTNER) and not event.version:
            content = orjson.dumps(event.data, option=orjson.OPT_SORT_KEYS)
            answers[event.causation_id, event.topic, event.key, content] += 1
    for (cause, topic, _, _), count in answers.items():
        if count > 1:
            yield Broken("doubled", f"{topic}: {count} times in answer to {cause}")


def _out_of_order(once: Everything) -> Iterator[Broken]:
    for topic, events in once.by_topic.items():
        last: dict[tuple[str | None, Counted], int] = {}
        for event in events:
            if not event.version:
                continue
            place = (event.key, thing_of(event))
            if event.version < last.get(place, 0):
                yield Broken("out of order", f"{topic} {event.key}: version {event.version} late")
            last[place] = max(last.get(place, 0), event.version)
