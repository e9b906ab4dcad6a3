"""What an officer assesses at the scene: a tool, answers, a grade, flags."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

QUESTIONS = (
    "injury",
    "frightened",
    "afraid_of",
    "isolated",
    "victim_low_mood",
    "separation",
    "child_contact_conflict",
    "stalking",
    "pregnant_or_baby",
    "other_children_dependants",
    "hurt_children",
    "threat_kill_children",
    "more_often",
    "worse",
    "control_jealous",
    "weapons",
    "threat_kill",
    "strangulation",
    "sexual",
    "other_person_threat",
    "hurt_others",
    "animal",
    "financial",
    "perp_drugs_alcohol_mh",
    "perp_suicide",
    "breach",
    "criminal_history",
)
GRADES = {"HIGH": 9, "MEDIUM": 30, "STANDARD": 61}
"""National shares of a hundred incidents."""
TICKS = {"HIGH": (12, 18), "MEDIUM": (8, 13), "STANDARD": (0, 9)}
FREQUENCIES = ("never", "occasionally", "often", "always")


@dataclass(frozen=True)
class Assessment:
    """The grade meant, and what the form says of it."""

    grade: str
    risk: dict[str, Any]
    flags: list[str]


def assess(chance: Random, at: datetime, grade: str | None = None) -> Assessment:
    """An assessment of a given or a usual grade."""
    [usual] = chance.choices(list(GRADES), list(GRADES.values()))
    grade = grade or usual
    tool = chance.choices(("POLICE_DASH_27", "DARA", "NONE"), (80, 14, 6))[0]
    risk: dict[str, Any] = {"tool": tool, "assessed_at": at.isoformat()}
    if tool != "NONE":
        risk["answers"] = _answers(chance, tool, grade)
    if tool != "POLICE_DASH_27" or chance.random() < 0.85:
        risk["officer_grade"] = grade
    if grade == "HIGH" and chance.random() < 0.25:
        risk["professional_judgement"] = {"level": "HIGH", "reason": "A pattern of control."}
    return Assessment(grade, risk, _flags(chance, grade))


def _answers(chance: Random, tool: str, grade: str) -> dict[str, str]:
    if tool == "DARA":
        weights = {"HIGH": (1, 2, 4, 4), "MEDIUM": (2, 4, 3, 1), "STANDARD": (6, 3, 1, 0)}[grade]
        asked = ("frightened", "isolated", "control_jealous", "financial", "separation")
        return {key: chance.choices(FREQUENCIES, weights)[0] for key in asked}
    ticked = set(chance.sample(QUESTIONS, chance.randint(*TICKS[grade])))
    if grade != "HIGH":
        ticked -= {"threat_kill_children", "hurt_children"}
    return {key: _answer(chance, key in ticked) for key in QUESTIONS}


def _answer(chance: Random, ticked: bool) -> str:
    if ticked:
        return "yes"
    return "dont_know" if chance.random() < 0.05 else "no"


def _flags(chance: Random, grade: str) -> list[str]:
    likely = {
        "strangulation": {"HIGH": 0.25, "MEDIUM": 0.04}.get(grade, 0.0),
        "stalking": {"HIGH": 0.2, "MEDIUM": 0.08}.get(grade, 0.02),
        "threats_to_kill": {"HIGH": 0.2}.get(grade, 0.01),
        "weapon": {"HIGH": 0.15, "MEDIUM": 0.03}.get(grade, 0.0),
        "honour_based": 0.02,
        "sexual": 0.04,
        "pregnancy": 0.05,
        "online": 0.08,
    }
    return [flag for flag, share in likely.items() if chance.random() < share]
