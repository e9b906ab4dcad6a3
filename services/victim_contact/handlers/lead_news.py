"""How the news of a lead is said: events, timers, and notices to its agency."""

from collections.abc import Iterator
from typing import Any

from contracts.contact import (
    AttemptClock,
    AttemptDue,
    AttemptRecorded,
    ContactClosed,
    DetailsChanged,
    LeadGranted,
    LeadHandedOver,
    LeadLapsed,
    LeadRevoked,
    LeaseDue,
)
from contracts.vocabulary import Agency, EpisodeId, GroupId, IncidentId, LeadId, PersonId, RequestId
from services.kit.sending import EndThread
from services.kit.timers import Later, later
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.news import Changed, Closed, Ended, Granted, Planned, Recorded
from services.victim_contact.domain.reasons import CHANGED, CLOSED, ENDED, NOT_ENGAGED, Ending, Why
from services.victim_contact.handlers.notices import (
    Notice,
    asked,
    notice,
    reference_of,
    spoken,
    thread_of,
    to_lead,
    to_stop,
    to_wisher,
)
from services.victim_contact.handlers.telling import Telling, about, points_of

WAYS: dict[Ending, type[LeadLapsed] | type[LeadHandedOver]] = {
    Ending.NO_ATTEMPT: LeadLapsed,
    Ending.RAISED_TO_HIGH: LeadHandedOver,
    Ending.MARAC_LISTED: LeadHandedOver,
}
"""How a lead ends; every other ending revokes it."""
Timer = Later[LeaseDue] | Later[AttemptClock]


def granted(news: Granted, telling: Telling) -> Iterator[LeadGranted | Notice]:
    """An agency, and no other, is asked to contact."""
    lead = news.lead
    event = LeadGranted(
        **telling.of_lead(lead, news.reasons),
        episode_id=EpisodeId(lead.episode_id),
        victim_id=PersonId(lead.victim_id),
        first_attempt_due_at=lead.first_due_at,
        expires_at=lead.expires_at,
        incident_ids=tuple(IncidentId(each) for each in lead.incident_ids),
        request_ids=tuple(RequestId(each) for each in lead.request_ids),
        contact_points=points_of(lead.usable),
    )
    yield about(lead.about, event)
    yield to_lead("granted", lead, asked(lead, tuple(why.sentence for why in news.reasons)))


def planned(news: Planned, telling: Telling) -> Iterator[AttemptDue | Timer | Notice]:
    """The notes to oneself of a lead's lease and of its next attempt."""
    lead = news.lead
    group, lead_id = GroupId(telling.contact_group), LeadId(lead.lead_id)
    until = lead.expires_at if news.lease or lead.due is None else lead.due.due_at
    note = LeaseDue(contact_group=group, lead_id=lead_id, fence=lead.fence, expires_at=until)
    yield later(about(lead.about, note), at=until)
    if lead.due is None or not news.attempt:
        return
    if lead.due.opens_at <= telling.now:
        yield from attempt_due(lead, telling)
        return
    clock = AttemptClock(
        contact_group=group,
        lead_id=lead_id,
        fence=lead.fence,
        attempt=lead.due.attempt,
        opens_at=lead.due.opens_at,
    )
    yield later(about(lead.about, clock), at=lead.due.opens_at)


def attempt_due(lead: Lead, telling: Telling) -> Iterator[AttemptDue | Notice]:
    """The slot of the next attempt has opened."""
    due = lead.due
    if due is None:
        return
    fields = telling.of_lead(lead)
    event = AttemptDue(**fields, attempt=due.attempt, channel=due.channel, due_at=due.due_at)
    yield about(lead.about, event)
    what = f"Attempt {due.attempt}: {due.channel}, by {spoken(due.due_at)}"
    yield to_lead(
        f"attempt-{due.attempt}-{due.due_at:%Y%m%dT%H%M}", lead, ("An attempt is due.", what)
    )


