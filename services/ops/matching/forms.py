"""How somebody is written down on a form: partly, and not without slips."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from services.ops.matching.people import Home, Somebody

NICKNAMES = {
    "Elizabeth": "Liz", "Catherine": "Kate", "Katie": "Kate", "Samantha": "Sam", "Victoria": "Vicky",
    "Rebecca": "Becky", "Jessica": "Jess", "Danielle": "Dani", "Thomas": "Tom", "James": "Jim",
    "William": "Bill", "Daniel": "Danny", "Joshua": "Josh", "Matthew": "Matt", "David": "Dave",
    "Stephen": "Steve", "Robert": "Bob", "Michael": "Mick", "Christopher": "Chris", "Anthony": "Tony",
    "Andrew": "Andy", "Małgorzata": "Gosia", "Katarzyna": "Kasia", "Joanna": "Asia", "Barbara": "Basia",
    "Jakub": "Kuba", "Tomasz": "Tomek", "Krzysztof": "Krzysiek", "Gheorghe": "Gigi", "Charlotte": "Lottie",
    "Margaret": "Maggie", "Patricia": "Pat", "Susan": "Sue", "Nicola": "Nicky", "Oluwaseun": "Seun",
}  # fmt: skip
SPELLINGS = (
    ("Mohammed", "Muhammad"), ("Hussain", "Hussein"), ("Yusuf", "Yousef"), ("Aisha", "Ayesha"),
    ("Zainab", "Zaynab"), ("Khadija", "Khadijah"), ("Maryam", "Mariam"), ("Usman", "Osman"),
    ("Khalid", "Khaled"), ("Chaudhry", "Choudhary"), ("Akhtar", "Akhter"), ("Hassan", "Hasan"),
    ("Mahmood", "Mehmood"), ("Ahmed", "Ahmad"), ("Tarek", "Tariq"), ("Layla", "Leila"), ("Noor", "Nour"),
    ("Rahman", "Rehman"), ("Wiktoria", "Victoria"), ("Ionuț", "Ionut"), ("ł", "l"), ("ę", "e"), ("ó", "o"),
    ("ś", "s"), ("ń", "n"), ("ą", "a"), ("Wójcik", "Wojcik"), ("Chukwu", "Chuku"), ("Tesfaye", "Tesfay"),
    ("Xiao", "Hsiao"), ("Zhang", "Chang"), ("Saeed", "Said"), ("Qureshi", "Quraishi"), ("Shazia", "Shazya"),
)  # fmt: skip
FILLERS = ("Unknown", "N/A", "not known")
KEYS = "abcdefghijklmnoprstuwyz"
Line = dict[str, Any]


class Clerk:
    """Fills forms in; a seed makes the same slips."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def chance(self, share: float) -> bool:
        """Whether something of this share happens now."""
        return self.random.random() < share

    def write(self, one: Somebody, role: str, *, clean: bool = False) -> Line:
        """A person as one report has them."""
        line: Line = {
            "given_names": self._given(one, clean),
            "family_name": self._family(one, clean),
        }
        if one.former and self.chance(0.4):
            line["previous_family_names"] = one.former[-1:]
        born = self._born(one.born, 0.25 if role == "suspect" else 0.1, clean)
        if born:
            line["date_of_birth"] = born
        if self.chance(0.95):
            line["sex"] = "female" if one.female else "male"
        if self.chance(0.9 if clean else 0.8):
            line["address"] = self._home(one.home, clean)
        self._reach(one, role, line, clean)
        if one.nhs and self.chance(0.12):
            line["nhs_number"] = one.nhs
        if self.chance(0.03) and not clean:
            self._turn(one, line)
        return {name: value for name, value in line.items() if value not in (None, "", [])}

    def _reach(self, one: Somebody, role: str, line: Line, clean: bool) -> None:
        numbers = []
        if one.mobile and self.chance(0.75):
            numbers.append(
                one.mobile if clean or not self.chance(0.02) else self._digit(one.mobile)
            )
        if one.home.landline and self.chance(0.4):
            numbers.append(one.home.landline)
        if numbers and not (role == "suspect" and self.chance(0.3)):
            line["phones"] = [{"number": number} for number in numbers]
        if one.email and self.chance(0.45) and role != "child":
            line["emails"] = [one.email]

    def _given(self, one: Somebody, clean: bool) -> str | None:
        told = one.given.replace("|", " ")
        if not clean:
            told = self._otherwise(one, told)
        if one.middle and self.chance(0.3):
            told = f"{told} {one.middle}"
        return told

    def _otherwise(self, one: Somebody, told: str) -> str:
        if "|" in one.given and self.chance(0.25):
            first, last = one.given.split("|")
            if one.origin == "chinese":
                return self.random.choice((first + last.lower(), f"{first}-{last}"))
            return self.random.choice(
                (last, f"{first}-{last}", f"{first[:2]} {last}" if False else last)
            )
        if told in NICKNAMES and self.chance(0.15):
            return NICKNAMES[told]
        return self._spelt(told, 0.04)

    def _family(self, one: Somebody, clean: bool) -> str | None:
        if clean:
            return one.family
        if self.chance(0.015):
            return self.random.choice((None, *FILLERS))
        return self._spelt(one.family, 0.035)

    def _spelt(self, name: str, slips: float) -> str:
        for one, other in SPELLINGS:
            if one in name and self.chance(0.25):
                name = name.replace(one, other)
        return self._slip(name) if self.chance(slips) and len(name) > 3 else name

    def _slip(self, name: str) -> str:
        r = self.random
        at = r.randrange(1, len(name) - 1)
        ways: tuple[Callable[[], str], ...] = (
            lambda: name[:at] + name[at + 1 :],
            lambda: name[:at] + r.choice(KEYS) + name[at + 1 :],
            lambda: name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            lambda: name[:at] + name[at] + name[at:],
        )
        return r.choice(ways)()

    def _born(self, born: date, missing: float, clean: bool) -> str | None:
        r = self.random
        if clean:
            return born.isoformat() if not self.chance(missing / 2) else None
        if self.chance(missing):
            return r.choice((None, None, None, "1900-01-01"))
        draw = r.random()
        if draw < 0.01 and born.day <= 12:
            return date(born.year, born.day, born.month).isoformat()
        if draw < 0.02:
            return date(born.year, 1, 1).isoformat()
        if draw < 0.035:
            return _near(born, r)
        return born.isoformat()

    def _home(self, home: Home, clean: bool) -> Line:
        lines = list(home.lines)
        if not clean and self.chance(0.1):
            lines = [lines[0].replace("Road", "Rd").replace("Street", "St"), *lines[1:]]
        told: Line = {"lines": lines[: len(lines) - self.chance(0.3)]}
        if clean or not self.chance(0.12):
            told["postcode"] = (
                home.postcode if not self.chance(0.3) else home.postcode.lower().replace(" ", "")
            )
        return told

    def _digit(self, number: str) -> str:
        at = self.random.randrange(3, len(number))
        return (
            number[:at] + str((int(number[at]) + self.random.randint(1, 9)) % 10) + number[at + 1 :]
        )

    def _turn(self, one: Somebody, line: Line) -> None:
        if one.origin in ("chinese", "romanian", "african") and line.get("family_name"):
            line["given_names"], line["family_name"] = line["family_name"], line["given_names"]


def _near(born: date, random: Random) -> str:
    ways = (
        lambda: born.replace(year=born.year + random.choice((-10, -1, 1, 10))),
        lambda: born.replace(day=(born.day % 28) + 1),
        lambda: born.replace(month=(born.month % 12) + 1),
    )
    try:
        return random.choice(ways)().isoformat()
    except ValueError:
        return born.isoformat()
