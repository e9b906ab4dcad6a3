"""How a lead begins and ends."""

from dataclasses import replace
from uuid import UUID

from contracts.vocabulary import episode_id_of, lead_id_of
from services.victim_contact.domain.clocks import first_due
from services.victim_contact.domain.details import About
from services.victim_contact.domain.leads import Due, Episode, Lead
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.news import Ended, Granted, Planned
from services.victim_contact.domain.order import why_first
from services.victim_contact.domain.plan import waiting
from services.victim_contact.domain.reasons import DUE_BY_CLOCK, DUE_BY_WINDOW, STAYS, Ending
from services.victim_contact.domain.turn import Turn
from services.victim_contact.domain.wishes import Wish, all_ways, grave, served, served_persons


def grant(turn: Turn, agency: str, anew: bool = False) -> None:
    """Ask an agency, and no other, to contact: the next fence, the first attempt's clock.

    `anew`: what others tried does not count.
    """
    fence = turn.group.fence + 1
    in_contact = turn.goes_on and not anew and _has_reached_all(turn, agency)
    episode = _episode(turn, fence, anew, in_contact)
    turn.become(fence=fence, episode=episode)
    persons = waiting(turn.group, turn.rules.policy) or served_persons(turn.group)
    due, by_window = first_due(turn.group, persons, turn.now, turn.rules)
    first = why_first(turn.group, agency, turn.rules)
    stays = episode.lapses >= turn.rules.policy.lapses
    because = (
        *first,
        DUE_BY_WINDOW if by_window else DUE_BY_CLOCK,
        *((STAYS,) if stays else ()),
    )
    lead = replace(
        _lead(turn, agency, episode.episode_id, due),
        why=tuple(why.code for why in because),
        stays=stays,
    )
    if in_contact:
        lead = replace(lead, due=None, expires_at=turn.now + turn.rules.policy.review)
    turn.become(lead=lead)
    turn.say(Granted(lead, because))
    turn.say(Planned(lead))
    if lead.stays:
        turn.alarm(STAYS, lead, lead.first_due_at)


def _has_reached_all(turn: Turn, agency: str) -> bool:
    """The agency is in contact with everybody already: nothing is due."""
    group = turn.group
    if waiting(group, turn.rules.policy):
        return False
    return all(group.has_reached(agency, person) for person in served_persons(group))


def _episode(turn: Turn, fence: int, anew: bool, in_contact: bool) -> Episode:
    group = turn.group
    if group.episode is None:
        return Episode(episode_id_of(group.contact_group, fence), turn.now, fence)
    again = anew or not (in_contact or waiting(group, turn.rules.policy))
    return replace(group.episode, round=fence) if again else group.episode


def _lead(turn: Turn, agency: str, episode_id: UUID, due: Due) -> Lead:
    group, wishes = turn.group, served(turn.group)
    reasons = _asked(wishes, agency) or grave(group)
    first = reasons[0] if reasons else wishes[0].matter
    return Lead(
        lead_id=lead_id_of(group.contact_group, group.fence),
        contact_group=group.contact_group,
        fence=group.fence,
        agency=agency,
        victim_id=first.person_id,
        episode_id=episode_id,
        area=first.area,
        about=About(*first.about),
        granted_at=turn.now,
        first_due_at=due.due_at,
        expires_at=due.due_at,
        due=due,
        points=all_ways(group, served_persons(group)),
        incident_ids=tuple(matter.id for matter in reasons if matter.is_incident),
        request_ids=tuple(matter.id for matter in reasons if not matter.is_incident),
        policy_version=turn.rules.version,
    )


def _asked(wishes: list[Wish], agency: str) -> list[Matter]:
    """The incidents that it contacts for, and the agency's own requests."""
    own = [w.matter for w in wishes if w.matter.is_incident or w.agency == agency]
    return list({matter.id: matter for matter in own}.values())


def end(turn: Turn, ending: Ending, to_agency: str | None) -> None:
    """End the lead before its contact is closed, and say who follows it."""
    ended = turn.end_lead(ending)
    covered = () if to_agency else _covered_by(turn, ended)
    turn.say(Ended(ended, ending, to_agency, covered))


def _covered_by(turn: Turn, lead: Lead) -> tuple[Wish, ...]:
    return tuple(
        Wish(matter, told.agency)
        for matter in turn.group.matters
        for told in matter.told
        if told.lead_id == lead.lead_id and told.agency != lead.agency
    )


def hand_over(turn: Turn, ending: Ending, agency: str) -> None:
    """End the lead and grant the next at once, who begins anew."""
    end(turn, ending, agency)
    grant(turn, agency, anew=True)
