"""What idva_allocation says of a victim: her advocate, and whether she is listed at MARAC."""

from datetime import datetime

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
    turn = acting.turn_of(event.victim_id)
    worker = Worker(
        incident_id=event.incident_id,
        version=event.version,
        person_id=groups.resolved(event.victim_id),
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
    others = [each for each in event.incident_ids if each != event.incident_id]
    for incident_id in (event.incident_id, *others):
        person_id = groups.resolved(event.victim_id)
        own = incident_id == event.incident_id
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
