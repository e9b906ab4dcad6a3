"""What idva_allocation says of a victim: her advocate, and whether she is listed at MARAC."""

from datetime import datetime
from uuid import UUID

from contracts.idva import AdvocateAllocated, MaracDelisted, MaracListed
from services.victim_contact.domain.group import Worker
from services.victim_contact.domain.hearing import hear_listing, hear_worker
from services.victim_contact.domain.matters import Listing
from services.victim_contact.handlers.acting import Acting
from services.victim_contact.handlers.saying import Said
from services.victim_contact.working_set import Groups


def note_advocate(event: AdvocateAllocated, groups: Groups, now: datetime) -> list[Said]:
    """Remember the advocate's name for the lead of that service."""
    acting = Acting(groups, now)
    person_id = whose(event.incident_id, event.victim_id, groups)
    turn = acting.turn_of(person_id)
    worker = Worker(
        incident_id=event.incident_id,
        version=event.version,
        person_id=person_id,
        advocate_id=event.advocate_id,
        team=event.team,
    )
    hear_worker(turn, worker)
    return acting.said()


def note_marac(event: MaracListed | MaracDelisted, groups: Groups, now: datetime) -> list[Said]:
    """Hand contact over to the IDVA service while the victim is listed at MARAC."""
    acting = Acting(groups, now)
    listed = isinstance(event, MaracListed)
    screenings = event.screenings if isinstance(event, MaracListed) else {}
    hers = groups.resolved(event.victim_id)
    others = [each for each in event.incident_ids if each != event.incident_id]
    for incident_id in (event.incident_id, *others):
        person_id = whose(incident_id, event.victim_id, groups)
        own = incident_id == event.incident_id
        if not own and person_id != hers:
            continue  # It left her, or comes to her: its own news says what became of it.
        hear_listing(
            acting.turn_of(person_id),
            Listing(
                incident_id,
                person_id,
                version=event.version if own else 0,
                listed=listed,
                meeting_id=event.meeting_id,
                screening=screenings.get(str(incident_id), 0),
            ),
        )
    return acting.said()


def whose(incident_id: UUID, victim_id: UUID, groups: Groups) -> UUID:
    """The person with whom the incident is kept: news that it is another's may be heard later."""
    matter = groups.matter(incident_id)
    return groups.resolved(victim_id) if matter is None else matter.person_id
