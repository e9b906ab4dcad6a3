"""Who may send what: by the area files, else by the defaults of the contract's fine print."""

import re
from collections.abc import Mapping

from contracts.envelope import PartnerEvent, Problem, Reason
from services.kit.areas import Area
from services.kit.form_words import mark

ANY_AGENCY = "agency"
"""Every agency code may; codes beyond those the rules name are data."""
ITS_HANDLER = "handler"
"""Only state can tell, so the handler of the topic does."""
DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "partner.incident-report.v1": ("south-yorkshire-police",),
    "partner.contact-request.v1": (ANY_AGENCY,),
    "partner.contact-outcome.v1": (ANY_AGENCY,),
    "partner.contact-closed.v1": (ANY_AGENCY,),
    "partner.school-acknowledgement.v1": (ITS_HANDLER,),
    "partner.advocate-roster.v1": ("idva",),
    "partner.marac-meeting.v1": ("marac",),
    "partner.pupil-enrolment.v1": ("rotherham-council", "sheffield-council"),
    "partner.screening-decision.v1": ("mash",),
    "partner.identity-decision.v1": ("mash",),
}
_AGENCY_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
NOT_ALLOWED = Problem(
    path="/source",
    code="sender_not_allowed",
    message="This sender may not send this kind of message here.",
)
NOT_ITSELF = Problem(
    path="/agency",
    code="agency_not_source",
    message="The agency must be the sender itself.",
)


def check(event: PartnerEvent, areas: Mapping[str, Area]) -> tuple[Problem, ...]:
    """What is wrong with who sent this; none = it may be heard."""
    problems = [*strangers(event.source, event.TOPIC, getattr(event, "area", None), areas)]
    if getattr(event, "agency", event.source) != event.source:
        problems.append(NOT_ITSELF)
    return tuple(problems)


def strangers(
    source: str, topic: str, named: str | None, areas: Mapping[str, Area]
) -> tuple[Problem, ...]:
    """What is wrong where no area, or not the one that is named, hears this sender on a topic."""
    area = areas.get(named or "")
    if area is not None:
        heard = may_send(source, topic, area)
    else:
        heard = first_area(source, topic, areas) is not None
    return () if heard else (NOT_ALLOWED,)


def may_send(source: str, topic: str, area: Area) -> bool:
    """Whether an area hears this sender on this topic."""
    listed = area.senders_of(topic) or DEFAULTS.get(topic, ())
    if ANY_AGENCY in listed and _AGENCY_CODE.fullmatch(source):
        return True
    return ITS_HANDLER in listed or source in listed


def first_area(source: str, topic: str, areas: Mapping[str, Area]) -> str | None:
    """The sender's first area in the area files, which applies where a report names none."""
    return next((code for code, area in areas.items() if may_send(source, topic, area)), None)


def area_instead(source: str, topic: str, areas: Mapping[str, Area]) -> str | None:
    """The area that applies where none is known: the sender's first, else the first there is."""
    return first_area(source, topic, areas) or next(iter(areas), None)


def area_marks(named: str | None, areas: Mapping[str, Area]) -> tuple[Reason, ...]:
    """The mark of an area that is absent or has no file; none where it is known."""
    if named is None:
        return (mark(("area",), "missing", "missing, so the sender's first area applies"),)
    if named not in areas:
        return (mark(("area",), "unknown", "unknown, so the sender's first area applies"),)
    return ()
