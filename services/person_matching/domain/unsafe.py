"""Points that must not be used to reach a victim, whatever was said (domain.md 6.8)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.person_matching.domain.keys import hashed
from services.person_matching.domain.points import email, phone
from services.person_matching.domain.rows import Point, Record


def unsafe_points(
    hers: Iterable[Record], his: Sequence[Record], neighbours: Iterable[Record]
) -> tuple[Point, ...]:
    """All that is unsafe for her: what is his, what stands where he lives, what she said is.

    `neighbours` are records of everybody with an address in common with a suspect.
    """
    victims = list(hers)
    own = {record.person_id for record in victims}
    homes = {
        point.place for record in his for point in record.told_points if point.place is not None
    }
    found = [point for record in his for point in record.told_points]
    for record in neighbours:
        found += _where_he_lives(record, homes, hers=record.person_id in own)
    for record in victims:
        found += [point for point in record.told_points if point.shared]
        found += _where_he_lives(record, homes, hers=True)
    return _each_once(found)


def digest_of(point: Point) -> str:
    """What tells one unsafe point from another: the point, and when it was last told."""
    return f"{key_of(point):x}/{point.since.isoformat() if point.since else ''}"


def key_of(point: Point) -> int:
    """The point itself, however it is written."""
    if point.kind == "phone":
        known = phone(point.value)
        return hashed("point", known[0] if known else point.value)
    if point.kind == "email":
        return hashed("point", email(point.value) or point.value)
    return point.place if point.place is not None else hashed("point", point.value)


def _where_he_lives(record: Record, homes: set[int], *, hers: bool) -> list[Point]:
    if not homes.intersection(record.places):
        return []
    phones = [point for point in record.told_points if point.kind == "phone"]
    if hers or not record.is_adult:
        return [point for point in phones if not point.own]
    return phones


def _each_once(points: Iterable[Point]) -> tuple[Point, ...]:
    found: dict[int, Point] = {}
    for point in points:
        key = key_of(point)
        known = found.get(key)
        if known is None or _later(point, known):
            found[key] = replace(point, shared=False)
    return tuple(found[key] for key in sorted(found))


def _later(point: Point, known: Point) -> bool:
    return point.since is not None and (known.since is None or point.since > known.since)
