"""How somebody is written down on a form: partly, and not without slips."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from services.ops.matching.people import Home, Somebody
from services.ops.matching.words import nicknames, spellings

FILLERS = ("Unknown", "N/A", "not known")
LETTERS = "abcdefghijklmnoprstuwyz"
TURNS_NAMES = ("chinese", "romanian", "african")
Line = dict[str, Any]


class Clerk:
    """Fills forms in; a seed makes the same slips."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def chance(self, share: float) -> bool:
        """Whether something of this share happens now."""
        return self.random.random() < share

    def write(self, one: Somebody, role: str, *, careful: bool = False) -> Line:
        """A person as one report has them; a careful clerk makes no slips."""
        line: Line = {
            "given_names": self._given(one, careful),
            "family_name": one.family if careful else self._family(one),
            "date_of_birth": self._born(one.born, role, careful),
        }
        if one.former and self.chance(0.4):
            line["previous_family_names"] = one.former[-1:]
        if self.chance(0.95):
            line["sex"] = "female" if one.female else "male"
        if self.chance(0.9 if careful else 0.8):
            line["address"] = self._home(one.home, careful)
        line |= self._reached(one, role, careful)
        if one.nhs and self.chance(0.12):
            line["nhs_number"] = one.nhs
        if one.origin in TURNS_NAMES and not careful and self.chance(0.03):
            line["given_names"], line["family_name"] = line["family_name"], line["given_names"]
        return {name: value for name, value in line.items() if value}

    def _reached(self, one: Somebody, role: str, careful: bool) -> Line:
        found: Line = {}
        numbers = [self._number(one.mobile, careful)] if one.mobile and self.chance(0.75) else []
        if one.home.landline and self.chance(0.4):
            numbers.append(one.home.landline)
        if not (role == "suspect" and self.chance(0.3)):
            found["phones"] = [{"number": number} for number in numbers]
        if one.email and role != "child" and self.chance(0.45):
            found["emails"] = [one.email]
        return found

    def _given(self, one: Somebody, careful: bool) -> str:
        told = one.given.replace("|", " ")
        if not careful:
            told = self._otherwise(one, told)
        return f"{told} {one.middle}" if one.middle and self.chance(0.3) else told

    def _otherwise(self, one: Somebody, told: str) -> str:
        if "|" in one.given and self.chance(0.25):
            first, last = one.given.split("|")
            chinese = (first + last.lower(), f"{first}-{last}")
            return self.random.choice(
                chinese if one.origin == "chinese" else (last, f"{first}-{last}")
            )
        if told in nicknames() and self.chance(0.15):
            return nicknames()[told]
        return self._spelt(told, 0.04)

    def _family(self, one: Somebody) -> str | None:
        if self.chance(0.015):
            return self.random.choice((None, *FILLERS))
        return self._spelt(one.family, 0.035)

    def _spelt(self, name: str, slips: float) -> str:
        for one, other in spellings():
            if one in name and self.chance(0.25):
                name = name.replace(one, other)
        return self._slip(name) if len(name) > 3 and self.chance(slips) else name

    def _slip(self, name: str) -> str:
        at = self.random.randrange(1, len(name) - 1)
        letter = self.random.choice(LETTERS)
        ways: tuple[Callable[[], str], ...] = (
            lambda: name[:at] + name[at + 1 :],
            lambda: name[:at] + letter + name[at + 1 :],
            lambda: name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            lambda: name[: at + 1] + name[at:],
        )
        return self.random.choice(ways)()

    def _born(self, born: date, role: str, careful: bool) -> str | None:
        missing = 0.25 if role == "suspect" else 0.1
        if self.chance(missing / 2 if careful else missing):
            return None if careful or self.chance(0.75) else "1900-01-01"
        draw = 1.0 if careful else self.random.random()
        if draw < 0.01 and born.day <= 12:
            return date(born.year, born.day, born.month).isoformat()
        if draw < 0.02:
            return date(born.year, 1, 1).isoformat()
        return self._near(born) if draw < 0.035 else born.isoformat()

    def _near(self, born: date) -> str:
        years = self.random.choice((-10, -1, 1, 10))
        changed = ({"year": born.year + years}, {"day": born.day % 28 + 1})
        try:
            return born.replace(**self.random.choice(changed)).isoformat()
        except ValueError:
            return born.isoformat()

    def _home(self, home: Home, careful: bool) -> Line:
        lines = list(home.lines)
        if not careful and self.chance(0.1):
            lines[0] = lines[0].replace("Road", "Rd").replace("Street", "St")
        told: Line = {"lines": lines[:-1] if self.chance(0.3) else lines}
        if careful or not self.chance(0.12):
            run_together = home.postcode.lower().replace(" ", "")
            told["postcode"] = run_together if self.chance(0.3) else home.postcode
        return told

    def _number(self, number: str, careful: bool) -> str:
        if careful or not self.chance(0.02):
            return number
        at = self.random.randrange(3, len(number))
        other = (int(number[at]) + self.random.randint(1, 9)) % 10
        return f"{number[:at]}{other}{number[at + 1 :]}"
