"""What a practitioner may decide, and how long it stands (domain 2, lowering and regrades)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.vocabulary import Rag, RiskKind, RiskLevel, ScreeningChoice
from services.mash_screening.domain.facts import Component, Facts
from services.mash_screening.domain.rag import children_of, flagged_unborn, screened


@dataclass(frozen=True, slots=True)
class Regrade:
    """MASH's own grade, and the police components it had seen."""

    level: RiskLevel
    raised: bool
    seen: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided for a child, or for the incident as a whole."""

    child_ref: str | None
    choice: ScreeningChoice


@dataclass(frozen=True, slots=True)
class Decided:
    """What practitioners decided, for which children, and at which grade and priority."""

    level: RiskLevel
    rag: Rag
    choices: tuple[Choice, ...]
    covered: tuple[str, ...]
    whole: bool
    """The incident as a whole was decided."""
    unborn: bool = True
    """Whoever decided knew of the unborn child, where the flag tells of one."""

    @property
    def by_ref(self) -> Mapping[str | None, ScreeningChoice]:
        """The choices by `child_ref`; None is the incident as a whole."""
        return {choice.child_ref: choice.choice for choice in self.choices}

    def stands(self, level: RiskLevel, rag: Rag) -> bool:
        """News of a graver kind asks for a new decision."""
        return level.rank <= self.level.rank and rag.rank <= self.rag.rank

    def covers(self, facts: Facts) -> bool:
        """Whether nothing waits: the whole was decided, and no child came after."""
        children = [child.ref for child in screened(facts)]
        missing = [ref for ref in children if ref not in self.covered]
        if missing or (flagged_unborn(facts) and not self.unborn):
            return False
        return self.whole or bool(children)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A practitioner's decision as it came in."""

    choice: ScreeningChoice
    child_ref: str | None
    risk_level: RiskLevel | None
    rationale: str
    decided_by: str
    second_approver: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a decision cannot be accepted; `field` is the one at fault."""

    field: str
    code: str
    message: str


NO_CHILD = Fault("child_ref", "unknown", "The incident has no such child.")
NO_RATIONALE = Fault("rationale", "missing", "A decision needs a rationale.")
NOBODY = Fault("decided_by", "missing", "Say who decided.")
SAME_APPROVER = Fault(
    "second_approver", "same_person", "The second approver must be another than who decided."
)
NEEDS_APPROVER = Fault(
    "second_approver", "missing", "Lowering below the band of the ticks needs a second approver."
)


def faults(ruling: Ruling, facts: Facts, level: RiskLevel) -> list[Fault]:
    """Everything at fault with a ruling on an incident at this level; none = acceptable."""
    refs = {child.ref for child in children_of(facts)}
    found = []
    if ruling.child_ref is not None and ruling.child_ref not in refs:
        found.append(NO_CHILD)
    if not ruling.rationale.strip():
        found.append(NO_RATIONALE)
    if not ruling.decided_by.strip():
        found.append(NOBODY)
    if approver_fault := second_approver_fault(ruling, facts, level):
        found.append(approver_fault)
    return found


def second_approver_fault(ruling: Ruling, facts: Facts, level: RiskLevel) -> Fault | None:
    """Lowering is MASH's alone, and not below the tick band without a second approver."""
    approver = (ruling.second_approver or "").strip().casefold()
    if approver:
        return SAME_APPROVER if approver == ruling.decided_by.strip().casefold() else None
    wanted = ruling.risk_level
    lowering = wanted is not None and wanted.rank < level.rank
    return NEEDS_APPROVER if lowering and wanted and below_ticks(wanted, facts) else None


def below_ticks(level: RiskLevel, facts: Facts) -> bool:
    """Whether a level is below the band of the ticks: an earlier revision's where no later one
    has answers.
    """
    own = [c.level.rank for c in facts.components if c.kind is RiskKind.TICKS]
    earlier = [c.level.rank for c in facts.components if RiskKind.TICKS in c.kinds]
    return level.rank < max(own or earlier, default=0)


def regraded(before: Regrade | None, ruling: Ruling, facts: Facts) -> Regrade | None:
    """MASH's grade after a ruling; one that names the police's own grade takes MASH's back."""
    if ruling.risk_level is None:
        return before
    if ruling.risk_level is facts.level:
        return None
    raised = ruling.risk_level.rank > facts.level.rank
    return Regrade(ruling.risk_level, raised, facts.components)


def level_now(facts: Facts, regrade: Regrade | None) -> tuple[RiskLevel, Regrade | None]:
    """The grade that holds, and what is left of MASH's own.

    A lowering stands until a revision brings a component it had not seen; a raising is never
    lowered by a revision.
    """
    if regrade is None:
        return facts.level, None
    if regrade.raised:
        return max(regrade.level, facts.level, key=lambda level: level.rank), regrade
    if any(is_unseen(component, regrade.seen) for component in facts.components):
        return facts.level, None
    return regrade.level, regrade


def is_unseen(component: Component, seen: tuple[Component, ...]) -> bool:
    """A component that the regrade had not seen; an earlier revision's, only if graver."""
    if component.kind is RiskKind.EARLIER_REVISION:
        return component.level.rank > max((c.level.rank for c in seen), default=-1)
    return component not in seen


def after(before: Decided | None, ruling: Ruling, facts: Facts) -> Decided:
    """What is decided after a ruling; level and priority are filled in once they are known."""
    choice, unborn = Choice(ruling.child_ref, ruling.choice), flagged_unborn(facts)
    if ruling.child_ref is None:
        covered = tuple(child.ref for child in children_of(facts))
        return Decided(facts.level, Rag.BLUE, (choice,), covered, whole=True, unborn=unborn)
    earlier = before or Decided(facts.level, Rag.BLUE, (), (), whole=False)
    others = tuple(c for c in earlier.choices if c.child_ref != ruling.child_ref)
    covered = tuple(dict.fromkeys((*earlier.covered, ruling.child_ref)))
    unborn = unborn or (before is not None and before.unborn)
    return replace(earlier, choices=(*others, choice), covered=covered, unborn=unborn)
