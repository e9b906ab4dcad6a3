"""A world to match in: who is known, what comes in, and the truth about both."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from services.ops.matching.forms import Clerk
from services.ops.matching.people import Family, Somebody, Town, gendered

Line = dict[str, Any]
AGAIN = 0.62
"""The share of reports that are about a family known before."""
LATELY = 0.35
"""Of those, the share that are about the latest fifth of families."""


@dataclass
class World:
    """Lines as files hold them, and by record whose each is."""

    known: list[Line] = field(default_factory=list)
    incoming: list[Line] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)


def a_world(seed: int, records: int, known_share: float = 0.4) -> World:
    """A town with so many records coming in, each report a family's; many come again."""
    return _Maker(seed).world(records, known_share)


class _Maker:
    """Makes the lines of one world."""

    def __init__(self, seed: int) -> None:
        self.town, self.clerk = Town(seed), Clerk(seed + 1)
        self.random = self.town.random
        self.made = World()
        self.numbers = 0
        self.known: set[str] = set()

    def world(self, records: int, known_share: float) -> World:
        """Families who are known, then reports about them and about others."""
        families: list[Family] = []
        while len(self.made.known) < records * known_share:
            families.append(self.town.family())
            self._know(families[-1])
        while len(self.made.incoming) < records:
            if families and self.town.chance(AGAIN):
                family = self._picked(families)
                self._live(family)
            else:
                family = self.town.family()
                families.append(family)
            self._report(family)
        return self.made

    def _picked(self, families: list[Family]) -> Family:
        latest = families[-max(1, len(families) // 5) :]
        return self.random.choice(latest if self.town.chance(LATELY) else families)

    def _know(self, family: Family) -> None:
        report = f"K{self._next()}"
        for one, role in self._parties(family, family.woman, family.man):
            if one.ref not in self.known and self.town.chance(0.85):
                self.known.add(one.ref)
                line = self._line(one, role, report, careful=self.town.chance(0.5))
                if role == "suspect":
                    line["relationship_to_victim"] = "partner"
                self.made.known.append(line)

    def _report(self, family: Family) -> None:
        report = f"I{self._next()}"
        victim, suspect = family.woman, family.man
        if self.town.chance(0.07):
            victim, suspect = suspect, victim
        elif family.others and self.town.chance(0.12):
            victim = self.random.choice(family.others)
        for one, role in self._parties(family, victim, suspect):
            if role != "suspect" or not self.town.chance(0.12):
                line = self._line(one, role, report)
                if role == "suspect":
                    line["relationship_to_victim"] = _related(victim, family)
                self.made.incoming.append(line)

    def _parties(
        self, family: Family, victim: Somebody, suspect: Somebody
    ) -> Iterator[tuple[Somebody, str]]:
        yield victim, "victim"
        yield suspect, "suspect"
        for child in family.children:
            if self.town.chance(0.85):
                yield child, "child"

    def _line(self, one: Somebody, role: str, report: str, careful: bool = False) -> Line:
        record = f"r{self._next()}"
        self.made.truth[record] = one.ref
        self.made.origin[record] = one.origin
        told = self.clerk.write(one, role, careful=careful)
        return {"record_id": record, "role": role, "report": report, **told}

    def _live(self, family: Family) -> None:
        """What changes between two reports: moves, new numbers, marriages, partners."""
        woman, man = family.woman, family.man
        if self.town.chance(0.14):
            moving = [woman, *family.children, *([man] if self.town.chance(0.3) else [])]
            home = self.town.home()
            for one in moving:
                one.home = home
        if self.town.chance(0.1):
            man.home = self.town.home()
        for one in (woman, man):
            if self.town.chance(0.12):
                one.mobile = self.town.mobile()
        if woman.family != man.family and self.town.chance(0.03):
            woman.former.append(woman.family)
            woman.family = gendered(man.family, True, woman.origin)
        if self.town.chance(0.05):
            family.man = self.town.family().man

    def _next(self) -> int:
        self.numbers += 1
        return self.numbers


def _related(victim: Somebody, family: Family) -> str:
    """How the suspect is related to the victim."""
    if victim in (family.woman, family.man):
        return "partner"
    return "son" if victim.years > family.man.years + 15 else "sister's partner"
