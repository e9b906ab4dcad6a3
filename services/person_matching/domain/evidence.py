"""What speaks for and against one known person: levels pooled over their records, in bits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log2
from uuid import UUID

from services.person_matching.domain.compare import Level, Levels, compare
from services.person_matching.domain.features import Features, Role
from services.person_matching.domain.frequencies import (
    adjustment,
    forename_per_million,
    surname_per_million,
)
from services.person_matching.domain.model import COMPARISONS, Model

FORENAME, SURNAME, BIRTH, ADDRESS, MOBILE, LANDLINE, EMAIL, NHS, MIDDLE, SEX = range(10)
HOUSEHOLD = (ADDRESS, LANDLINE)
AGREE = ("exact", "nickname", "alias")
GENERATION = 10
"""Years that a slip of one digit may span and a parent's birth date too."""
NEAR_BIRTH = ("swapped", "first_of_year", "digit")
REMEMBERED = 2048
"""Comparisons that stay in memory: those of a few reports."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known person as far as a record may be compared with them."""

    person_id: UUID
    records: tuple[Features, ...]
    reports: frozenset[UUID] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        """Every role they were ever reported in."""
        return frozenset(record.role for record in self.records)


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a waterfall: what was compared, how it agreed, what that is worth."""

    comparison: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A candidate weighed: its parts in bits, and what vetoes must know."""

    candidate: Candidate
    record: Features
    levels: Levels
    conflicts: frozenset[str]
    """Comparisons that disagree with any of the person's records."""
    parts: tuple[Part, ...]
    own_contact: bool
    """A mobile or e-mail agrees that nobody else has given."""
    family: bool
    """Another party of the report is a person who stood in an earlier report with this one."""
    decades_apart: bool = False
    """The birth dates are near but for a decade or more, as a parent's and a child's may be."""
    relative_alike: bool = False
    """A relative of the candidate has a name like the record's."""
    twin_known: bool = False
    """Somebody else of the report or the family was born on the same day."""

    @property
    def weight(self) -> float:
        """All parts together."""
        return round(sum(part.bits for part in self.parts), 2)

    def plus(self, comparison: str, level: str, bits: float) -> "Evidence":
        """The evidence with one more part."""
        return replace(self, parts=(*self.parts, Part(comparison, level, bits)))

    def at(self, comparison: int) -> Level:
        """The pooled level of a comparison."""
        return self.levels[comparison]

    @property
    def personal(self) -> bool:
        """A mobile or e-mail agrees."""
        return self.levels[MOBILE] == "exact" or self.levels[EMAIL] == "exact"

    @property
    def has_the_very_name(self) -> bool:
        """Whether forename and surname are exactly the record's."""
        return self.levels[FORENAME] == "exact" and self.levels[SURNAME] == "exact"

    @property
    def full_name(self) -> bool:
        """Forename and surname agree, known variants included."""
        turned = self.levels[FORENAME] == "swapped"
        return turned or (self.levels[FORENAME] in AGREE and self.levels[SURNAME] in AGREE)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the weighing must know besides the two: the model, the store, the report."""

    model: Model
    known: int
    kin: frozenset[UUID] = frozenset()
    """Persons who stood in an earlier report with somebody this report's parties joined."""
    hinted: frozenset[UUID] = frozenset()
    """Persons who stood in an earlier report with somebody another party may be."""
    births: frozenset[str] = frozenset()
    """Birth dates of the other parties of the report."""
    last_look: bool = False
    """Whether the other parties were looked at: who has nothing but a name stands alone."""
    alone: bool = False
    """Whether there is no other party who could have spoken for the record."""


def prior(setting: Setting) -> float:
    """Bits against any one of the known persons before anything is compared."""
    return -log2(max(setting.known, setting.model.least_known)) - 1


def weigh(record: Features, candidate: Candidate, own: bool, setting: Setting) -> Evidence:
    """The evidence for one candidate; `own`: no other person gave the contact that agrees."""
    levels, conflicts = levels_of(record, candidate.records, setting.model)
    kin = candidate.person_id in setting.kin
    stranger = child_meets_adult(record, candidate) and levels[BIRTH] != "exact"
    return Evidence(
        candidate=candidate,
        record=record,
        levels=levels,
        conflicts=conflicts,
        parts=(
            Part("prior", "store", round(prior(setting), 2)),
            *parts_of(record, levels, setting.model),
            *([_family(levels, setting.model)] if kin else []),
            *([Part("age", "child and adult", setting.model.child_and_adult)] if stranger else []),
        ),
        own_contact=own and (levels[MOBILE] == "exact" or levels[EMAIL] == "exact"),
        family=kin,
        decades_apart=_decades_apart(record, candidate, levels),
    )


@lru_cache(maxsize=REMEMBERED)
def levels_of(
    record: Features, known: tuple[Features, ...], model: Model
) -> tuple[Levels, frozenset[str]]:
    """The pooled levels and what conflicts; remembered, as a report looks at each several times."""
    compared = [compare(record, other) for other in known]
    return pooled(compared, model), _conflicts(compared)


@lru_cache(maxsize=REMEMBERED)
def parts_of(record: Features, levels: Levels, model: Model) -> tuple[Part, ...]:
    """What the levels are worth; many candidates of a record agree with it in the same way."""
    return tuple(_parts(record, levels, model))


