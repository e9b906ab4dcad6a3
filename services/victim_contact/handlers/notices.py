"""The notices to agencies: what happened and where to read on, and nothing personal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts.contact import ContactAlarm
from services.kit.mailboxes import made_up
from services.kit.sending import EndThread, Mail, Send
from services.kit.working_time import LONDON
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.reasons import UNTOLD, WITHHELD, Withholding
from services.victim_contact.domain.turn import DESK
from services.victim_contact.handlers.telling import about, reason_of

Notice = Send[ContactAlarm]
REFERENCE, STEP = "X-Onward-Reference", "X-Onward-Step"
ASK = {
    Withholding.NO_SAFE_WAY: "Please tell us a safe way to reach her, by amending what you sent.",
    Withholding.IDENTITY_CLASH: "A human is deciding who is who; please contact nobody until then.",
    Withholding.ASKED_NO_CONTACT: "Please do not contact her.",
    Withholding.CHILD_ONLY: "Please speak to MASH.",
}


def notice(name: str, agency: str, area: str, of: UUID, lines: tuple[str, ...]) -> Notice:
    """A notice to an agency, under one reference."""
    mail = Mail(
        to=made_up(agency, area),
        subject=f"Onward: {lines[0].rstrip('.')}",
        text="\n".join((*lines, f"Reference: {of}", "")),
        headers={REFERENCE: str(of), STEP: "notice"},
    )
    untold = ContactAlarm(
        to_role=DESK,
        area=area,
        code=UNTOLD.code,
        about=(of,),
        reasons=(reason_of(UNTOLD),),
    )
    return Send(reference=f"{name}/{of}/{agency}", message=mail, answer=untold)


def to_lead(name: str, lead: Lead, lines: tuple[str, ...]) -> Notice:
    """A notice to the agency of a lead; what waits of it ends with the lead."""
    return replace(_of_lead(name, lead, lines), thread=thread_of(lead))


def to_stop(name: str, lead: Lead, lines: tuple[str, ...]) -> Iterator[Notice | EndThread]:
    """The last notice to the agency of a lead: nothing that waits may come after it."""
    yield EndThread(thread_of(lead))
    yield _of_lead(name, lead, lines)


def _of_lead(name: str, lead: Lead, lines: tuple[str, ...]) -> Notice:
    told = notice(name, lead.agency, lead.area, lead.lead_id, lines)
    return replace(told, answer=told.answer and about(lead.about, told.answer))


def thread_of(lead: Lead) -> str:
    """What a lead's notices have in common."""
    return f"lead/{lead.lead_id}"


def to_wisher(name: str, agency: str, matter: Matter, lead: Lead, lines: tuple[str, ...]) -> Notice:
    """A notice to an agency about its wish: by its request, else by the lead."""
    if not matter.is_incident:
        lines = (*lines, your_reference(matter))
    return notice(name, agency, matter.area, reference_of(matter, lead), lines)


def reference_of(matter: Matter, lead: Lead) -> UUID:
    """What a notice about a wish is referred to by."""
    return lead.lead_id if matter.is_incident else matter.id


def your_reference(matter: Matter) -> str:
    """What whoever reported or asked calls it: said to them alone, beside our own id."""
    # One line of ours, whatever they wrote.
    return f"Your reference: {' '.join(matter.about.subject.split())}"


def asked(lead: Lead, because: tuple[str, ...]) -> tuple[str, ...]:
    """What a lead is told when it is granted."""
    return (
        "You are asked to contact a victim.",
        *because,
        f"First attempt due: {spoken(lead.first_due_at)}",
        f"Fence: {lead.fence}",
        f"Safe contact points: GET /v1/leads/{lead.lead_id}",
        "Use those points alone. Nobody else is asked to contact her while you lead.",
    )


def withheld(code: Withholding, matter: Matter) -> tuple[str, ...]:
    """What a referrer is told, and asked, when contact is withheld."""
    what = ("Contact with a victim is withheld.", WITHHELD[code], ASK[code])
    return (*what, your_reference(matter))


def spoken(at: datetime) -> str:
    """A time as London's clocks show it."""
    return f"{at.astimezone(LONDON):%a %d %b %Y %H:%M}"
