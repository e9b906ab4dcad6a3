"""How the news of wishes is said: who is covered, flagged or withheld, and who must know."""

from collections.abc import Iterator

from contracts.contact import (
    ContactAlarm,
    ContactWithheld,
    RequestCovered,
    RequestFlagged,
    WithheldDue,
)
from contracts.vocabulary import Agency, GroupId, IncidentId, LeadId, PersonId, RequestId
from services.kit.timers import Later, later
from services.victim_contact.domain import reasons
from services.victim_contact.domain.news import Alarm, Covered, HeldBack
from services.victim_contact.domain.reasons import WITHHELD, Why
from services.victim_contact.handlers.notices import (
    Notice,
    notice,
    spoken,
    to_lead,
    to_wisher,
    withheld,
)
from services.victim_contact.handlers.telling import Telling, about, reason_of

COVERED = "Your wish to contact a victim is covered: please do not contact her."
FLAGGED = "Your wish to contact a victim is not blocked; the lead has been told of it."


def covered(news: Covered, telling: Telling) -> Iterator[RequestCovered | RequestFlagged | Notice]:
    """A wish is covered by the lead, or flagged to it; it is told by whom and until when."""
    wish, lead = news.wish, news.lead
    kind = RequestFlagged if news.flagged else RequestCovered
    of_incident = wish.matter.is_incident
    event = kind(
        **telling.of_group(lead.area, (reason_for(news),)),
        request_id=None if of_incident else RequestId(wish.matter.id),
        incident_id=IncidentId(wish.matter.id) if of_incident else None,
        agency=wish.agency,
        lead_agency=lead.agency,
        lead_id=LeadId(lead.lead_id),
        until=lead.expires_at,
    )
    yield about(wish.matter.about, event)
    if news.flagged:
        lines = ("A wish to contact is flagged to you: it is not blocked.", f"By {wish.agency}.")
        yield to_lead(f"flagged-{wish.matter.id}-{wish.agency}", lead, lines)
    if wish.agency != lead.agency:
        told = FLAGGED if news.flagged else COVERED
        lines = (told, f"The lead is {lead.agency}, until {spoken(lead.expires_at)}.")
        yield to_wisher(f"wish-{lead.lead_id}", wish.agency, wish.matter, lead, lines)


def reason_for(news: Covered) -> Why:
    """Why a wish is covered, or flagged."""
    if news.flagged:
        return reasons.FLAGGED if news.wish.matter.unblockable else reasons.KEPT
    same = news.wish.agency == news.lead.agency
    return reasons.JOINED if same else reasons.COVERED


def held_back(
    news: HeldBack, telling: Telling
) -> Iterator[ContactWithheld | Later[WithheldDue] | Notice]:
    """Nobody is asked to contact; the referrers of what is new are told and asked."""
    first = news.matters[0]
    event = ContactWithheld(
        **telling.of_group(first.area, (Why(news.code, WITHHELD[news.code]),)),
        code=news.code,
        victim_id=PersonId(news.person_id),
        incident_ids=tuple(IncidentId(each.id) for each in news.matters if each.is_incident),
        request_ids=tuple(RequestId(each.id) for each in news.matters if not each.is_incident),
    )
    yield about(first.about, event)
    for matter in news.fresh:
        for agency in (Agency.POLICE,) if matter.is_incident else matter.wanted_by:
            name = f"withheld-{telling.contact_group}-{event.version}"
            yield notice(name, agency, matter.area, matter.id, withheld(news.code, matter))
    if news.due_at is not None:
        due = WithheldDue(contact_group=GroupId(telling.contact_group), due_at=news.due_at)
        yield later(about(first.about, due), at=news.due_at)


def alarm(news: Alarm, telling: Telling) -> Iterator[ContactAlarm]:
    """A supervisor is told; the kit writes the notice."""
    event = ContactAlarm(
        to_role=news.to_role,
        area=news.area,
        code=news.why.code,
        about=news.ids,
        due_at=news.due_at,
        reasons=(reason_of(news.why),),
    )
    yield event if news.about is None else about(news.about, event)
