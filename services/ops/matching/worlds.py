"""A world to match in: who is known, what comes in, and the truth about both."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from services.ops.matching.forms import Clerk
from services.ops.matching.people import Family, Somebody, Town

Line = dict[str, Any]


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
        self._numbers = 0

    def world(self, records: int, known_share: float) -> World:
        families: list[Family] = []
        while len(self.made.known) < records * known_share:
            families.append(self.town.family())
            self._know(families[-1])
        while len(self.made.incoming) < records:
            if self.random.random() < 0.62 and families:
                family = self._picked(families)
                self._live(family)
            else:
                family = self.town.family()
                families.append(family)
            self._report(family)
        return self.made

    def _picked(self, families: list[Family]) -> Family:
        few = max(1, len(families) // 5)
        return self.random.choice(families[-few:] if self.random.random() < 0.35 else families)

    def _know(self, family: Family) -> None:
        report = f"K{self._next()}"
        woman = family.woman
        for one, role in self._parties(family, woman, family.man):
            if (
                self.random.random() < 0.85
                and not one.ref.startswith("x")
                and one.ref not in self._seen
            ):
                self._seen.add(one.ref)
                self.made.known.append(
                    self._line(one, role, report, clean=self.random.random() < 0.5)
                )

    @property
    def _seen(self) -> set[str]:
        return self.__dict__.setdefault("seen", set())

    def _report(self, family: Family) -> None:
        r = self.random
        report = f"I{self._next()}"
        victim, suspect = family.woman, family.man
        if r.random() < 0.07:
            victim, suspect = suspect, victim
        elif r.random() < 0.12 and family.others:
            victim = r.choice(family.others)
        for one, role in self._parties(family, victim, suspect):
            if role == "suspect" and r.random() < 0.12:
                continue
            self.made.incoming.append(self._line(one, role, report))

    def _parties(
        self, family: Family, victim: Somebody, suspect: Somebody
    ) -> Iterator[tuple[Somebody, str]]:
        yield victim, "victim"
        yield suspect, "suspect"
        for child in family.children:
            if self.random.random() < 0.85:
                yield child, "child"

    def _line(self, one: Somebody, role: str, report: str, clean: bool = False) -> Line:
        record = f"r{self._next()}"
        self.made.truth[record] = one.ref
        self.made.origin[record] = one.origin
        line = self.clerk.write(one, role, clean=clean)
        if role == "suspect":
            line["relationship_to_victim"] = "partner"
        if (
            role == "child"
            and one.mobile is None
            and "phones" not in line
            and self.random.random() < 0.2
        ):
            line["phones"] = (
                [{"number": f"01709 {self.random.randint(200000, 899999)}"}] if False else []
            )
        return {
            "record_id": record,
            "role": role,
            "report": report,
            **{k: v for k, v in line.items() if v},
        }

    def _live(self, family: Family) -> None:
        """What changes between two reports: moves, new numbers, marriages, partners."""
        r = self.random
        if r.random() < 0.14:
            self._move(
                [family.woman, *family.children], together=family.man if r.random() < 0.3 else None
            )
        if r.random() < 0.1:
            family.man.home = self.town.home()
        for one in (family.woman, family.man):
            if r.random() < 0.12:
                one.mobile = self.town.mobile()
        if r.random() < 0.03 and family.woman.family != family.man.family:
            family.woman.former.append(family.woman.family)
            family.woman.family = self.town._wifes(family.man.family, family.woman.origin)
        if r.random() < 0.05:
            self._new_man(family)

    def _new_man(self, family: Family) -> None:
        other = self.town.family()
        family.man = other.man

    def _move(self, who: list[Somebody], together: Somebody | None) -> None:
        home = self.town.home()
        for one in [*who, *([together] if together else [])]:
            one.home = home

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers
