"""An invented town: families of many origins, who move, marry, share phones and have twins."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from services.ops.matching.words import origins, streets

TODAY = date(2026, 11, 1)
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
WOMENS = {"Singh": "Kaur"}
MENS = {"Kaur": "Singh", "Begum": "Khan", "Bibi": "Hussain"}
"""Family names that only the other sex bears, and what stands for them."""


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

    @property
    def years(self) -> int:
        """Their age."""
        return (TODAY - self.born).days // 365


@dataclass
class Family:
    """A couple, together or not, with children and whoever else lives there."""

    woman: Somebody
    man: Somebody
    children: list[Somebody]
    others: list[Somebody]


def gendered(family: str, female: bool, origin: str) -> str:
    """A family name as that sex bears it."""
    if origin == "polish" and female and family.endswith("ski"):
        return family[:-1] + "a"
    if origin == "south_asian":
        return (WOMENS if female else MENS).get(family, family)
    return family


class Town:
    """Makes families; the same seed makes the same town."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._count = 0
        self._known: list[Somebody] = []

    def chance(self, share: float) -> bool:
        """Whether something of this share happens now."""
        return self.random.random() < share

    def family(self) -> Family:
        """A new family at a new home."""
        origin = self._origin()
        home = self.home()
        woman = self.adult(origin, True, home)
        his = origin if self.chance(0.85) else self._origin()
        man = self.adult(his, False, home if self.chance(0.55) else self.home())
        if self.chance(0.5):
            woman.family = gendered(man.family, True, origin)
        if man.home is woman.home and self.chance(0.06):
            man.mobile = woman.mobile
        return Family(woman, man, self._children(woman, man), self._others(woman, man))

    def _origin(self) -> str:
        shares = [origin.share for origin in origins().values()]
        return self.random.choices(list(origins()), shares)[0]

    def home(self) -> Home:
        """A house or a flat; neighbours share the postcode."""
        r = self.random
        inward = f"{r.randint(1, 9)}{r.choice('ABDEFGH')}{r.choice(INWARD)}"
        postcode = f"S{r.choice((60, 61, 62, 65, 66))} {inward}"
        street = r.choice(streets())
        lines = [f"{r.randint(1, 180)} {street}", "Rotherham"]
        if self.chance(0.12):
            lines = [f"Flat {r.randint(1, 40)}", f"{r.randint(1, 9)} {street}", "Rotherham"]
        landline = f"01709 {r.randint(200000, 899999)}" if self.chance(0.35) else None
        return Home(lines, postcode, landline)

    def adult(self, origin: str, female: bool, home: Home, years: int | None = None) -> Somebody:
        """A grown-up with a phone and mail of their own, mostly."""
        aged = years if years is not None else int(self.random.triangular(18, 75, 30))
        one = self.somebody(origin, female, home, aged)
        one.mobile = self.mobile() if self.chance(0.92) else None
        if self.chance(0.5):
            name = f"{one.given.split('|')[-1]}.{one.family}{self._count}".lower()
            one.email = f"{name}@mail.example".replace(" ", "")
        one.nhs = self.nhs_number() if self.chance(0.9) else None
        return one

    def mobile(self) -> str:
        """A mobile number."""
        return f"07{self.random.randint(300000000, 999999999)}"

    def nhs_number(self) -> str:
        """A number with a right check digit."""
        while True:
            nine = [self.random.choice((4, 6, 7)), *(self.random.randint(0, 9) for _ in range(8))]
            check = 11 - sum(digit * (10 - at) for at, digit in enumerate(nine)) % 11
            if check != 10:
                return "".join(map(str, [*nine, check % 11]))

    def somebody(self, origin: str, female: bool, home: Home, years: int) -> Somebody:
        """A person of that age; now and then somebody's namesake, some born on the same day."""
        self._count += 1
        days = years * 365 + self.random.randint(0, 364)
        one = Somebody(
            ref=f"p{self._count}",
            origin=origin,
            given=self.forename(origin, female),
            family=gendered(self._skewed(origins()[origin].family), female, origin),
            born=TODAY - timedelta(days=days),
            female=female,
            home=home,
        )
        middle = self.forename(origin, female)
        if origin == "english" and middle != one.given and self.chance(0.6):
            one.middle = middle
        if self._known and self.chance(0.004):
            self._namesake(one, self.random.choice(self._known))
        self._known.append(one)
        return one

    def forename(self, origin: str, female: bool) -> str:
        """A given name, the common ones more often."""
        return self._skewed(origins()[origin].given(female))

    def _namesake(self, one: Somebody, other: Somebody) -> None:
        if other.home is one.home:
            return
        one.given, one.family = other.given, other.family
        one.female, one.origin = other.female, other.origin
        if self.chance(0.1):
            one.born = other.born

    def _skewed(self, listed: tuple[str, ...]) -> str:
        if self.chance(0.25):
            return self.random.choice(listed)
        place = int(self.random.expovariate(3.0 / len(listed)))
        return listed[min(place, len(listed) - 1)]

    def _children(self, woman: Somebody, man: Somebody) -> list[Somebody]:
        wanted = self.random.choices((0, 1, 2, 3, 4), (25, 28, 28, 13, 6))[0]
        found: list[Somebody] = []
        while len(found) < wanted:
            years = min(self.random.randint(0, 17), max(woman.years - 16, 0))
            child = self._child(woman, man, years, found)
            found.append(child)
            if self.chance(0.05):
                twin = self._child(woman, man, years, found)
                twin.born = child.born
                found.append(twin)
        return found

    def _child(
        self, woman: Somebody, man: Somebody, years: int, siblings: list[Somebody]
    ) -> Somebody:
        origin = self.random.choice((man.origin, woman.origin))
        child = self.somebody(origin, self.chance(0.5), woman.home, years)
        family = self.random.choices((man.family, woman.family), (70, 30))[0]
        child.family = gendered(family, child.female, origin)
        child.nhs = self.nhs_number()
        if years > 11 and self.chance(0.5):
            child.mobile = self.mobile()
        if not child.female and self.chance(0.05):
            child.given = man.given
        while any(child.given == other.given for other in siblings):
            child.given = self.forename(origin, child.female)
        return child

    def _others(self, woman: Somebody, man: Somebody) -> list[Somebody]:
        found = []
        if self.chance(0.15):
            years = man.years + self.random.randint(20, 35)
            parent = self.adult(man.origin, self.chance(0.5), man.home, years)
            parent.family = gendered(man.family, parent.female, man.origin)
            if not parent.female and self.chance(0.2):
                parent.given = man.given
            found.append(parent)
        if self.chance(0.12):
            found.append(self._sister(woman))
        return found

    def _sister(self, woman: Somebody) -> Somebody:
        years = max(18, woman.years + self.random.randint(-6, 6))
        sister = self.adult(woman.origin, True, woman.home, years)
        sister.family = woman.family
        while sister.given == woman.given:
            sister.given = self.forename(woman.origin, True)
        if self.chance(0.1):
            sister.born = woman.born
        return sister