def ended(
    news: Ended, telling: Telling
) -> Iterator[LeadLapsed | LeadHandedOver | LeadRevoked | Notice | EndThread]:
    """A lead ended before its contact was closed: its agency is told to stop."""
    lead, why = news.lead, Why(news.ending, ENDED[news.ending])
    kind = WAYS.get(news.ending, LeadRevoked)
    fields = telling.of_lead(lead, (why,))
    yield about(lead.about, kind(**fields, to_agency=news.to_agency, reason=news.ending))
    yield from to_stop("ended", lead, ("Please stop contacting the victim.", why.sentence))
    for wish in news.covered:
        lines = ("The contact that covered your wish has ended.",)
        yield to_wisher(f"uncovered-{lead.lead_id}", wish.agency, wish.matter, lead, lines)


def closed(news: Closed, telling: Telling) -> Iterator[ContactClosed | Notice | EndThread]:
    """An episode ended, and everyone whose wish ended with it is told."""
    lead, why = news.lead, Why(news.reason, CLOSED[news.reason])
    matters = list({wish.matter.id: wish.matter for wish in news.ended}.values())
    event = ContactClosed(
        **telling.of_lead(lead, (why,)),
        episode_id=EpisodeId(lead.episode_id),
        reason=news.reason,
        attempts=news.attempts,
        incident_ids=tuple(IncidentId(each.id) for each in matters if each.is_incident),
        request_ids=tuple(RequestId(each.id) for each in matters if not each.is_incident),
    )
    yield about(lead.about, event)
    yield EndThread(thread_of(lead))
    yield from _closed_notices(news)
    if news.reason == NOT_ENGAGED and any(matter.is_incident for matter in matters):
        lines = ("A victim whom you referred did not engage.", why.sentence)
        yield notice("closed", Agency.POLICE, lead.area, lead.lead_id, lines)


def _closed_notices(news: Closed) -> Iterator[Notice]:
    """Those covered are told that it is over, and not why."""
    lead = news.lead
    lines = ("The contact that covered your wish is closed.", "Your wish ends with it.")
    covered: dict[Any, tuple[str, Matter]] = {}
    for wish in news.ended:
        if wish.agency != lead.agency:
            covered[wish.agency, reference_of(wish.matter, lead)] = (wish.agency, wish.matter)
    for agency, matter in covered.values():
        yield to_wisher(f"closed-{lead.lead_id}", agency, matter, lead, lines)


def changed(news: Changed, telling: Telling) -> Iterator[DetailsChanged | Notice]:
    """Points of the lead became unsafe or safe: it is told at once."""
    lead = news.lead
    event = DetailsChanged(
        **telling.of_group(lead.area, (CHANGED,)),
        lead_id=LeadId(lead.lead_id),
        fence=lead.fence,
        withdrawn=news.withdrawn,
        added=points_of(news.added),
    )
    yield about(lead.about, event)
    lines = (
        "The safe contact points of a victim changed.",
        f"{len(news.withdrawn)} must not be used any more, {len(news.added)} are new.",
        f"Read them again: GET /v1/leads/{lead.lead_id}",
    )
    yield to_lead(f"changed-{telling.contact_group}-{event.version}", lead, lines)


def recorded(news: Recorded, telling: Telling) -> Iterator[AttemptRecorded | Notice]:
    """What came of an attempt; whoever leads now is told what it says of her."""
    attempt, lead = news.attempt, news.lead
    event = AttemptRecorded(
        **telling.of_lead(lead),
        attempt=attempt.number,
        channel=attempt.channel,
        outcome=attempt.outcome,
        at=attempt.made_at,
    )
    yield about(lead.about, event)
    if news.present is None or not attempt.is_hers:
        return
    lines = (
        "Another agency told what came of an earlier attempt.",
        f"{lead.agency}, by {attempt.channel}: {attempt.outcome}, {spoken(attempt.made_at)}",
    )
    yield to_lead(f"told-{telling.contact_group}-{event.version}", news.present, lines)
