"""How a sender's form describes somebody: with typing errors, placeholders and things left out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from services.ops.generate.people import Household, Human

SHORT = {
    "Samantha": "Sam",
    "Rebecca": "Becky",
    "Victoria": "Vicky",
    "Thomas": "Tom",
    "Michael": "Mick",
    "Matthew": "Matt",
    "Daniel": "Dan",
    "Stephen": "Steve",
    "Jessica": "Jess",
    "Katarzyna": "Kasia",
    "Magdalena": "Magda",
    "Krzysztof": "Kris",
}
Form = dict[str, Any]


@dataclass(frozen=True)
class Writer:
    """Somebody who fills in forms, and how often they slip."""

    chance: Random
    errors: float = 0.0

    def slips(self) -> bool:
        """Whether this field goes wrong."""
        return self.chance.random() < self.errors

    def person(self, human: Human) -> Form:
        """Names, birth date and numbers of somebody."""
        form: Form = {
            "given_names": self._given(human.given_names),
            "family_name": self._typed(human.family_name),
            "date_of_birth": self._born(human.born),
            "sex": human.sex if self.chance.random() < 0.9 else "unknown",
            "phones": [{"number": human.mobile}] if human.mobile else [],
            "emails": [human.email] if human.email else [],
            "nhs_number": human.nhs_number if self.chance.random() < 0.3 else None,
        }
        return {name: value for name, value in form.items() if value not in (None, [])}

    def at_home(self, human: Human, home: Household) -> Form:
        """The same with address and landline."""
        form = self.person(human)
        form["address"] = {"lines": list(home.lines), "postcode": home.postcode}
        if home.landline and self.chance.random() < 0.7:
            form.setdefault("phones", []).append({"number": home.landline})
        return form

    def _given(self, name: str) -> str:
        if name in SHORT and self.slips():
            return SHORT[name]
        return self._typed(name)

    def _typed(self, name: str) -> str:
        if len(name) < 5 or not self.slips():
            return name
        place = self.chance.randrange(1, len(name) - 2)
        slip: Callable[[str, int], str] = self.chance.choice((_swapped, _dropped, _doubled))
        return slip(name, place)

    def _born(self, born: date) -> str | None:
        if not self.slips():
            return born.isoformat()
        kind = self.chance.random()
        if kind < 0.4 and born.day <= 12:
            return born.replace(month=born.day, day=born.month).isoformat()
        if kind < 0.6:
            return "1900-01-01"
        if kind < 0.8:
            return None
        return born.replace(day=1 + (born.day % 28)).isoformat()


def _swapped(name: str, place: int) -> str:
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _dropped(name: str, place: int) -> str:
    return name[:place] + name[place + 1 :]


def _doubled(name: str, place: int) -> str:
    return name[:place] + name[place] + name[place:]
