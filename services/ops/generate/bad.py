"""Messages that a careless or broken sender sends: each deserves a refusal or a mark."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from services.ops.generate.lines import Weekend
from services.ops.generate.reports import POLICE
from services.ops.generate.times import moments

Report = dict[str, Any]
LONG = "The officer wrote a great deal. " * 625
RIGHT_TO_LEFT = "\u202e"


def _with(**changes: Any) -> Callable[[Report], Any]:
    return lambda report: {**report, **changes}


def _without(*names: str) -> Callable[[Report], Any]:
    return lambda report: {name: value for name, value in report.items() if name not in names}


def _victim(**changes: Any) -> Callable[[Report], Any]:
    return lambda report: {**report, "victim": {**report["victim"], **changes}}


REFUSED: dict[str, Callable[[Report], Any]] = {
    "": lambda report: "not an object",
    "/reference": _without("reference"),
    "/revision": _without("revision"),
    "/status": _with(status="closed"),
    "/source": _with(source="somebody-else"),
    "/victim": _with(victim={"given_names": "unknown", "family_name": "N/A"}),
    "/victim/date_of_birth": _victim(date_of_birth="1991-02-30"),
    "/occurred_at": _with(occurred_at="2026-11-27T18:30:00"),
    "/children": _with(children="two"),
    "/circumstances": _with(circumstances=LONG + "More."),
    "/risk": _with(risk=["HIGH"]),
    "/victim/given_names": _victim(given_names="An\x00n"),
}
"""By the JSON pointer that the refusal must name."""
MARKED: dict[str, Callable[[Report], Any]] = {
    "a placeholder birth date": _victim(date_of_birth="1900-01-01"),
    "no surname": _victim(family_name="N/A"),
    "markup in a name": _victim(given_names="<b>Ann</b>"),
    "right-to-left marks": _victim(family_name=f"Te{RIGHT_TO_LEFT}st"),
    "an unknown flag": _with(flags=["strangulation", "weather"]),
    "an unknown area": _with(area="atlantis"),
    "twenty thousand characters": _with(circumstances=LONG),
    "a school nobody knows": _with(
        children=[
            {
                "ref": "1",
                "given_names": "Kit",
                "date_of_birth": "2018-04-04",
                "education": "registered",
                "school_urn": "000001",
            }
        ]
    ),
}
"""What is accepted all the same."""


def spoil(weekend: Weekend, chance: Random, start: datetime, end: datetime, count: int) -> None:
    """Add so many bad messages, each kind in turn."""
    kinds = [*REFUSED.values(), *MARKED.values()]
    for number, at in enumerate(moments(chance, start, end, count)):
        report = a_plain_report(f"BAD-{number:05d}")
        weekend.say(at, "partner.incident-report.v1", kinds[number % len(kinds)](report))


def a_plain_report(reference: str) -> Report:
    """A short report with nothing wrong in it, about somebody else than any other's."""
    chance = Random(reference)
    born = date(1950, 1, 2) + timedelta(days=chance.randrange(18_000))
    name = "".join(chance.choice("bdfgklmnprst") + chance.choice("aeiou") for _ in range(4))
    return {
        "source": POLICE,
        "reference": reference,
        "revision": 1,
        "status": "reported",
        "area": "rotherham",
        "victim": {
            "given_names": name.capitalize(),
            "family_name": f"{name[::-1].capitalize()}son",
            "date_of_birth": born.isoformat(),
        },
    }
