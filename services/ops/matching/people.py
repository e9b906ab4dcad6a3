"""An invented town: families of many origins, who move, marry, share phones and have twins."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random

STREETS = [
    "Clifton Lane",
    "Moorgate Road",
    "Doncaster Road",
    "Herringthorpe Valley Road",
    "Wickersley Road",
    "Fitzwilliam Road",
    "Badsley Moor Lane",
    "Broom Road",
    "Middle Lane",
    "Wellgate",
    "Gerard Road",
    "Godstone Road",
    "Alma Road",
    "Oakwood Road",
    "High Street",
    "Church Street",
    "Station Road",
    "Park Road",
    "Victoria Street",
    "Albert Road",
]
TODAY = date(2026, 11, 1)


@cache
def names() -> dict[str, dict[str, list[str]]]:
    """Names by origin; `|` stands between the parts of one given name."""
    text = (resources.files(__package__) / "names.json").read_text(encoding="utf-8")
    return {
        origin: {part: told[part].split() for part in ("female", "male", "family")}
        for origin, told in json.loads(text).items()
    }


@cache
def origins() -> tuple[list[str], list[int]]:
    """Origins and their shares of the town."""
    text = (resources.files(__package__) / "names.json").read_text(encoding="utf-8")
    read = json.loads(text)
    return list(read), [told["share"] for told in read.values()]


@dataclass
class Home:
    """A household's address and landline."""

    lines: list[str]
    postcode: str
    landline: str | None = None


@dataclass
class Somebody:
    """One true person; what changes in a life is changed here."""

    ref: str
    origin: str
    given: str
    family: str
    born: date
    female: bool
    home: Home
    middle: str | None = None
    mobile: str | None = None
    email: str | None = None
    nhs: str | None = None
    former: list[str] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)

    @property
    def is_child(self) -> bool:
        """Whether under 18."""
        return (TODAY - self.born).days < 18 * 365


@dataclass
class Family:
    """A couple, together or not, with children and whoever else lives there."""

    woman: Somebody
    man: Somebody
    children: list[Somebody]
    others: list[Somebody]


