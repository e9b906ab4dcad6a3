"""The people of a synthetic town: households, children, names of six origins, shared numbers."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Any

STREETS = (
    "Cutler",
    "Forge",
    "Anvil",
    "Crucible",
    "Ingot",
    "Bellows",
    "Furnace",
    "Lathe",
    "Rolling",
)
WAYS = ("Street", "Road", "Lane", "Close", "Terrace", "Mews")
OUTCODES = {
    "rotherham": ("S60", "S61", "S62", "S63", "S65", "S66", "S26", "S13"),
    "sheffield": ("S2", "S5", "S6", "S7", "S8", "S9", "S10", "S12", "S20"),
}
INWARD = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True)
class Human:
    """Somebody as they are, whatever forms say of them."""

    id: str
    given_names: str
    family_name: str
    sex: str
    born: date
    origin: str
    mobile: str | None = None
    email: str | None = None
    nhs_number: str | None = None

    def age_on(self, day: date) -> int:
        """Whole years on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass(frozen=True)
class Household:
    """A home, the two adults it is about, and their children."""

    area: str
    lines: tuple[str, ...]
    postcode: str
    landline: str | None
    victim: Human
    suspect: Human
    others: tuple[Human, ...] = field(default=())
    """Former partners or relatives who do harm too; they live elsewhere."""
    children: tuple[Human, ...] = field(default=())


class People:
    """Makes people and homes, each once, from one source of chance."""

    def __init__(self, chance: Random, today: date) -> None:
        self.chance = chance
        self.today = today
        self.count = 0
        self.mobiles = chance.sample(range(100_000), 60_000)

    def household(self) -> Household:
        """A home with its people."""
        area = "rotherham" if self.chance.random() < 0.6 else "sheffield"
        origin = self._origin()
        victim = self.adult(origin, "female" if self.chance.random() < 0.8 else "male")
        suspect = self.adult(
            origin,
            "male" if victim.sex == "female" else "female",
            victim.family_name if self.chance.random() < 0.45 else None,
        )
        others = (self.adult(self._origin(), "male"),) if self.chance.random() < 0.15 else ()
        children = self.children(victim, suspect) if self.chance.random() < 0.55 else ()
        street = f"{self.chance.choice(STREETS)} {self.chance.choice(WAYS)}"
        line = f"{self.chance.randint(1, 199)} {street}"
        landline = self._landline(area) if self.chance.random() < 0.35 else None
        return Household(
            area, (line,), self._postcode(area), landline, victim, suspect, others, children
        )

    def adult(self, origin: str, sex: str, family: str | None = None) -> Human:
        """A grown-up, now and then a teenager in a relationship of their own."""
        years = self.chance.choice((16, 17)) if self.chance.random() < 0.02 else None
        age = years or min(92, 18 + int(self.chance.gammavariate(2.2, 8)))
        return self._human(origin, sex, family, self._born(age), grown=True)

    def children(self, victim: Human, suspect: Human) -> tuple[Human, ...]:
        """One to three children, sometimes twins."""
        oldest = max(0, min(17, victim.age_on(self.today) - 18))
        ages = sorted(self.chance.randint(0, oldest) for _ in range(self.chance.randint(1, 3)))
        born = [self._born(age) for age in ages]
        if len(born) > 1 and self.chance.random() < 0.12:
            born[1] = born[0]
        family = self.chance.choice((victim.family_name, suspect.family_name))
        return tuple(
            self._human(victim.origin, self.chance.choice(("female", "male")), family, day)
            for day in born
        )

    def _human(
        self, origin: str, sex: str, family: str | None, born: date, *, grown: bool = False
    ) -> Human:
        self.count += 1
        names = _names()[origin]
        given = self.chance.choice(names[sex])
        family = family or self.chance.choice(names["family"])
        mobile = self._mobile() if grown and self.chance.random() < 0.92 else None
        handle = f"{given}.{family}{self.count}".lower().replace(" ", "")
        email = f"{handle}@example.org" if grown and self.chance.random() < 0.3 else None
        nhs = self._nhs_number() if self.chance.random() < 0.3 else None
        return Human(f"p{self.count:05d}", given, family, sex, born, origin, mobile, email, nhs)

    def _origin(self) -> str:
        names = _names()
        [origin] = self.chance.choices(list(names), [names[one]["share"] for one in names])
        return origin

    def _born(self, age: int) -> date:
        latest = self.today - timedelta(days=round(365.25 * age) + 1)
        return latest - timedelta(days=self.chance.randint(0, 363 if age else 300))

    def _mobile(self) -> str:
        return f"07700 9{self.mobiles.pop():05d}"

    def _landline(self, area: str) -> str:
        prefix = "01709 49" if area == "rotherham" else "0114 496 "
        return f"{prefix}{self.chance.randint(0, 9999):04d}"

    def _postcode(self, area: str) -> str:
        inward = "".join(self.chance.choices(INWARD, k=2))
        return f"{self.chance.choice(OUTCODES[area])} {self.chance.randint(1, 9)}{inward}"

    def _nhs_number(self) -> str:
        """A number of the range kept for tests (999), with its check digit."""
        while True:
            digits = [9, 9, 9, *(self.chance.randint(0, 9) for _ in range(6))]
            check = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits)) % 11
            if check != 10:
                return "".join(map(str, [*digits, 0 if check == 11 else check]))


@cache
def _names() -> dict[str, dict[str, Any]]:
    text = (resources.files(__package__) / "names.json").read_text("utf-8")
    names: dict[str, dict[str, Any]] = json.loads(text)
    return names
