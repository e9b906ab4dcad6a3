"""Which agency leads when several want to (domain.md 6.2 and 6.5)."""

from datetime import datetime

from contracts.vocabulary import AgeBand, Agency
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.reasons import RANKS, Why
from services.victim_contact.domain.wishes import grave, high_service, served

ENGAGING = frozenset({Agency.IDVA, Agency.YPVA, Agency.HOSPITAL_IDVA, Agency.OUTREACH})
"""Agencies whose worker can be engaged; Victim Support's never is."""
FOR_HIGH = frozenset({Agency.IDVA, Agency.YPVA})


def rank(group: Group, agency: str) -> int:
    """The place of an agency in the order; those outside it come last."""
    open_matters = [matter for matter in group.matters if matter.is_open]
    ages = {group.age_of(matter.person_id) for matter in open_matters}
    holds = (
        is_engaged(group, agency),
        agency == Agency.YPVA and AgeBand.SIXTEEN_TO_SEVENTEEN in ages,
        agency == Agency.IDVA and bool(grave(group)),
        agency in ENGAGING and any(m.known_engaged == agency for m in open_matters),
        agency == Agency.HOSPITAL_IDVA and any(m.in_hospital for m in open_matters),
        agency == Agency.OUTREACH,
        agency == Agency.VICTIM_SUPPORT,
    )
    return holds.index(True) if True in holds else len(holds)


def why_first(group: Group, agency: str) -> Why:
    """The reason of an agency's place in the order."""
    return RANKS[rank(group, agency)]


def is_engaged(group: Group, agency: str) -> bool:
    """A worker of the agency reached her in this episode (domain.md 6.2)."""
    return agency in ENGAGING and group.has_reached(agency)


def ranking(group: Group) -> list[str]:
    """The agencies whose wish may be served, best first, equals by time."""
    asked: dict[str, datetime] = {}
    for wish in served(group):
        at = wish.matter.first_at
        asked[wish.agency] = min(at, asked.get(wish.agency, at))
    if asked and (graves := grave(group)):
        asked.setdefault(high_service(group), graves[0].first_at)
    return sorted(asked, key=lambda agency: (rank(group, agency), asked[agency], agency))


def first_choice(group: Group) -> str | None:
    """Who leads when nobody does; those that let it lapse come after the others."""
    ranked = ranking(group)
    lapsed = group.episode.lapsed if group.episode else ()
    fresh = [agency for agency in ranked if agency not in lapsed]
    return next(iter([*fresh, *ranked]), None)


def after_lapse(group: Group, lead: Lead) -> str:
    """Who leads after a lapse: HIGH and MARAC stay with the service, else the next that wanted."""
    graves = grave(group)
    if any(group.is_listed(matter.id) for matter in graves):
        return lead.agency if lead.agency in FOR_HIGH else high_service(group)
    if graves:
        return lead.agency
    lapsed = group.episode.lapsed if group.episode else ()
    others = [agency for agency in ranking(group) if agency != lead.agency]
    fresh = [agency for agency in others if agency not in lapsed or is_engaged(group, agency)]
    return next(iter([*fresh, *others, lead.agency]))
