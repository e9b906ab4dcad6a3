"""Effective risk: what a report says of it, and what earlier revisions left standing.

Bands and professional judgement are national practice (SafeLives), floors our default; that only
MASH lowers a grade, with a rationale, is from the councils' scrutiny papers (`domain.md` 1, 2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.vocabulary import Answer, Flag, Question, RiskKind, RiskLevel, Tool

FLAG_OF = {
    Question.STRANGULATION: Flag.STRANGULATION,
    Question.WEAPONS: Flag.WEAPON,
    Question.THREAT_KILL: Flag.THREATS_TO_KILL,
    Question.STALKING: Flag.STALKING,
}
"""A question whose answer `yes` sets a flag."""
FLOORS = (Flag.STRANGULATION, Flag.THREATS_TO_KILL, Flag.WEAPON)
"""Flags that make the risk at least MEDIUM by themselves [D]."""
STALKING_WITH_SEPARATION = "stalking_with_separation"
OF_27 = frozenset(Question)
OF_24 = OF_27 - {
    Question.OTHER_CHILDREN_DEPENDANTS,
    Question.HURT_CHILDREN,
    Question.THREAT_KILL_CHILDREN,
}
"""SafeLives' checklist asks nothing about children."""
ASKED_BY: Mapping[Tool, frozenset[Question]] = {
    Tool.POLICE_DASH_27: OF_27,
    Tool.SAFELIVES_24: OF_24,
    Tool.YP_DASH: OF_27,
    Tool.OLDER_DASH: OF_27,
}
"""Tools with ticks; DARA asks how often, and gives no count."""
ASSUMED = RiskLevel.MEDIUM
"""Where nothing at all was assessed."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Ticks from which a band begins (SafeLives) [N]."""

    high_from: int = 14
    medium_from: int = 10

    def of(self, ticks: int) -> RiskLevel:
        """The band of so many ticks."""
        if ticks >= self.high_from:
            return RiskLevel.HIGH
        return RiskLevel.MEDIUM if ticks >= self.medium_from else RiskLevel.STANDARD


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a report says that bears on risk."""

    tool: Tool | None = None
    answers: Mapping[Question, Answer] = field(default_factory=dict)
    officer_grade: RiskLevel | None = None
    professional_judgement: RiskLevel | None = None
    flags: tuple[Flag, ...] = ()

    def said_yes(self, question: Question) -> bool:
        """Only `yes` ticks."""
        return self.answers.get(question) is Answer.YES

    @property
    def all_flags(self) -> tuple[Flag, ...]:
        """The officer's flags and those that answers set, each once."""
        by_answer = (flag for question, flag in FLAG_OF.items() if self.said_yes(question))
        return tuple(dict.fromkeys((*self.flags, *by_answer)))


@dataclass(frozen=True, slots=True)
class Component:
    """One source of the effective risk; `detail` is a code or a count."""

    kind: RiskKind
    level: RiskLevel
    detail: str | None = None
    kinds: tuple[RiskKind, ...] = ()
    """Of an earlier revision: what in it said this level."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The level that a revision reached: no later one lowers it, that is MASH's alone."""

    level: RiskLevel
    revision: int
    kinds: tuple[RiskKind, ...] = ()
    """What in that revision said so; nothing where the level was assumed."""

    @classmethod
    def of(cls, own: Iterable[Component], revision: int) -> "Floor":
        """What a revision's own components reach."""
        components = tuple(own)
        level = highest(components) or ASSUMED
        return cls(level, revision, tuple(c.kind for c in components if c.level is level))


@dataclass(frozen=True, slots=True)
class EffectiveRisk:
    """The level that counts, with every component."""

    level: RiskLevel
    components: tuple[Component, ...]

    @property
    def is_assumed(self) -> bool:
        """Nothing at all was assessed."""
        return not self.components


def components_of(assessed: Assessed, bands: Bands) -> tuple[Component, ...]:
    """A revision's own components, in the order of their kinds."""
    return (
        *_ticks(assessed, bands),
        *_graded(RiskKind.OFFICER_GRADE, assessed.officer_grade),
        *_graded(RiskKind.PROFESSIONAL_JUDGEMENT, assessed.professional_judgement),
        *_floors(assessed),
    )


def effective(own: tuple[Component, ...], floor: Floor | None = None) -> EffectiveRisk:
    """The highest of a revision's own components, and not below what stands from others."""
    level = highest(own) or ASSUMED
    if floor is None or floor.level.rank <= level.rank:
        return EffectiveRisk(level, own)
    earlier, revision = RiskKind.EARLIER_REVISION, str(floor.revision)
    standing = Component(earlier, floor.level, revision, floor.kinds)
    return EffectiveRisk(floor.level, (*own, standing))


def highest(components: Iterable[Component]) -> RiskLevel | None:
    """The highest level among components; None where there are none."""
    levels = [component.level for component in components]
    return max(levels, key=lambda level: level.rank) if levels else None


def _ticks(assessed: Assessed, bands: Bands) -> list[Component]:
    asked = ASKED_BY.get(assessed.tool or Tool.NONE, frozenset())
    given = [answer for question, answer in assessed.answers.items() if question in asked]
    if not {Answer.YES, Answer.NO}.intersection(given):
        return []
    ticks = given.count(Answer.YES)
    return [Component(RiskKind.TICKS, bands.of(ticks), str(ticks))]


def _graded(kind: RiskKind, level: RiskLevel | None) -> list[Component]:
    return [] if level is None else [Component(kind, level)]


def _floors(assessed: Assessed) -> list[Component]:
    flags = assessed.all_flags
    details = [flag.value for flag in FLOORS if flag in flags]
    if Flag.STALKING in flags and assessed.said_yes(Question.SEPARATION):
        details.append(STALKING_WITH_SEPARATION)
    return [Component(RiskKind.FLAG_FLOOR, RiskLevel.MEDIUM, detail) for detail in details]
