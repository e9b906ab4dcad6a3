"""Who led when, as the contact topics tell it: the check that nobody ever led beside another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from services.ops.replay.said import Everything, Said

GRANTED = "contact.lead-granted.v1"
MERGED = "identity.persons-merged.v1"
ENDED = (
    "contact.lead-handed-over.v1",
    "contact.lead-lapsed.v1",
    "contact.lead-revoked.v1",
    "contact.closed.v1",
)


_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead from its grant to its end; one that stands has no end."""

    lead_id: str
    group: str
    victim: str
    agency: str
    start: datetime
    end: datetime | None = None

    def beside(self, other: "Lead") -> bool:
        """Whether both led at one moment; ending as the other begins is no overlap."""
        first, second = sorted((self, other), key=_by_time)
        return first.end is None or first.end > second.start


@dataclass(frozen=True, slots=True)
class Told:
    """A word on a person's contact group."""

    at: datetime
    version: int
    group: str


def _by_time(lead: Lead) -> tuple[datetime, datetime]:
    """One that ended in the very moment in which it began comes before what followed it."""
    return lead.start, lead.end or _NEVER


def leads_of(everything: Everything) -> list[Lead]:
    """Every lead with its end, in the order of the grants."""
    leads = {event.data["lead_id"]: _granted(event) for event in everything.on(GRANTED)}
    for event in everything.on(*ENDED):
        lead = leads.get(event.data["lead_id"])
        if lead is not None and (lead.end is None or event.time < lead.end):
            leads[lead.lead_id] = replace(lead, end=event.time)
    return sorted(leads.values(), key=lambda lead: (lead.start, lead.lead_id))


def standing_leads(everything: Everything) -> list[Lead]:
    """The leads that stand at the end."""
    return [lead for lead in leads_of(everything) if lead.end is None]


def double_leads(everything: Everything) -> list[tuple[Lead, Lead]]:
    """Pairs that led at once: in one group, for one victim, or for persons who are one."""
    leads, told = leads_of(everything), _told_of_groups(everything)
    groups = _groups(told)
    standing = [_regrouped(lead, groups) for lead in leads if lead.end is None]
    granted = [_until_regrouped(lead, told) for lead in leads]
    pairs = [*_pairs(granted, "group"), *_pairs(leads, "victim"), *_pairs(standing, "group")]
    pairs += _pairs_of_merged(everything, leads)
    found = {(one.lead_id, other.lead_id): (one, other) for one, other in pairs}
    return sorted(found.values(), key=lambda pair: (pair[0].start, *(one.lead_id for one in pair)))


def _granted(event: Said) -> Lead:
    told = event.data
    return Lead(
        told["lead_id"], told["contact_group"], told["victim_id"], told["agency"], event.time
    )


def _pairs(leads: Iterable[Lead], by: str) -> list[tuple[Lead, Lead]]:
    gathered: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        gathered[getattr(lead, by)].append(lead)
    return [
        (one, other)
        for together in gathered.values()
        for one, other in combinations(together, 2)
        if one.beside(other)
    ]


def _pairs_of_merged(everything: Everything, leads: list[Lead]) -> list[tuple[Lead, Lead]]:
    """Pairs that led at once for persons who had become one by then."""
    now: dict[str, str] = {}
    found = []
    for event in sorted(everything.on(MERGED), key=lambda event: event.time):
        kept = event.data["kept_id"]
        gone = {kept, *event.data["merged_ids"]}
        now |= {person: kept for person, one in now.items() if one in gone}
        now |= dict.fromkeys(gone, kept)
        hers = [lead for lead in leads if now.get(lead.victim) == kept]
        pairs = (pair for pair in combinations(hers, 2) if pair[0].beside(pair[1]))
        found += [pair for pair in pairs if _since(event.time, *pair)]
    return found


def _since(at: datetime, one: Lead, other: Lead) -> bool:
    """Whether both led after this moment, or one was granted in it beside the other."""
    ends = [lead.end for lead in (one, other) if lead.end is not None]
    return max(one.start, other.start) >= at or min(ends, default=_NEVER) > at


def _regrouped(lead: Lead, groups: dict[str, str]) -> Lead:
    return replace(lead, group=groups.get(lead.victim, lead.group))


def _until_regrouped(lead: Lead, told: Mapping[str, list[Told]]) -> Lead:
    """The lead as long as its victim's group is the one that it was granted in."""
    words = told.get(lead.victim, [])
    known = (each.version for each in words if each.at <= lead.start and each.group == lead.group)
    then = max(known, default=0)
    parted = (each.at for each in words if each.version > then and each.group != lead.group)
    moved = min((at for at in parted if at >= lead.start), default=_NEVER)
    return replace(lead, end=moved) if moved < (lead.end or _NEVER) else lead


def _groups(told: Mapping[str, list[Told]]) -> dict[str, str]:
    """The group of each person at the end, by the highest group version that names them."""
    return {person: max(each, key=lambda one: one.version).group for person, each in told.items()}


def _told_of_groups(everything: Everything) -> dict[str, list[Told]]:
    """By person: in which groups they were said to be."""
    found: dict[str, list[Told]] = defaultdict(list)
    for event in everything:
        for each in _grouped(event):
            for member in each["group_members"]:
                told = Told(event.time, int(each["group_version"]), each["contact_group"])
                found[member].append(told)
    return found


def _grouped(event: Said) -> list[Mapping[str, Any]]:
    if not event.topic.startswith("identity."):
        return []
    told = (event.data, *event.data.get("groups", ()))
    return [each for each in told if "group_version" in each]
