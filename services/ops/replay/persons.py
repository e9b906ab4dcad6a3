"""Who everybody is at the end: persons become one, and some part again."""

from collections.abc import Iterable

from services.ops.replay.said import Everything, Said

MERGED = "identity.persons-merged.v1"
SEPARATED = "identity.persons-separated.v1"
DECIDED = "identity.review-decided.v1"


def in_order(events: Iterable[Said]) -> list[Said]:
    """Events of several topics as they were said: ids are in order of time."""
    return sorted(events, key=lambda event: (event.time, event.id))


def become(everything: Everything) -> dict[str, str]:
    """By person: whom they became at the end, by merges and by what undid them."""
    reviews = {event.causation_id: event.data["review_id"] for event in everything.on(DECIDED)}
    moved: dict[str, list[str]] = {}
    now: dict[str, str] = {}
    for event in in_order(everything.on(MERGED, SEPARATED)):
        review = reviews.get(event.causation_id, "")
        if event.topic == MERGED:
            moved[review] = list(event.data["merged_ids"])
            now |= dict.fromkeys(moved[review], event.data["kept_id"])
        else:
            now |= dict.fromkeys(moved.get(review, ()), event.data["separated_ids"][0])
    return {person: _last(person, now) for person in now}


def _last(person: str, now: dict[str, str]) -> str:
    return _last(now[person], now) if person in now else person
