"""The contact groups a batch may touch, in memory, and the rules of their areas."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from services.kit.areas import Policies
from services.kit.rows import Rows
from services.kit.working_time import WorkingTime
from services.victim_contact.domain.group import Group
from services.victim_contact.domain.leads import Lead
from services.victim_contact.domain.matters import Matter
from services.victim_contact.domain.policy import Policy
from services.victim_contact.domain.regrouping import new_group
from services.victim_contact.domain.rules import Rules


@dataclass(frozen=True)
class Reference:
    """What stands beside the rows: area policy and office hours."""

    policies: Policies[Policy] = Policies({}, {}, Policy())  # noqa: RUF009
    office: WorkingTime = WorkingTime()  # noqa: RUF009

    @property
    def has_capacities(self) -> bool:
        """Whether any area's directory bounds a service."""
        policies = self.policies.by_area.values()
        return any(s.capacity is not None for p in policies for s in p.services.values())


@dataclass(frozen=True, slots=True)
class Alias:
    """A person who turned out to be another."""

    person_id: UUID
    kept_id: UUID


@dataclass(frozen=True, slots=True)
class SaidOf:
    """How much was said about a contact group, whoever belonged to it."""

    contact_group: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Place:
    """Which group a person, an incident or a request belongs to."""

    id: UUID
    contact_group: UUID


class Groups:
    """Contact groups by id, and by member; built empty, it is also the test double."""

    def __init__(self, groups: Iterable[Group] = (), reference: Reference | None = None) -> None:
        self.reference = reference or Reference()
        self.rows = Rows[UUID, Group](attrgetter("contact_group"), groups)
        self.leads = Rows[UUID, Lead](attrgetter("lead_id"))
        self.aliases = Rows[UUID, Alias](attrgetter("person_id"))
        self.counters = Rows[UUID, SaidOf](attrgetter("contact_group"))
        self.standing: Counter[tuple[str, str]] = Counter()
        """How many leads stand, by area and agency: what a service's capacity is held against."""
        self.unheard: frozenset[UUID] = frozenset()
        """Leads of which outcomes are parked: their lease waits."""
        self._placed = set(self._places())
        self._homes = {
            member: group.contact_group for group in self.rows for member in group.members
        }
        self._matters = {
            matter.id: group.contact_group for group in self.rows for matter in group.matters
        }

    def resolved(self, person_id: UUID) -> UUID:
        """Who a person is now, where several turned out to be one."""
        alias = self.aliases.get(person_id)
        return person_id if alias is None else self.resolved(alias.kept_id)

    def known(self, person_id: UUID) -> Group | None:
        """The group of a person, or None when nothing was heard of her."""
        home = self._homes.get(self.resolved(person_id))
        return None if home is None else self.rows.get(home)

    def of(self, person_id: UUID) -> Group:
        """The group of a person; one nobody heard of is alone in hers."""
        return self.known(person_id) or new_group([self.resolved(person_id)], version=-1)

    def with_matter(self, matter_id: UUID) -> Group | None:
        """The group that an incident or request belongs to."""
        home = self._matters.get(matter_id)
        return None if home is None else self.rows.get(home)

    def matter(self, matter_id: UUID) -> Matter | None:
        """An incident or request, whatever group it belongs to."""
        group = self.with_matter(matter_id)
        return group.matter(matter_id) if group else None

    def know(
        self, leads: Iterable[Lead], aliases: Iterable[Alias], counters: Iterable[SaidOf]
    ) -> None:
        """Take in what was loaded beside the groups."""
        self.leads = Rows(attrgetter("lead_id"), leads)
        self.aliases = Rows(attrgetter("person_id"), aliases)
        self.counters = Rows(attrgetter("contact_group"), counters)

    def placed(self) -> list[Place]:
        """Persons and matters that are in another group than they were loaded with."""
        return [place for place in self._places() if place not in self._placed]

    def left(self) -> list[UUID]:
        """Persons and matters that are in no group any more."""
        present = {place.id for place in self._places()}
        return [place.id for place in self._placed if place.id not in present]

    def replace(self, before: Iterable[UUID], after: Iterable[Group]) -> None:
        """Keep groups as they are now, in the place of those they came from."""
        for contact_group in before:
            self._forget(contact_group)
        for group in after:
            self._forget(group.contact_group)
            self.rows.put(group)
            self._homes |= dict.fromkeys(group.members, group.contact_group)
            self._matters |= {matter.id: group.contact_group for matter in group.matters}

    def keep_lead(self, lead: Lead) -> None:
        """Keep a lead as it is now, standing or ended."""
        before = self.leads.get(lead.lead_id)
        self.standing[lead.area, lead.agency] += _stands(lead) - _stands(before)
        self.leads.put(lead)

    def lead(self, lead_id: UUID) -> Lead | None:
        """A lead that was ever granted."""
        return self.leads.get(lead_id)

    def join(self, kept_id: UUID, merged: Iterable[UUID]) -> None:
        """Remember that persons are one."""
        for person_id in merged:
            self.aliases.put(Alias(person_id, kept_id))

    def next_version(self, contact_group: UUID) -> int:
        """The next number of what is said about a group."""
        counter = self.counters.get(contact_group)
        version = counter.version + 1 if counter else 1
        self.counters.put(SaidOf(contact_group, version))
        return version

    def rules_of(self, area: str) -> Rules:
        """The rules that hold in an area."""
        policy = self.reference.policies.of(area)
        held = {agency: self.standing[area, agency] for agency in policy.services}
        full = {agency for agency in held if policy.services[agency].is_full(held[agency])}
        version = self.policy_version_of(area)
        return Rules(policy, self.reference.office, frozenset(full), version)

    def policy_version_of(self, area: str) -> str:
        """The version to store with a decision."""
        return self.reference.policies.version_of(area)

    def _places(self) -> Iterator[Place]:
        for group in self.rows:
            for each in (*group.members, *(matter.id for matter in group.matters)):
                yield Place(each, group.contact_group)

    def _forget(self, contact_group: UUID) -> None:
        group = self.rows.get(contact_group)
        if group is None:
            return
        self.rows.remove(contact_group)
        for member in group.members:
            self._homes.pop(member, None)
        for matter in group.matters:
            self._matters.pop(matter.id, None)


def _stands(lead: Lead | None) -> int:
    return int(lead is not None and lead.ended_at is None)