def most_of(levels: Levels, setting: Setting) -> float:
    """Bits that nobody who agrees in these levels can weigh more than, family left aside."""
    model = setting.model
    told = zip(COMPARISONS, levels, strict=True)
    agreed = sum(model.of(name, level) for name, level in told if level is not None)
    return prior(setting) + agreed + 2 * model.most_reward


def weight_of(record: Features, levels: Levels, stranger: bool, setting: Setting) -> float:
    """What `weigh` comes to for one who is no kin; `stranger`: a child's record and an adult's."""
    bits = [round(prior(setting), 2), *(p.bits for p in parts_of(record, levels, setting.model))]
    if stranger and levels[BIRTH] != "exact":
        bits.append(setting.model.child_and_adult)
    return round(sum(bits), 2)


def child_meets_adult(record: Features, candidate: Candidate) -> bool:
    """Whether one side was only ever a child and the other only ever an adult."""
    return are_child_and_adult(record.role, candidate.roles)


def are_child_and_adult(role: Role, others: Iterable[str]) -> bool:
    """The same of a role and all the roles that somebody ever had."""
    roles = set(others) - {Role.OTHER}
    if not roles or role is Role.OTHER:
        return False
    if role is Role.CHILD:
        return Role.CHILD not in roles
    return roles == {Role.CHILD}


def _decades_apart(record: Features, candidate: Candidate, levels: Levels) -> bool:
    if levels[BIRTH] != "digit" or not record.birth:
        return False
    years = [int(other.birth[:4]) for other in candidate.records if other.birth]
    return all(abs(int(record.birth[:4]) - year) >= GENERATION for year in years)


def pooled(compared: Sequence[Levels], model: Model) -> Levels:
    """The best level of each comparison over all of a person's records."""
    if len(compared) == 1:
        return compared[0]
    straight = [levels for levels in compared if levels[FORENAME] != "swapped"]
    best = [_best(at, straight or compared, model) for at in range(len(COMPARISONS))]
    turned = any(levels[FORENAME] == "swapped" for levels in compared)
    if turned and straight and _name_bits(best, model) < model.of("forename", "swapped"):
        best[FORENAME], best[SURNAME] = "swapped", None
    for at in range(BIRTH, len(COMPARISONS)):
        best[at] = _best(at, compared, model)
    return tuple(best)


def _name_bits(levels: Sequence[Level], model: Model) -> float:
    found = (("forename", levels[FORENAME]), ("surname", levels[SURNAME]))
    return sum(model.of(name, level) for name, level in found if level)


def _best(at: int, compared: Iterable[Levels], model: Model) -> Level:
    said = [levels[at] for levels in compared if levels[at] is not None]
    return max(said, key=lambda level: model.of(COMPARISONS[at], level or ""), default=None)


def _conflicts(compared: Iterable[Levels]) -> frozenset[str]:
    found = compared if isinstance(compared, list) else list(compared)
    watched = (NHS, MIDDLE, SEX)
    return frozenset(
        COMPARISONS[at] for at in watched if any(levels[at] == "differ" for levels in found)
    )


def beside_namesakes(evidence: Evidence, namesakes: int, model: Model) -> Evidence:
    """The evidence where so many others known have the very name: it proves less."""
    if not namesakes or not evidence.has_the_very_name or evidence.family:
        return evidence
    expected = model.namesakes_expected * _share(evidence.record, model)
    bits = -round(log2(1 + namesakes / expected), 2)
    return evidence.plus("name", f"{namesakes} namesakes", max(bits, -model.most_namesakes))


def _share(record: Features, model: Model) -> float:
    forename = forename_per_million(record.call or "") or model.forename_average
    family = surname_per_million(record.surname or "") or model.surname_average
    return forename * family / 1e12


def _parts(record: Features, levels: Levels, model: Model) -> Iterable[Part]:
    household = _strongest_of_household(levels, model)
    for at, level in enumerate(levels):
        if level is None:
            continue
        name = COMPARISONS[at]
        bits = model.of(name, level)
        if bits > 0 and household is not None and at != household and _is_household(at, level):
            bits = 0.0
        yield Part(name, level, bits)
    if levels[FORENAME] == "exact" and record.call:
        yield _rarity("forename", forename_per_million(record.call), model)
    if levels[SURNAME] == "exact" and record.surname:
        yield _rarity("surname", surname_per_million(record.surname), model)
    if levels[BIRTH] == "exact" and record.birth and record.birth.endswith("0101"):
        yield Part("birth", "first of January", model.first_of_january)


def _rarity(name: str, per_million: int, model: Model) -> Part:
    average = model.forename_average if name == "forename" else model.surname_average
    return Part(
        name,
        "rarity",
        round(adjustment(per_million, average, -model.most_adjustment, model.most_reward), 2),
    )


def _strongest_of_household(levels: Levels, model: Model) -> int | None:
    agreeing = [
        (model.of(COMPARISONS[at], level), at)
        for at, level in enumerate(levels)
        if level and _is_household(at, level)
    ]
    return max(agreeing)[1] if agreeing else None


def _is_household(at: int, level: str) -> bool:
    return at in HOUSEHOLD or (at == EMAIL and level == "household")


def _family(levels: Levels, model: Model) -> Part:
    at_home = levels[ADDRESS] == "number"
    return Part("family", "earlier report", model.family_at_home if at_home else model.family)
