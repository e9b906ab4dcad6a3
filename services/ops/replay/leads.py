"""Who led when, as the contact topics tell it: the check that nobody ever led beside another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from services.ops.replay.said import Everything, Said

GRANTED = "contact.lead-granted.v1"
ENDED = (
    "contact.lead-handed-over.v1",
    "contact.lead-lapsed.v1",
    "contact.lead-revoked.v1",
    "contact.closed.v1",
)


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


def _by_time(lead: Lead) -> tuple[datetime, datetime]:
    """One that ended in the very moment in which it began comes before what followed it."""
    return lead.start, lead.end or datetime.max.replace(tzinfo=UTC)


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
    """Pairs that led at once: in one group, for one victim, or at the end for one person."""
    leads = leads_of(everything)
    groups = _groups(everything)
    standing = [_regrouped(lead, groups) for lead in leads if lead.end is None]
    pairs = [*_pairs(leads, "group"), *_pairs(leads, "victim"), *_pairs(standing, "group")]
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


def _regrouped(lead: Lead, groups: dict[str, str]) -> Lead:
    return replace(lead, group=groups.get(lead.victim, lead.group))


def _groups(everything: Everything) -> dict[str, str]:
    """The group of each person at the end, by the highest group version that names them."""
    said = [told for event in everything for told in _grouped(event)]
    in_order = sorted(said, key=lambda told: int(told["group_version"]))
    return {member: told["contact_group"] for told in in_order for member in told["group_members"]}


def _grouped(event: Said) -> list[Mapping[str, Any]]:
    if not event.topic.startswith("identity."):
        return []
    told = (event.data, *event.data.get("groups", ()))
    return [each for each in told if "group_version" in each]