class Town:
    """Makes families; the same seed makes the same town."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._count = 0
        self._recent: list[Somebody] = []

    def family(self) -> Family:
        """A new family at a new home."""
        r = self.random
        origin = r.choices(*origins())[0]
        home = self.home()
        other = origin if r.random() < 0.85 else r.choices(*origins())[0]
        woman = self.adult(origin, True, home)
        man = self.adult(other, False, home if r.random() < 0.55 else self.home())
        if r.random() < 0.5:
            woman.family = self._wifes(man.family, origin)
        if r.random() < 0.06 and man.home is woman.home:
            man.mobile = woman.mobile
        children = self._children(woman, man)
        others = self._others(woman, man)
        return Family(woman, man, children, others)

    def home(self) -> Home:
        """A house or a flat; neighbours share the postcode."""
        r = self.random
        postcode = f"S{r.choice((60, 61, 62, 65, 66))} {r.randint(1, 9)}{r.choice('ABDEFGH')}{r.choice('ABDEFGHJLNPQRSTUWXYZ')}"
        number, street = r.randint(1, 180), r.choice(STREETS)
        lines = [f"{number} {street}", "Rotherham"]
        if r.random() < 0.12:
            lines = [f"Flat {r.randint(1, 40)}", f"{r.randint(1, 9)} {street}", "Rotherham"]
        landline = f"01709 {r.randint(200000, 899999)}" if r.random() < 0.35 else None
        return Home(lines, postcode, landline)

    def adult(self, origin: str, female: bool, home: Home, near: int | None = None) -> Somebody:
        """A grown-up with their own phone and mail, mostly."""
        r = self.random
        years = near if near is not None else int(r.triangular(18, 75, 30))
        one = self.somebody(origin, female, home, years)
        one.mobile = self.mobile() if r.random() < 0.92 else None
        if r.random() < 0.5:
            name = one.given.split("|")[-1].lower()
            one.email = f"{name}.{one.family.lower()}{self._count}@mail.example".replace(" ", "")
        one.nhs = self.nhs() if r.random() < 0.9 else None
        return one

    def mobile(self) -> str:
        """A mobile number."""
        return f"07{self.random.randint(300000000, 999999999)}"

    def nhs(self) -> str:
        """A number with a right check digit."""
        while True:
            nine = [self.random.randint(0, 9) for _ in range(9)]
            check = 11 - sum(d * (10 - i) for i, d in enumerate(nine)) % 11
            if check != 10 and nine[0] in (4, 6, 7):
                return "".join(map(str, [*nine, check % 11]))

    def somebody(self, origin: str, female: bool, home: Home, years: int) -> Somebody:
        """A person of that age."""
        r = self.random
        self._count += 1
        born = TODAY - timedelta(days=years * 365 + r.randint(0, 364))
        listed = names()[origin]
        given = self._skewed(listed["female" if female else "male"])
        middle = self._skewed(listed["female" if female else "male"]).split("|")[0]
        one = Somebody(
            ref=f"p{self._count}",
            origin=origin,
            given=given,
            family=self._gendered(self._skewed(listed["family"]), female, origin),
            born=born,
            female=female,
            home=home,
            middle=middle if r.random() < 0.6 and origin == "english" and middle != given else None,
        )
        if self._recent and r.random() < 0.004:
            other = r.choice(self._recent)
            if other.home is not home:
                self._namesake(one, other)
        self._recent.append(one)
        return one

    def _namesake(self, one: Somebody, other: Somebody) -> None:
        one.given, one.family, one.female, one.origin = (
            other.given,
            other.family,
            other.female,
            other.origin,
        )
        if self.random.random() < 0.1:
            one.born = other.born

    def _skewed(self, listed: list[str]) -> str:
        place = min(int(self.random.expovariate(3.0 / len(listed))), len(listed) - 1)
        return listed[place] if self.random.random() < 0.75 else self.random.choice(listed)

    def _gendered(self, family: str, female: bool, origin: str) -> str:
        if origin == "polish" and female and family.endswith("ski"):
            return family[:-1] + "a"
        if origin == "south_asian" and family in ("Singh", "Kaur", "Begum", "Bibi"):
            return (
                {"Singh": "Kaur", "Kaur": "Kaur"}.get(family, family)
                if female
                else {"Kaur": "Singh", "Begum": "Khan", "Bibi": "Hussain"}.get(family, family)
            )
        return family

    def _wifes(self, family: str, origin: str) -> str:
        return self._gendered(family, True, origin)

    def _children(self, woman: Somebody, man: Somebody) -> list[Somebody]:
        r = self.random
        mother = (TODAY - woman.born).days // 365
        wanted = r.choices((0, 1, 2, 3, 4), (25, 28, 28, 13, 6))[0]
        found: list[Somebody] = []
        while len(found) < wanted:
            years = r.randint(0, 17)
            if mother - years < 16:
                years = max(mother - 17, 0)
            child = self._child(woman, man, years)
            if any(other.given == child.given for other in found):
                continue
            found.append(child)
            if r.random() < 0.05:
                twin = self._child(woman, man, years)
                twin.born = child.born
                while twin.given == child.given:
                    twin.given = self._skewed(
                        names()[child.origin]["female" if twin.female else "male"]
                    )
                found.append(twin)
        return found

    def _child(self, woman: Somebody, man: Somebody, years: int) -> Somebody:
        r = self.random
        child = self.somebody(
            man.origin if r.random() < 0.5 else woman.origin, r.random() < 0.5, woman.home, years
        )
        child.family = self._gendered(
            r.choices((man.family, woman.family), (70, 30))[0], child.female, child.origin
        )
        child.nhs = self.nhs()
        if years > 11 and r.random() < 0.5:
            child.mobile = self.mobile()
        if r.random() < 0.05 and not child.female:
            child.given = man.given
        return child

    def _others(self, woman: Somebody, man: Somebody) -> list[Somebody]:
        r = self.random
        found = []
        if r.random() < 0.15:
            parent = self.adult(
                man.origin,
                r.random() < 0.5,
                man.home,
                (TODAY - man.born).days // 365 + r.randint(20, 35),
            )
            parent.family = self._gendered(man.family, parent.female, man.origin)
            if not parent.female and r.random() < 0.2:
                parent.given = man.given
            found.append(parent)
        if r.random() < 0.12:
            sister = self.adult(
                woman.origin,
                True,
                woman.home,
                max(18, (TODAY - woman.born).days // 365 + r.randint(-6, 6)),
            )
            sister.family = woman.family
            while sister.given == woman.given:
                sister.given = self._skewed(names()[woman.origin]["female"])
            if r.random() < 0.1:
                sister.born = woman.born
            found.append(sister)
        return found
