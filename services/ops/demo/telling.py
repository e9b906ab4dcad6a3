"""Which three incidents the demo tells as trees: each shows another side of the work."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from services.ops.replay.lines import PARTNER
from services.ops.replay.said import Everything, Said

REPORTED = "police.incident-reported.v1"
LONGEST = 40
"""A tree of more events than this does not fit a page."""


def worth_telling(everything: Everything) -> list[str]:
    """References of up to three reports: grave with a child, shared contact, and taken back."""
    stories = _stories(everything)
    wanted = (_grave_with_school, _covered, _changed)
    chosen: list[str] = []
    for condition in wanted:
        found = _best(stories, condition, chosen)
        if found is not None:
            chosen.append(found)
    return chosen


def _stories(everything: Everything) -> dict[str, list[Said]]:
    by_report: dict[str, list[Said]] = defaultdict(list)
    for event in everything:
        if not event.topic.startswith(PARTNER):
            by_report[event.correlation_id].append(event)
    subjects = {event.correlation_id: event.subject for event in everything.on(REPORTED)}
    return {subjects[name]: told for name, told in by_report.items() if name in subjects}


def _best(
    stories: dict[str, list[Said]], condition: Callable[[list[Said]], bool], taken: Iterable[str]
) -> str | None:
    fitting = {
        name: told
        for name, told in stories.items()
        if name not in taken and len(told) <= LONGEST and condition(told)
    }
    return max(fitting, key=lambda name: (len(_topics(fitting[name])), name), default=None)


def _topics(told: Iterable[Said]) -> set[str]:
    return {event.topic for event in told}


def _grave_with_school(told: list[Said]) -> bool:
    grave = any(event.data.get("risk_after") == "HIGH" for event in told)
    return grave and "schools.alert-sent.v1" in _topics(told)


def _covered(told: list[Said]) -> bool:
    return "contact.request-covered.v1" in _topics(told)


def _changed(told: list[Said]) -> bool:
    changed = {"police.incident-cancelled.v1", "police.incident-amended.v1"}
    return bool(changed & _topics(told))
