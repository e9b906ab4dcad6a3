"""Who may take a victim, who takes her best, and why nobody can (domain 5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from contracts.vocabulary import RiskLevel
from services.idva_allocation.domain.policy import Policy
from services.kit.working_time import in_london, london_date

IDVA, YPVA = "idva", "ypva"
HOSPITAL = ("hospital", "hospital_idva")


@dataclass(frozen=True, slots=True)
class Away:
    """Days an advocate is on leave, both inclusive."""

    start: date
    end: date

    def holds(self, day: date) -> bool:
        """Whether the advocate is away that day."""
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Advocate:
    """An advocate as the roster has them, with the work they carry."""

    advocate_id: str
    team: str
    area: str
    as_of: datetime
    languages: tuple[str, ...] = ()
    specialisms: tuple[str, ...] = ()
    leave: tuple[Away, ...] = ()
    capacity: int = 25
    active: bool = True
    caseload: int = 0
    last_allocated_at: datetime | None = None

    def room(self, policy: Policy) -> int:
        """How many more victims may be allocated: below capacity, never over the hard limit."""
        return min(self.capacity, policy.hard_limit) - self.caseload if self.active else 0

    def took(self, now: datetime) -> "Advocate":
        """The advocate after one more victim."""
        return replace(self, caseload=self.caseload + 1, last_allocated_at=now)

    def freed(self) -> "Advocate":
        """The advocate after one victim less."""
        return replace(self, caseload=max(0, self.caseload - 1))


@dataclass(frozen=True, slots=True)
class Need:
    """What a victim needs of an advocate; the gravest of her group's live incidents counts."""

    level: RiskLevel
    young: bool = False
    """13 to 17: only a young people's advocate."""
    in_hospital: bool = False
    imminent: bool = False
    language: str | None = None
    wants: tuple[str, ...] = ()
    parties: tuple[UUID, ...] = ()
    """Victims of the group and their suspects: nobody in conflict with one may work with her."""

    @property
    def team(self) -> str:
        """The team that should take her."""
        return YPVA if self.young else IDVA


@dataclass(frozen=True, slots=True)
class Moment:
    """When an allocation is decided, and when its first attempt would be due."""

    now: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What earlier work and declared conflicts say of a victim's parties."""

    worked_with: frozenset[str] = frozenset()
    conflicted: frozenset[str] = frozenset()


def fits_team(advocate: Advocate, need: Need) -> bool:
    """YPVA for 13-17 and only for them; the hospital's own only for those in hospital."""
    if need.young or advocate.team == YPVA:
        return need.young and advocate.team == YPVA
    return advocate.team == IDVA or (need.in_hospital and advocate.team in HOSPITAL)


def why_not(
    advocate: Advocate, need: Need, history: History, moment: Moment, policy: Policy
) -> str | None:
    """The first filter that an advocate of the area fails, or None where they may take her."""
    day = london_date(moment.due_at)
    failed = {
        "inactive": not advocate.active,
        "other_team": not fits_team(advocate, need),
        "conflict": advocate.advocate_id in history.conflicted,
        "on_leave": any(away.holds(day) for away in advocate.leave),
        "no_capacity": advocate.room(policy) <= 0,
    }
    return next((code for code, fails in failed.items() if fails), None)


WEIGHTS = {
    "worked_with": 100_000.0,
    "language": 10_000.0,
    "specialism": 1_000.0,
    "free_capacity": 100.0,
    "least_recent": 0.1,
}
"""Points for the whole of a part: an earlier part outweighs all later ones together."""


def score(
    advocate: Advocate, need: Need, history: History, place: float, policy: Policy
) -> dict[str, float]:
    """Points by part; `place` is 1 for the least recently allocated, 0 for the most."""
    limit = min(advocate.capacity, policy.hard_limit)
    shares = {
        "worked_with": float(advocate.advocate_id in history.worked_with),
        "language": float(speaks(advocate, need.language)),
        "specialism": specialism_share(advocate, need.wants),
        "free_capacity": advocate.room(policy) / limit if limit else 0.0,
        "least_recent": place,
    }
    return {part: round(WEIGHTS[part] * share, 4) for part, share in shares.items()}


def speaks(advocate: Advocate, language: str | None) -> bool:
    """Whether they speak the language that she needs an interpreter for."""
    return language is not None and code(language) in map(code, advocate.languages)


def specialism_share(advocate: Advocate, wants: Sequence[str]) -> float:
    """The share of what she needs that they specialise in."""
    wanted = set(map(code, wants))
    return len(wanted & set(map(code, advocate.specialisms))) / len(wanted) if wanted else 0.0


def code(text: str) -> str:
    """A language or specialism as compared: case, spaces and hyphens aside."""
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


@dataclass(frozen=True, slots=True)
class Chosen:
    """The advocate who takes a victim, and the points."""

    advocate: Advocate
    score: Mapping[str, float]


def choose(
    advocates: Iterable[Advocate], need: Need, history: History, moment: Moment, policy: Policy
) -> Chosen | None:
    """The best of those who may take her, or None; equal points go by id."""
    able = [a for a in advocates if why_not(a, need, history, moment, policy) is None]
    able.sort(key=lambda a: a.advocate_id)
    places = recency(able)
    scored = [Chosen(a, score(a, need, history, places[a.advocate_id], policy)) for a in able]
    return max(scored, key=lambda chosen: sum(chosen.score.values()), default=None)


def recency(advocates: Sequence[Advocate]) -> dict[str, float]:
    """1 for the least recently allocated (never is longest ago), falling towards 0."""
    order = sorted(advocates, key=lambda a: (a.last_allocated_at is not None, a.last_allocated_at))
    count = max(1, len(order))
    return {a.advocate_id: (count - place) / count for place, a in enumerate(order)}


REASONS = {
    "no_advocate": "Nobody is on the area's roster for this.",
    "no_capacity": "Every advocate who may take her has as many victims as they can.",
    "on_leave": "Every advocate with room is on leave when the first attempt is due.",
    "conflict": "Every advocate with room knows a party to the incident.",
}


def why_nobody(
    advocates: Iterable[Advocate], need: Need, history: History, moment: Moment, policy: Policy
) -> str:
    """The reason that stands in the way of most: what would help first."""
    found = [why_not(a, need, history, moment, policy) for a in advocates]
    reasons = [reason for reason in found if reason in REASONS]
    return max(REASONS, key=lambda reason: reasons.count(reason)) if reasons else "no_advocate"


def next_return(advocates: Iterable[Advocate], now: datetime, ahead: timedelta) -> datetime | None:
    """When somebody who is away may be allocated again: their leave is over by the due time."""
    ends = (away.end for a in advocates if a.active for away in a.leave)
    turns = (in_london(end + timedelta(days=1), time()) - ahead for end in ends)
    return min((turn for turn in turns if turn > now), default=None)
