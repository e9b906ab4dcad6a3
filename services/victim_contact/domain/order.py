"""Which agency leads when several want to (domain.md 6.2 and 6.5)."""

from datetime import datetime

from contracts.vocabulary import AgeBand, Agency
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.reasons import NO_ROOM, RANKS, Why
from services.victim_contact.domain.rules import Rules
from services.victim_contact.domain.wishes import grave, high_service, served

ENGAGING = frozenset({Agency.IDVA, Agency.YPVA, Agency.HOSPITAL_IDVA, Agency.OUTREACH})
"""Agencies whose worker can be engaged; Victim Support's never is."""
BY_ROOM = 3
"""From this place on the directory decides as well: nobody engaged waits, and nobody at HIGH."""
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


def why_first(group: Group, agency: str, rules: Rules) -> tuple[Why, ...]:
    """The reasons why an agency leads: its place in the order, and what the directory says."""
    listed = rules.policy.services.get(agency)
    ranked = RANKS[rank(group, agency)]
    passed = [Why("no_room", NO_ROOM.format(each)) for each in _passed_over(group, agency, rules)]
    named = [Why("service", f"{listed.name}: {listed.offer}")] if listed else []
    return (ranked, *named, *passed)


def _passed_over(group: Group, agency: str, rules: Rules) -> list[str]:
    ranked = rank(group, agency)
    better = [each for each in ranking(group, rules) if BY_ROOM <= rank(group, each) < ranked]
    return [each for each in better if not has_room(group, each, rules)]


def is_engaged(group: Group, agency: str) -> bool:
    """A worker of the agency reached her in this episode (domain.md 6.2)."""
    return agency in ENGAGING and group.has_reached(agency)


def has_room(group: Group, agency: str, rules: Rules) -> bool:
    """Whether the directory offers the service to her, and it has room."""
    listed = rules.policy.services.get(agency)
    levels = [matter.level for matter in group.open_incidents if matter.level]
    gravest = max(levels, key=lambda level: level.rank, default=None)
    return agency not in rules.full and (listed is None or listed.works_with(gravest))


def ranking(group: Group, rules: Rules) -> list[str]:
    """The agencies whose wish may be served, best first, equals by time.

    One without room comes after all others, but for an engaged one and at HIGH or MARAC.
    """
    asked: dict[str, datetime] = {}
    for wish in served(group):
        at = wish.matter.first_at
        asked[wish.agency] = min(at, asked.get(wish.agency, at))
    if asked and (graves := grave(group)):
        asked.setdefault(high_service(group), graves[0].first_at)

    def place(agency: str) -> tuple[bool, int, datetime, str]:
        ranked = rank(group, agency)
        waits = ranked >= BY_ROOM and not has_room(group, agency, rules)
        return (waits, ranked, asked[agency], agency)

    return sorted(asked, key=place)


def first_choice(group: Group, rules: Rules) -> str | None:
    """Who leads when nobody does; those that let it lapse come after, but for HIGH and MARAC."""
    ranked = ranking(group, rules)
    lapsed = group.episode.lapsed if group.episode and not grave(group) else ()
    fresh = [agency for agency in ranked if agency not in lapsed]
    return next(iter([*fresh, *ranked]), None)


def after_lapse(group: Group, lead: Lead, rules: Rules) -> str:
    """Who leads after a lapse: HIGH and MARAC stay with the service, else the next that wanted.

    A service that nobody asks for any more (she is younger than was known) is followed by the one
    that is asked for.
    """
    graves = grave(group)
    if any(group.is_listed(matter) for matter in graves):
        return lead.agency if lead.agency in FOR_HIGH else high_service(group)
    ranked = ranking(group, rules)
    if graves:
        return lead.agency if lead.agency in ranked else next(iter(ranked), lead.agency)
    lapsed = group.episode.lapsed if group.episode else ()
    others = [agency for agency in ranked if agency != lead.agency]
    fresh = [agency for agency in others if agency not in lapsed or is_engaged(group, agency)]
    return next(iter([*fresh, *others, lead.agency]))
