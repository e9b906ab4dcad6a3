"""Every wish to contact, whether it may be served, and the ways that are open."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from contracts.vocabulary import AgeBand, Agency
from services.victim_contact.domain.details import Given, is_safe, point_id, usable_channels
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.reasons import Withholding


@dataclass(frozen=True, slots=True)
class Wish:
    """One agency's wish to contact, for one matter."""

    matter: Matter
    agency: str


def wishes(group: Group) -> list[Wish]:
    """Every wish that has not ended, incidents first, each by time."""
    ordered = sorted(group.matters, key=lambda matter: matter.order)
    return [Wish(matter, agency) for matter in ordered for agency in wanting(group, matter)]


def wanting(group: Group, matter: Matter) -> tuple[str, ...]:
    """The agencies that want contact for a matter; MARAC and HIGH want the IDVA service's."""
    if not matter.is_open:
        return ()
    wanted = matter.wanted_by
    if is_grave(group, matter) and not {Agency.IDVA, Agency.YPVA} & set(wanted):
        wanted = (*wanted, high_service(group))
    return tuple(agency for agency in wanted if agency not in matter.ended)


def is_grave(group: Group, matter: Matter) -> bool:
    """HIGH, or listed at MARAC, of somebody who is not a child."""
    if not matter.is_incident or group.is_child(matter.person_id):
        return False
    return matter.is_high or group.is_listed(matter)


def grave(group: Group) -> list[Matter]:
    """The open incidents that are the IDVA service's, by time.

    One without a safe way counts for those whom she may be: the contact with them is graver.
    """
    found = [matter for matter in group.open_incidents if is_grave(group, matter)]
    may = [matter for matter in found if why_not(group, matter) in (None, Withholding.NO_SAFE_WAY)]
    return sorted(may, key=lambda matter: matter.order)


def high_service(group: Group) -> Agency:
    """Who contacts at HIGH: the IDVA service, at 16-17 the YPVA (domain.md 2, ages)."""
    young = AgeBand.SIXTEEN_TO_SEVENTEEN
    ages = {group.age_of(matter.person_id) for matter in group.matters if matter.is_open}
    return Agency.YPVA if young in ages else Agency.IDVA


def why_not(group: Group, matter: Matter) -> Withholding | None:
    """Why nobody may be asked to contact for this matter; None when somebody may."""
    if group.is_child(matter.person_id):
        return Withholding.CHILD_ONLY
    if group.has_clash:
        return Withholding.IDENTITY_CLASH
    if group.wants_no_contact and not matter.unblockable:
        return Withholding.ASKED_NO_CONTACT
    if not ways(group, matter.person_id) and not in_touch(group, matter.person_id):
        return Withholding.NO_SAFE_WAY
    return None


def served(group: Group) -> list[Wish]:
    """The wishes that a lead serves or would serve."""
    open_to: dict[tuple[UUID, bool], bool] = {}
    found = []
    for wish in wishes(group):
        case = (wish.matter.person_id, wish.matter.unblockable)
        if case not in open_to:
            open_to[case] = why_not(group, wish.matter) is None
        if open_to[case]:
            found.append(wish)
    return found


def in_touch(group: Group, person_id: UUID) -> bool:
    """The present lead reached her: it needs no number to stay in contact."""
    return group.lead is not None and group.has_reached(group.lead.agency, person_id)


def ways(group: Group, person_id: UUID) -> tuple[Given, ...]:
    """Every safe way to reach one person, a point and a channel each."""
    details = group.details_of(person_id)
    if details.never or group.is_child(person_id):
        return ()
    marks, verified, one_chance = group.marks, group.verified, group.one_chance
    return tuple(
        Given(
            point_id(person_id, point.fingerprint, channel), channel, person_id, point.fingerprint
        )
        for point in details.points
        if point.fingerprint is not None and is_safe(point, marks, verified)
        for channel in usable_channels(point, one_chance)
    )


def all_ways(group: Group, persons: Iterable[UUID]) -> tuple[Given, ...]:
    """The safe ways to several persons, each once."""
    found = {way.id: way for person_id in persons for way in ways(group, person_id)}
    return tuple(found.values())


def served_persons(group: Group) -> list[UUID]:
    """The persons whom a lead contacts, in the order of their matters."""
    return list(dict.fromkeys(wish.matter.person_id for wish in served(group)))
