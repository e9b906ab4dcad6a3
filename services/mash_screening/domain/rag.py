"""The suggested priority of an incident and of each child in it (domain 3, the RAG table [D])."""

from collections.abc import Iterable
from enum import IntEnum

from contracts.vocabulary import AgeBand, Flag, Rag, RiskLevel
from services.mash_screening.domain.facts import VICTIM_REF, Child, Facts, is_unborn


class Column(IntEnum):
    """How a child counts: the columns of the table."""

    UNDER_1_OR_UNBORN = 0
    UNDER_7_OR_SPECIAL_NEEDS = 1
    OTHER_CHILD = 2
    NO_CHILD = 3


TABLE: dict[RiskLevel, tuple[Rag, Rag, Rag, Rag]] = {
    RiskLevel.HIGH: (Rag.RED, Rag.RED, Rag.AMBER, Rag.AMBER),
    RiskLevel.MEDIUM: (Rag.AMBER, Rag.AMBER, Rag.GREEN, Rag.GREEN),
    RiskLevel.STANDARD: (Rag.AMBER, Rag.GREEN, Rag.GREEN, Rag.BLUE),
}
UNDER_7 = (AgeBand.ONE, AgeBand.TWO_TO_SIX, AgeBand.UNKNOWN)
"""An unknown age counts as under 7."""
OTHER = (AgeBand.SEVEN_TO_TWELVE, AgeBand.THIRTEEN_TO_FIFTEEN, AgeBand.SIXTEEN_TO_SEVENTEEN)


def column_of(child: Child) -> Column:
    """The youngest count whether present or not; others when present, witness or injured."""
    if is_unborn(child) or child.age is AgeBand.UNDER_1:
        return Column.UNDER_1_OR_UNBORN
    if child.age in UNDER_7:
        return Column.UNDER_7_OR_SPECIAL_NEEDS
    if child.age not in OTHER:
        return Column.NO_CHILD
    if child.special_needs:
        return Column.UNDER_7_OR_SPECIAL_NEEDS
    touched = child.present or child.witnessed or child.injured or child.ref == VICTIM_REF
    return Column.OTHER_CHILD if touched else Column.NO_CHILD


def screened(facts: Facts) -> tuple[Child, ...]:
    """Every child to screen: one already open to social care is not screened again."""
    return tuple(c for c in children_of(facts) if not c.open_to_social_care)


def children_of(facts: Facts) -> tuple[Child, ...]:
    """The listed children, and the victim where she is under 18 and not listed."""
    listed = {child.ref for child in facts.children}
    if VICTIM_REF in listed or not facts.victim_age.is_child:
        return facts.children
    return (*facts.children, Child(ref=VICTIM_REF, age=facts.victim_age, present=True))


def counting(facts: Facts) -> tuple[Child, ...]:
    """The children that count for the incident."""
    return tuple(child for child in screened(facts) if column_of(child) is not Column.NO_CHILD)


def child_counts(facts: Facts) -> bool:
    """Whether any child counts; a pregnancy is an unborn child."""
    return flagged_unborn(facts) or bool(counting(facts))


def flagged_unborn(facts: Facts) -> bool:
    """The flag is an unborn child, whoever else is listed."""
    return Flag.PREGNANCY in facts.flags


def child_rag(child: Child, level: RiskLevel, threatened: bool) -> Rag:
    """A child's priority; one who does not count is recorded for the pattern."""
    column = column_of(child)
    if column is Column.NO_CHILD:
        return Rag.BLUE
    if child.injured or threatened:
        return Rag.RED
    return TABLE[level][column]


def child_rags(facts: Facts, level: RiskLevel) -> dict[str, Rag]:
    """Every screened child's priority, by `child_ref`."""
    threatened = facts.threat_kill_children
    return {child.ref: child_rag(child, level, threatened) for child in screened(facts)}


def adult_rag(level: RiskLevel) -> Rag:
    """The adult's own: HIGH is at least AMBER."""
    return TABLE[level][Column.NO_CHILD]


def unborn_rag(facts: Facts, level: RiskLevel) -> Rag | None:
    """The priority of the unborn child that the flag tells of, or None where there is none."""
    if not flagged_unborn(facts):
        return None
    if facts.threat_kill_children:
        return Rag.RED
    return TABLE[level][Column.UNDER_1_OR_UNBORN]


def suggested_rag(facts: Facts, level: RiskLevel) -> Rag:
    """The highest of the children's and of the adult's own, before history."""
    unborn = unborn_rag(facts, level)
    children = child_rags(facts, level).values()
    return highest([adult_rag(level), *children, *([unborn] if unborn else [])])


def highest(rags: Iterable[Rag]) -> Rag:
    """The gravest priority."""
    return max(rags, key=lambda rag: rag.rank)
