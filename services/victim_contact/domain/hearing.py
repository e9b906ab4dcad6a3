"""How a group learns of matters, listings, workers and unsafe points."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from services.victim_contact.domain.details import Mark
from services.victim_contact.domain.group import Group, Worker
from services.victim_contact.domain.matters import Listing, Matter
from services.victim_contact.domain.order import FOR_HIGH
from services.victim_contact.domain.turn import Turn


def hear_matter(turn: Turn, news: Matter, marks: Iterable[Mark]) -> None:
    """Keep the latest version of an incident or request; what was decided of it stays."""
    known = turn.group.matter(news.id)
    turn.keep(revised(known, news))
    turn.keep(turn.group.person(news.person_id).marked(marks))
    listing = listed_before(turn.group, news.id)
    if known and listing and known.version < listing.screening:
        _ask_again(turn, listing)


def revised(known: Matter | None, news: Matter) -> Matter:
    """The matter as it is now; a revival after a cancellation is as if it were new."""
    if known is None:
        return news
    same = news.revision == known.revision and known.live
    matter = replace(
        news,
        first_at=min(known.first_at, news.first_at),
        said_at=known.said_at if same else news.said_at,
        closed=known.closed,
        ended=known.ended,
        told=known.told,
        own=known.owner if known.owner != news.person_id else None,
    )
    if not known.live:
        return matter.reopened()
    if matter.is_high and not known.is_high:
        # At HIGH the service is asked anew, whatever it had joined and closed before.
        matter = replace(matter, ended=tuple(e for e in matter.ended if e not in FOR_HIGH))
    return replace(matter, closed=matter.closed and not _has_new_wish(matter))


def _has_new_wish(matter: Matter) -> bool:
    """An agency wants contact that did not when the episode closed."""
    return bool(set(matter.wanted_by) - set(matter.ended))


def withdraw_matter(turn: Turn, matter: Matter, version: int) -> None:
    """A cancelled incident or withdrawn request leaves the episode."""
    turn.keep(replace(matter, version=version, live=False))


def hear_listing(turn: Turn, listing: Listing) -> None:
    """Keep whether she is listed at MARAC; a listing after a close is a new wish.

    Version 0 is said along with another incident's: it stands until its own is heard. One made
    from a screening that was not heard yet holds from then on, with the details that come by it.
    """
    known = listed_before(turn.group, listing.incident_id)
    if known is not None and 0 < listing.version <= known.version:
        return
    version = max(listing.version, known.version if known else 0)
    first = known if known is not None and known.listed else listing
    screening = min(first.screening, listing.screening)
    listing = replace(listing, version=version, screening=screening)
    turn.keep(listing)
    _ask_again(turn, listing)


def _ask_again(turn: Turn, listing: Listing) -> None:
    matter = turn.group.matter(listing.incident_id)
    if matter and matter.closed and listing.holds_for(matter):
        turn.keep(replace(matter, closed=_was_the_service(matter)))


def _was_the_service(matter: Matter) -> bool:
    return bool(FOR_HIGH & set(matter.ended))


def listed_before(group: Group, incident_id: UUID) -> Listing | None:
    """What is known of an incident's listing."""
    return next((each for each in group.listings if each.incident_id == incident_id), None)


def hear_worker(turn: Turn, worker: Worker) -> None:
    """Keep the advocate who was named for an incident, by the higher version."""
    known = next((w for w in turn.group.workers if w.incident_id == worker.incident_id), None)
    if known is None or known.version < worker.version:
        turn.keep(worker)


def hear_unsafe(turn: Turn, person_id: UUID, version: int, marks: Iterable[Mark]) -> None:
    """Keep what other records make unsafe for a person, by the higher version."""
    person = turn.group.person(person_id)
    if version > person.marks_version:
        turn.keep(replace(person.marked(marks), marks_version=version))
